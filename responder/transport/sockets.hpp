// The sockets that a responder listens at: for each address a UDP and a TCP socket a worker, or a
// TCP socket alone for TLS and HTTP, so that workers share nothing and the kernel spreads the
// clients over them (SO_REUSEPORT).
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "conf/settings.hpp"
#include "responder/message/client.hpp"
#include "storage/base/file_descriptor.hpp"
#include "storage/base/result.hpp"

namespace dnshist::responder {

// The client behind a socket address of either family.
Client client_of(const sockaddr_storage& address, Transport transport) noexcept;

// One worker's sockets, non-blocking; those for streams listen.
struct WorkerSockets {
    std::vector<FileDescriptor> udp;
    std::vector<FileDescriptor> tcp;
    std::vector<FileDescriptor> tls;
    std::vector<FileDescriptor> https;
    std::vector<FileDescriptor> http;
};

enum class Service : std::uint8_t {
    dns,  // over UDP and TCP
    dns_over_tls,
    https,
    http,  // in the clear
};

std::string_view service_text(Service service) noexcept;  // for the log: "udp, tcp", "tls"

// Opens sockets at the endpoint for each worker; port 0 takes one that is free for all that the
// service needs. The endpoint with the port that was taken; or a problem that says the way out,
// where the machine does not have the address or another program holds it.
Result<conf::Endpoint> listen_at(conf::Endpoint endpoint, Service service,
                                 std::span<WorkerSockets> workers);

// Whether the problem would be that this machine has no IPv6 at all, not even ::1.
bool without_ipv6();

}  // namespace dnshist::responder
