// The state that all TLS connections of a server share: its certificate, and how sessions are
// resumed.
//
// TLS 1.2 and later (RFC 9325); no renegotiation, no compression, no early data, which could be
// replayed. Sessions are resumed by tickets alone (RFC 5077; RFC 8446, section 4.6.1), so the
// server keeps nothing for a client that has gone. The keys of the tickets are made anew with the
// context.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "storage/base/deleter.hpp"
#include "storage/base/result.hpp"

namespace dnshist::responder {

class TlsContext {
  public:
    // Reads a chain of certificates, the server's own first, and its private key, both PEM; they
    // must belong together. Never asks for a passphrase.
    //
    // `protocols` are names of ALPN, such as "dot", the best first (RFC 7301): a client that offers
    // protocols must offer one of them, or there is no connection; one that offers none is taken.
    static Result<std::shared_ptr<const TlsContext>> load(
        const std::filesystem::path& certificate, const std::filesystem::path& key,
        std::span<const std::string_view> protocols);

    // A sentence for the operator if the certificate has expired, or will within a week of `now`,
    // in seconds since 1970.
    std::optional<std::string> expiry_warning(std::int64_t now) const;

    SSL_CTX* get() const noexcept { return context_.get(); }

  private:
    TlsContext() = default;

    std::unique_ptr<SSL_CTX, Deleter<SSL_CTX_free>> context_;
    std::string protocols_;     // each behind its length, as ALPN has them
    std::int64_t expires_ = 0;  // seconds since 1970
    std::string file_;          // of the certificate
};

}  // namespace dnshist::responder
