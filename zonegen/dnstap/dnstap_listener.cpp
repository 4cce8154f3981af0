#include "zonegen/dnstap/dnstap_listener.hpp"

#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <cstring>
#include <string>
#include <utility>

namespace dnshist::zonegen {

namespace asio = boost::asio;

namespace {

using Error = boost::system::error_code;

// Whether the file is a socket at which no process listens any more.
bool is_stale_socket(asio::io_context& io, const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return false;
    asio::local::stream_protocol::socket socket(io);
    Error error;
    socket.connect(asio::local::stream_protocol::endpoint(path), error);
    return error == asio::error::connection_refused;
}

}  // namespace

DnstapListener::DnstapListener(asio::io_context& io, conf::DnstapPlace place)
    : acceptor(io), retry(io), io_(io), place_(std::move(place)) {}

Error DnstapListener::open() {
    const std::string path = place_.path.string();
    Error error;
    asio::generic::stream_protocol::endpoint endpoint;
    if (is_unix()) {
        if (path.size() >= sizeof(sockaddr_un::sun_path)) return asio::error::name_too_long;
        if (is_stale_socket(io_, path)) ::unlink(path.c_str());
        endpoint = asio::local::stream_protocol::endpoint(path);
    } else {
        const auto address = asio::ip::make_address(place_.endpoint.address, error);
        if (error) return error;
        endpoint = asio::ip::tcp::endpoint(address, place_.endpoint.port);
    }
    acceptor.open(endpoint.protocol(), error);
    if (error) return error;
    if (!is_unix()) acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (!error && endpoint.protocol().family() == AF_INET6) {
        acceptor.set_option(asio::ip::v6_only(true), error);
    }
    if (!error) acceptor.bind(endpoint, error);
    if (error) return error;
    if (is_unix()) {
        // The group of the resolvers may connect.
        ::chmod(path.c_str(), S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP);
        bound_ = true;
    } else {
        const auto local = acceptor.local_endpoint(error);
        asio::ip::tcp::endpoint bound;
        bound.resize(local.size());
        std::memcpy(bound.data(), local.data(), local.size());
        place_.endpoint.port = bound.port();
    }
    acceptor.listen(asio::socket_base::max_listen_connections, error);
    return error;
}

void DnstapListener::close() {
    Error ignored;
    acceptor.close(ignored);
    retry.cancel();
    if (bound_) ::unlink(place_.path.c_str());
}

}  // namespace dnshist::zonegen
