// A client on loopback, for any thread: Boost.Test's macros are not.
#pragma once

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <string>
#include <string_view>
#include <utility>

#include "conf/endpoint.hpp"
#include "storage/base/file_descriptor.hpp"
#include "storage/record/name.hpp"

namespace dnshist::test {

// A socket that waits for ten seconds at most; none where it cannot be connected.
inline FileDescriptor connected(const conf::Endpoint& endpoint, int type) {
    FileDescriptor client(::socket(AF_INET, type | SOCK_CLOEXEC, 0));
    const timeval patience{10, 0};
    ::setsockopt(client.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(endpoint.port);
    ::inet_pton(AF_INET, endpoint.address.c_str(), &address.sin_addr);
    const bool is_connected =
        ::connect(client.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    return is_connected ? std::move(client) : FileDescriptor();
}

// Whether all of it was sent.
inline bool send(const FileDescriptor& client, std::string_view text) {
    return ::send(client.get(), text.data(), text.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(text.size());
}

// A message that asks for TXT.
inline std::string question(std::string_view name) {
    const Name qname = Name::from_text(name).value();
    std::string message("\0\1\0\0\0\1\0\0\0\0\0\0", 12);
    message += as_text(qname.wire());
    message.append("\0\20\0\1", 4);
    return message;
}

}  // namespace dnshist::test
