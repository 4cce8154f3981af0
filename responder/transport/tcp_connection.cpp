#include "responder/transport/tcp_connection.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "responder/transport/proxy_header.hpp"

namespace dnshist::responder {

using namespace std::chrono_literals;

namespace {

constexpr auto message_timeout = 2s;  // from a message's first octet to its last

// Whether more can be written later. A session that was read from never waits to read where it
// writes, since there is no renegotiation.
bool is_usable(const IoResult& written) noexcept {
    return written.state == IoResult::State::done || written.state == IoResult::State::wait_write;
}

// DNS in the clear is not proxied.
bool may_be_proxied(Transport transport) noexcept {
    return transport != Transport::udp && transport != Transport::tcp;
}

}  // namespace

TcpConnection::TcpConnection(TcpContext& context, boost::asio::io_context& io,
                             FileDescriptor socket, const Client& client,
                             std::shared_ptr<const TlsContext> tls)
    : context_(context),
      stream_(socket.get(), std::move(tls)),
      socket_(io, socket.get()),
      peer_(client),
      client_(client),
      is_proxied_(may_be_proxied(client.transport) &&
                  context.http.config().trusted_proxies.has(client.address)) {
    socket.release();
}

void TcpConnection::close() {
    boost::system::error_code ignored;
    stream_.close();
    socket_.close(ignored);
}

TcpConnection::Turn TcpConnection::take_turn() {
    if (expects_proxy_header_) {
        if (const auto turn = read_proxy_header()) return *turn;
    }
    return advance();
}

// Nothing once it was read. It is read to its last octet and no further: TLS begins behind it.
std::optional<TcpConnection::Turn> TcpConnection::read_proxy_header() {
    std::size_t wanted = proxy_head_octets;
    for (;;) {
        if (proxy_header_.size() >= proxy_head_octets) {
            const auto size = proxy_header_size(proxy_header_);
            if (!size) return Turn{Next::close};
            wanted = *size;
        }
        const std::size_t before = proxy_header_.size();
        if (before == wanted) break;
        proxy_header_.resize(wanted);
        const ssize_t count =
            ::recv(socket_.native_handle(), proxy_header_.data() + before, wanted - before, 0);
        const bool waits = count < 0 && (errno == EAGAIN || errno == EINTR);
        proxy_header_.resize(before + (count > 0 ? static_cast<std::size_t>(count) : 0));
        if (waits) return Turn{Next::read};
        if (count <= 0) return Turn{Next::close};
    }
    const auto header = responder::read_proxy_header(proxy_header_);
    if (!header) return Turn{Next::close};
    if (header->client) client_.address = *header->client;
    is_of_proxy_ = !header->client;
    expects_proxy_header_ = false;
    proxy_header_ = {};
    return std::nullopt;
}

bool TcpConnection::send(std::size_t size) {
    if (size == 0) return true;
    const auto answers = std::span(context_.output).first(size);
    const IoResult sent = stream_.write(answers);
    if (!is_usable(sent)) return false;
    const auto rest = answers.subspan(sent.octets);
    if (context_.unsent + rest.size() > context_.limits.unsent && !rest.empty()) return false;
    unsent_.assign(rest.begin(), rest.end());
    context_.unsent += rest.size();
    return true;
}

bool TcpConnection::send_unsent() {
    if (unsent_.empty()) return true;
    const Octets rest = Octets(unsent_).subspan(unsent_begin_);
    const IoResult sent = stream_.write(rest);
    if (!is_usable(sent)) return false;
    unsent_begin_ += sent.octets;
    if (unsent_begin_ == unsent_.size()) {
        release_unsent();
        renew_deadline();
    }
    return true;
}

void TcpConnection::release_unsent() {
    context_.unsent -= unsent_.size();
    unsent_ = {};
    unsent_begin_ = 0;
}

void TcpConnection::renew_deadline() {
    const bool begun = unsent_.empty() && has_begun();
    deadline_ = Clock::now() + (begun ? message_timeout : context_.limits.idle);
    if (context_.stop_deadline) deadline_ = std::min(deadline_, *context_.stop_deadline);
}

}  // namespace dnshist::responder
