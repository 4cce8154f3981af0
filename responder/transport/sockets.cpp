#include "responder/transport/sockets.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>

namespace dnshist::responder {

namespace {

constexpr int tcp_backlog = 1024;
constexpr int udp_buffer = 4 << 20;         // octets; the kernel gives what its limits allow
constexpr int tcp_send_buffer = 128 << 10;  // holds the longest answer
constexpr int tcp_receive_buffer = 32 << 10;
constexpr int port_attempts = 64;  // for one that is free for UDP and TCP

struct Address {
    sockaddr_storage octets{};
    socklen_t size = 0;

    const sockaddr* pointer() const { return reinterpret_cast<const sockaddr*>(&octets); }
    bool ipv6() const { return octets.ss_family == AF_INET6; }
    // Whether it stands for all addresses of the machine.
    bool is_any() const {
        if (ipv6()) {
            sockaddr_in6 ipv6;
            std::memcpy(&ipv6, &octets, sizeof ipv6);
            return IN6_IS_ADDR_UNSPECIFIED(&ipv6.sin6_addr);
        }
        sockaddr_in ipv4;
        std::memcpy(&ipv4, &octets, sizeof ipv4);
        return ipv4.sin_addr.s_addr == INADDR_ANY;
    }
};

std::system_error system_error(const char* call) {
    return {errno, std::generic_category(), call};
}

void set_option(int fd, int level, int option, int value) {
    if (::setsockopt(fd, level, option, &value, sizeof value) != 0)
        throw system_error("setsockopt");
}

void allow_sharing(int fd) {
    set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1);
}

FileDescriptor open_socket(const Address& address, int type) {
    FileDescriptor fd(::socket(address.octets.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (fd.get() < 0) throw system_error("socket");
    if (address.ipv6()) set_option(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, 1);
    return fd;
}

// The first socket at a port is bound as one that does not share, so that another program there,
// even another responder, is noticed; from then on it shares.
void bind_socket(int fd, const Address& address, bool first) {
    if (!first) allow_sharing(fd);
    if (::bind(fd, address.pointer(), address.size) != 0) throw system_error("bind");
    if (first) allow_sharing(fd);
}

FileDescriptor open_udp(const Address& address, bool first) {
    FileDescriptor fd = open_socket(address, SOCK_DGRAM);
    set_option(fd.get(), SOL_SOCKET, SO_RCVBUF, udp_buffer);
    set_option(fd.get(), SOL_SOCKET, SO_SNDBUF, udp_buffer);
    // Answers are small enough not to need fragments (EDNS payload); an ICMP message that claims
    // otherwise, which anybody can send, is not believed.
    if (address.ipv6()) {
        if (address.is_any()) set_option(fd.get(), IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
        set_option(fd.get(), IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_OMIT);
    } else {
        if (address.is_any()) set_option(fd.get(), IPPROTO_IP, IP_PKTINFO, 1);
        set_option(fd.get(), IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_OMIT);
    }
    bind_socket(fd.get(), address, first);
    return fd;
}

FileDescriptor open_tcp(const Address& address, bool first) {
    FileDescriptor fd = open_socket(address, SOCK_STREAM);
    set_option(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
    // Accepted connections inherit these. The buffers bound what a client that does not read costs
    // the kernel, which would take megabytes otherwise.
    set_option(fd.get(), IPPROTO_TCP, TCP_NODELAY, 1);
    set_option(fd.get(), SOL_SOCKET, SO_SNDBUF, tcp_send_buffer);
    set_option(fd.get(), SOL_SOCKET, SO_RCVBUF, tcp_receive_buffer);
    bind_socket(fd.get(), address, first);
    if (::listen(fd.get(), tcp_backlog) != 0) throw system_error("listen");
    return fd;
}

Result<Address> resolve(const conf::Endpoint& endpoint) {
    addrinfo hints{};
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
    hints.ai_socktype = SOCK_DGRAM;
    addrinfo* found = nullptr;
    const int error = ::getaddrinfo(endpoint.address.c_str(), std::to_string(endpoint.port).c_str(),
                                    &hints, &found);
    if (error != 0) return Problem{conf::endpoint_text(endpoint) + ": " + ::gai_strerror(error)};
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
    Address address;
    address.size = found->ai_addrlen;
    std::memcpy(&address.octets, found->ai_addr, found->ai_addrlen);
    return address;
}

std::uint16_t bound_port(int fd) {
    Address address;
    address.size = sizeof address.octets;
    if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address.octets), &address.size) != 0) {
        throw system_error("getsockname");
    }
    std::uint16_t port = 0;  // at the same place for IPv4 and IPv6
    std::memcpy(&port,
                reinterpret_cast<const char*>(&address.octets) + offsetof(sockaddr_in, sin_port),
                sizeof port);
    return ntohs(port);
}

// Where the configuration says so.
std::string_view key_of(Service service) noexcept {
    switch (service) {
        case Service::dns:
            return "with --listen or responder.listen";
        case Service::dns_over_tls:
            return "in responder.listen_tls";
        case Service::https:
            return "in http.listen_tls";
        case Service::http:
            break;
    }
    return "in http.listen";
}

std::vector<FileDescriptor>& streams_of(WorkerSockets& sockets, Service service) noexcept {
    switch (service) {
        case Service::dns:
            return sockets.tcp;
        case Service::dns_over_tls:
            return sockets.tls;
        case Service::https:
            return sockets.https;
        case Service::http:
            break;
    }
    return sockets.http;
}

std::string explain(const conf::Endpoint& endpoint, Service service,
                    const std::system_error& error) {
    const std::string port = std::to_string(endpoint.port);
    const std::string text = "cannot listen at " + conf::endpoint_text(endpoint) + ": ";
    switch (error.code().value()) {
        case EADDRINUSE:
            return text +
                   "the address is in use, perhaps by another dnshist-responder or another DNS "
                   "server ('ss -lnptu sport = :" +
                   port + "' shows it); stop that or choose another port " +
                   std::string(key_of(service));
        case EACCES:
        case EPERM:
            return text +
                   "not permitted; a port below 1024 needs the capability CAP_NET_BIND_SERVICE "
                   "(the systemd unit shows how), or choose a higher one";
        case EADDRNOTAVAIL:
            return text +
                   "this machine does not have the address ('ip address' shows those it has)";
        default:
            return text + error.what();
    }
}

// All of them, or none.
void open_sockets(const Address& address, Service service, std::span<WorkerSockets> workers) {
    std::vector<FileDescriptor> udp;
    std::vector<FileDescriptor> tcp;
    for (std::size_t i = 0; i < workers.size(); ++i) {
        if (service == Service::dns) udp.push_back(open_udp(address, i == 0));
        tcp.push_back(open_tcp(address, i == 0));
    }
    for (std::size_t i = 0; i < workers.size(); ++i) {
        streams_of(workers[i], service).push_back(std::move(tcp[i]));
        if (service == Service::dns) workers[i].udp.push_back(std::move(udp[i]));
    }
}

std::uint16_t free_port(const Address& address, Service service) {
    const bool udp = service == Service::dns;
    return bound_port((udp ? open_udp(address, true) : open_tcp(address, true)).get());
}

}  // namespace

Client client_of(const sockaddr_storage& address, Transport transport) noexcept {
    Client client{transport};
    if (address.ss_family == AF_INET6) {
        sockaddr_in6 ipv6;
        std::memcpy(&ipv6, &address, sizeof ipv6);
        std::memcpy(client.address.data(), &ipv6.sin6_addr, client.address.size());
    } else {
        sockaddr_in ipv4;
        std::memcpy(&ipv4, &address, sizeof ipv4);
        std::memcpy(client.address.data() + 12, &ipv4.sin_addr, sizeof ipv4.sin_addr);
    }
    return client;
}

std::string_view service_text(Service service) noexcept {
    constexpr std::array<std::string_view, 4> texts{"udp, tcp", "tls", "https", "http"};
    return texts[static_cast<std::size_t>(service)];
}

Result<conf::Endpoint> listen_at(conf::Endpoint endpoint, Service service,
                                 std::span<WorkerSockets> workers) {
    const bool any_port = endpoint.port == 0;
    for (int attempt = 1;; ++attempt) {
        try {
            if (any_port) {
                endpoint.port = 0;
                const auto any = resolve(endpoint);
                if (!any) return any.error();
                endpoint.port = free_port(*any, service);
            }
            const auto address = resolve(endpoint);
            if (!address) return address.error();
            open_sockets(*address, service, workers);
            return endpoint;
        } catch (const std::system_error& error) {
            const bool taken = error.code() == std::errc::address_in_use;
            if (!any_port || !taken || attempt == port_attempts) {
                return Problem{explain(endpoint, service, error)};
            }
        }
    }
}

bool without_ipv6() {
    try {
        const auto address = resolve({"::1", 0});
        if (!address) return true;
        static_cast<void>(open_udp(*address, true));
        return false;
    } catch (const std::system_error&) {
        return true;
    }
}

}  // namespace dnshist::responder
