// The octets of a connection, in the clear or within TLS. Neither way waits.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "responder/tls/tls_session.hpp"
#include "storage/base/octets.hpp"

namespace dnshist::responder {

class Stream {
  public:
    // In the clear without a context. The socket does not block, and must outlive the stream.
    Stream(int socket, std::shared_ptr<const TlsContext> context) : socket_(socket) {
        if (context != nullptr) tls_.emplace(std::move(context), socket);
    }

    // As TlsSession has them.
    IoResult read(std::span<std::uint8_t> room) noexcept {
        return tls_ ? tls_->read(room) : receive(room);
    }
    IoResult write(Octets octets) noexcept { return tls_ ? tls_->write(octets) : send(octets); }
    std::string_view protocol() const noexcept {
        return tls_ ? tls_->protocol() : std::string_view();
    }
    bool pending() const noexcept { return tls_ && tls_->pending(); }
    void close() noexcept {
        if (tls_) tls_->close();
    }

  private:
    IoResult receive(std::span<std::uint8_t> room) const noexcept;
    IoResult send(Octets octets) const noexcept;

    int socket_;
    std::optional<TlsSession> tls_;
};

}  // namespace dnshist::responder
