#include "responder/tls/tls_session.hpp"

#include <openssl/err.h>

#include <cerrno>
#include <new>
#include <utility>

namespace dnshist::responder {

namespace {

constexpr unsigned most_calls = 16;       // of OpenSSL, in one read
constexpr unsigned most_empty_reads = 8;  // after which the peer is no client that asks

// OpenSSL keeps errors in a queue of the thread, which must be empty before each call. To look is
// cheaper than to empty it, which goes through all of it each time.
void empty_error_queue() noexcept {
    if (ERR_peek_error() != 0) ERR_clear_error();
}

}  // namespace

TlsSession::TlsSession(std::shared_ptr<const TlsContext> context, int socket)
    : context_(std::move(context)), ssl_(SSL_new(context_->get())) {
    if (ssl_ == nullptr || SSL_set_fd(ssl_.get(), socket) != 1) throw std::bad_alloc();
    SSL_set_accept_state(ssl_.get());
}

IoResult::State TlsSession::state_after(int code) noexcept {
    switch (SSL_get_error(ssl_.get(), code)) {
        case SSL_ERROR_NONE:
            return IoResult::State::done;
        case SSL_ERROR_WANT_READ:
            return IoResult::State::wait_read;
        case SSL_ERROR_WANT_WRITE:
            return IoResult::State::wait_write;
        case SSL_ERROR_ZERO_RETURN:  // the peer said so
            return IoResult::State::closed;
        default:
            failed_ = true;
            return IoResult::State::closed;
    }
}

// A call of OpenSSL reads from the socket once and takes one record with octets. Where there are
// but others, such as changes of keys (RFC 8446, section 4.6.3), it ends as if the socket were
// empty; errno tells that apart.
IoResult TlsSession::read(std::span<std::uint8_t> room) noexcept {
    IoResult result;
    pending_ = false;
    if (failed_) return {IoResult::State::closed};
    for (unsigned calls = 0; calls < most_calls && result.octets < room.size(); ++calls) {
        std::size_t count = 0;
        empty_error_queue();
        errno = 0;
        const int code = SSL_read_ex(ssl_.get(), room.data() + result.octets,
                                     room.size() - result.octets, &count);
        if (code == 1) {
            result.octets += count;
            empty_reads_ = 0;
        } else {
            const bool is_empty_record = errno != EAGAIN;
            IoResult::State state = state_after(code);
            if (state == IoResult::State::wait_read && is_empty_record) {
                if (++empty_reads_ < most_empty_reads) {
                    if (SSL_has_pending(ssl_.get()) == 1) continue;
                } else {
                    failed_ = true;
                    state = IoResult::State::closed;
                }
            }
            if (result.octets == 0) return {state};
            // The octets come first. OpenSSL reports the end of a connection again.
            pending_ = state == IoResult::State::closed;
            return result;
        }
        pending_ = SSL_has_pending(ssl_.get()) == 1;
        if (!pending_) break;
    }
    return result;
}

// A call of OpenSSL writes one record, of 16 KB at most.
IoResult TlsSession::write(Octets octets) noexcept {
    IoResult result;
    while (result.octets < octets.size()) {
        std::size_t count = 0;
        empty_error_queue();
        const int code = SSL_write_ex(ssl_.get(), octets.data() + result.octets,
                                      octets.size() - result.octets, &count);
        if (code != 1) {
            result.state = state_after(code);
            return result;
        }
        result.octets += count;
    }
    return result;
}

std::string_view TlsSession::protocol() const noexcept {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl_.get(), &name, &size);
    return as_text(Octets(name, size));
}

void TlsSession::close() noexcept {
    if (failed_ || SSL_in_init(ssl_.get()) != 0) return;
    empty_error_queue();
    SSL_shutdown(ssl_.get());
    empty_error_queue();
}

}  // namespace dnshist::responder
