#include "responder/observe/metrics_server.hpp"

#include <fcntl.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <chrono>
#include <iterator>
#include <utility>

#include "storage/base/blocked_signals.hpp"

namespace dnshist::responder {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using namespace std::chrono_literals;

namespace {

constexpr auto patience = 5s;  // for a request and its answer
constexpr std::size_t max_request_octets = 8192;

// Completes with an error instead of throwing it.
constexpr auto waiting = asio::as_tuple(asio::use_awaitable);

FileDescriptor open_reserve() noexcept {
    return FileDescriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

using Answer = http::response<http::string_body>;

Answer answer(const http::request<http::empty_body>& request, const Metrics& metrics) {
    Answer made(http::status::ok, 11);
    const auto target = request.target();
    if (target.substr(0, target.find('?')) != "/metrics") {
        made.result(http::status::not_found);
    } else if (request.method() != http::verb::get) {
        made.result(http::status::method_not_allowed);
        made.set(http::field::allow, "GET");
    } else {
        made.set(http::field::content_type, "text/plain; version=0.0.4; charset=utf-8");
        made.body() = prometheus::TextSerializer().Serialize(metrics.Collect());
    }
    made.keep_alive(false);
    made.prepare_payload();
    return made;
}

}  // namespace

Result<std::unique_ptr<MetricsServer>> MetricsServer::listen(const conf::Endpoint& endpoint,
                                                             MetricsSources sources) {
    try {
        return std::unique_ptr<MetricsServer>(new MetricsServer(endpoint, std::move(sources)));
    } catch (const boost::system::system_error& error) {
        return Problem{"cannot show metrics at " + conf::endpoint_text(endpoint) + ": " +
                       error.code().message()};
    }
}

MetricsServer::MetricsServer(const conf::Endpoint& endpoint, MetricsSources sources)
    : metrics_(std::move(sources)), endpoint_(endpoint), reserve_(open_reserve()) {
    const tcp::endpoint at(asio::ip::make_address(endpoint.address), endpoint.port);
    acceptor_.open(at.protocol());
    acceptor_.set_option(tcp::acceptor::reuse_address(true));
    acceptor_.bind(at);
    acceptor_.listen();
    endpoint_.port = acceptor_.local_endpoint().port();
    asio::co_spawn(io_, accept(), asio::detached);
    const BlockedSignals blocked;
    thread_ = std::thread([this] { io_.run(); });
}

MetricsServer::~MetricsServer() {
    asio::post(io_, [this] {
        error_code ignored;
        acceptor_.close(ignored);
        for (const auto& connection : connections_)
            connection->close(ignored);
    });
    thread_.join();
}

asio::awaitable<void> MetricsServer::accept() {
    while (acceptor_.is_open()) {
        auto [error, socket] = co_await acceptor_.async_accept(waiting);
        if (!acceptor_.is_open()) break;
        if (error) {
            // No descriptor is left, most likely. Where there is nothing to let go, a pause: the
            // listener stays readable, and this would be a busy loop.
            if (!connections_.empty() || reserve_.get() >= 0) {
                make_room();
                reserve_ = FileDescriptor();
            } else {
                asio::steady_timer pause(io_, 100ms);
                co_await pause.async_wait(waiting);
            }
            continue;
        }
        if (connections_.size() >= max_connections) make_room();
        connections_.push_back(std::make_shared<tcp::socket>(std::move(socket)));
        asio::co_spawn(io_, converse(std::prev(connections_.end())), asio::detached);
    }
}

// Closes the oldest connection, which ends what waits for it.
void MetricsServer::make_room() {
    const auto oldest = std::ranges::find_if(
        connections_, [](const auto& connection) { return connection->is_open(); });
    error_code ignored;
    if (oldest != connections_.end()) (*oldest)->close(ignored);
}

asio::awaitable<void> MetricsServer::converse(Connections::iterator connection) {
    struct Leave {
        ~Leave() {
            error_code ignored;
            (*connection)->close(ignored);
            server.connections_.erase(connection);
            if (server.reserve_.get() < 0) server.reserve_ = open_reserve();
        }
        MetricsServer& server;
        Connections::iterator connection;
    };
    const Leave leave{*this, connection};
    const auto socket = *connection;
    asio::steady_timer deadline(io_, patience);
    deadline.async_wait([socket](const error_code& error) {
        error_code ignored;
        if (!error) socket->close(ignored);
    });

    boost::beast::flat_buffer buffer(max_request_octets);
    http::request_parser<http::empty_body> request;
    request.header_limit(max_request_octets);
    const auto [unread, octets] =
        co_await http::async_read_header(*socket, buffer, request, waiting);
    if (unread) co_return;
    const Answer made = answer(request.get(), metrics_);
    const auto [unsent, sent] = co_await http::async_write(*socket, made, waiting);
    error_code ignored;
    if (!unsent) socket->shutdown(tcp::socket::shutdown_send, ignored);
}

std::string host_and_port(const conf::Endpoint& endpoint) {
    const bool ipv6 = endpoint.address.find(':') != std::string::npos;
    return (ipv6 ? "[" + endpoint.address + "]" : endpoint.address) + ":" +
           std::to_string(endpoint.port);
}

}  // namespace dnshist::responder
