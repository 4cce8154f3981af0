#include "responder/tls/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/x509.h>

#include <array>
#include <ctime>
#include <new>
#include <system_error>

namespace dnshist::responder {

namespace {

// The reason for the last failure, for a person.
std::string reason() {
    const unsigned long error = ERR_get_error();
    ERR_clear_error();
    if (ERR_SYSTEM_ERROR(error)) return std::generic_category().message(ERR_GET_REASON(error));
    const char* const text = ERR_reason_error_string(error);
    if (text != nullptr) return text;
    std::array<char, 256> number{};
    ERR_error_string_n(error, number.data(), number.size());
    return number.data();
}

int no_passphrase(char*, int, int, void*) {
    return 0;
}

// Takes the first of our protocols that the client offers (RFC 7301, section 3.2).
int choose_protocol(SSL*, const unsigned char** out, unsigned char* length,
                    const unsigned char* offered, unsigned offered_length, void* ours) {
    const auto& wanted = *static_cast<const std::string*>(ours);
    unsigned char* chosen = nullptr;
    const int code = SSL_select_next_proto(
        &chosen, length, reinterpret_cast<const unsigned char*>(wanted.data()),
        static_cast<unsigned>(wanted.size()), offered, offered_length);
    *out = chosen;
    return code == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

std::int64_t expiry_of(const SSL_CTX* context) {
    const X509* const certificate = SSL_CTX_get0_certificate(context);
    std::tm parts{};
    if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts) != 1) {
        return 0;
    }
    return ::timegm(&parts);
}

}  // namespace

Result<std::shared_ptr<const TlsContext>> TlsContext::load(
    const std::filesystem::path& certificate, const std::filesystem::path& key,
    std::span<const std::string_view> protocols) {
    const std::shared_ptr<TlsContext> made(new TlsContext);
    made->context_.reset(SSL_CTX_new(TLS_server_method()));
    SSL_CTX* const context = made->context_.get();
    if (context == nullptr) throw std::bad_alloc();
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    // Writes go on where the last one stopped, from wherever the octets are then. An idle session
    // has no buffers, and a read takes all that has arrived.
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    // A read that finds no octets does not go on by itself: TlsSession counts those.
    SSL_CTX_clear_mode(context, SSL_MODE_AUTO_RETRY);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 1);
    SSL_CTX_set_default_passwd_cb(context, no_passphrase);

    ERR_clear_error();
    if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1) {
        return Problem{"the certificate " + certificate.string() + " cannot be read: " + reason()};
    }
    // The first compares it with a certificate for a key of its algorithm, if there is one.
    if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(context) != 1) {
        return Problem{"the key " + key.string() + " cannot be used: " + reason()};
    }
    for (const std::string_view protocol : protocols) {
        made->protocols_ += static_cast<char>(protocol.size());
        made->protocols_ += protocol;
    }
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, &made->protocols_);
    made->expires_ = expiry_of(context);
    made->file_ = certificate.string();
    return std::shared_ptr<const TlsContext>(made);
}

std::optional<std::string> TlsContext::expiry_warning(std::int64_t now) const {
    constexpr std::int64_t day = 86400;
    const std::int64_t left = expires_ - now;
    if (left >= 7 * day) return std::nullopt;
    const std::string when = left <= 0 ? "has expired"
                                       : "expires in " + std::to_string(left / day) +
                                             (left / day == 1 ? " day" : " days");
    return "the certificate of tls.certificate " + when + ": renew " + file_ + " and send SIGHUP";
}

}  // namespace dnshist::responder
