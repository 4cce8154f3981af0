// The octets of one connection within TLS, over a socket that does not block.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "responder/tls/tls_context.hpp"
#include "storage/base/deleter.hpp"
#include "storage/base/octets.hpp"

namespace dnshist::responder {

// The result of reading or writing.
struct IoResult {
    // wait_*: less than wanted could be done at once; to go on, wait until the socket can be read
    // from or written to. closed: the peer has ended the connection, or it failed.
    enum class State : std::uint8_t { done, wait_read, wait_write, closed };
    State state = State::done;
    std::size_t octets = 0;  // read or written; with any state when writing, with done when reading
};

class TlsSession {
  public:
    // The server's side; the handshake is part of the first reads. The socket must outlive the
    // session, which keeps the context for itself. SIGPIPE must be ignored. Throws std::bad_alloc.
    TlsSession(std::shared_ptr<const TlsContext> context, int socket);

    // Reads what is there, at least one octet if it is done.
    IoResult read(std::span<std::uint8_t> room) noexcept;
    // Writes as much as the socket takes. What is left must come first in the next call.
    IoResult write(Octets octets) noexcept;
    // The protocol that was chosen by ALPN, such as "h2"; empty before the handshake, and where the
    // client offered none.
    std::string_view protocol() const noexcept;
    // Whether the next read finds something without waiting for the socket: octets that were
    // received already, or the end of the connection.
    bool pending() const noexcept { return pending_; }
    // Says that no more will be written (RFC 8446, section 6.1), as far as that can be said at
    // once.
    void close() noexcept;

  private:
    IoResult::State state_after(int code) noexcept;

    std::shared_ptr<const TlsContext> context_;
    std::unique_ptr<SSL, Deleter<SSL_free>> ssl_;
    bool pending_ = false;
    unsigned empty_reads_ = 0;  // of records without octets, one behind the other
    bool failed_ = false;       // nothing more can be sent
};

}  // namespace dnshist::responder
