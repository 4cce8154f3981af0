// The sockets that a responder listens at: for each address a UDP and a TCP socket a worker, so
// that workers share nothing and the kernel spreads the clients over them (SO_REUSEPORT).
#pragma once

#include <sys/socket.h>

#include <vector>

#include "conf/settings.hpp"
#include "responder/message/client.hpp"
#include "storage/base/file_descriptor.hpp"
#include "storage/base/result.hpp"

namespace dnshist::responder {

// The client behind a socket address of either family.
Client client_of(const sockaddr_storage& address, Transport transport) noexcept;

// One worker's sockets at one address, non-blocking.
struct SocketPair {
    FileDescriptor udp;
    FileDescriptor tcp;  // listening
};

struct Listening {
    conf::Endpoint endpoint;  // with the port that was taken
    std::vector<SocketPair> sockets;
};

// Opens `workers` pairs at the endpoint; port 0 takes one that is free for both protocols. An
// address that the machine does not have or another program holds is a problem that says the way
// out.
Result<Listening> listen_at(const conf::Endpoint& endpoint, unsigned workers);

// Whether the problem would be that this machine has no IPv6 at all, not even ::1.
bool without_ipv6();

}  // namespace dnshist::responder
