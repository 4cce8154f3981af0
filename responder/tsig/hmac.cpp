#include "responder/tsig/hmac.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace dnshist::responder {

namespace {

struct Kind {
    std::string_view text;
    const char* digest;  // OpenSSL's name
    std::size_t mac_octets;
};
// By HmacAlgorithm.
constexpr std::array<Kind, hmac_algorithms> kinds{{
    {"hmac-sha256", "SHA256", 32},
    {"hmac-sha384", "SHA384", 48},
    {"hmac-sha512", "SHA512", 64},
}};

const Kind& kind_of(HmacAlgorithm algorithm) noexcept {
    return kinds[static_cast<std::size_t>(algorithm)];
}

void require(bool holds) {
    if (!holds) throw std::runtime_error("OpenSSL makes no HMAC");
}

}  // namespace

std::size_t mac_octets(HmacAlgorithm algorithm) noexcept {
    return kind_of(algorithm).mac_octets;
}

std::string_view algorithm_text(HmacAlgorithm algorithm) noexcept {
    return kind_of(algorithm).text;
}

std::optional<HmacAlgorithm> algorithm_from_text(std::string_view text) noexcept {
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        if (std::ranges::equal(as_octets(text), as_octets(kinds[i].text), {}, to_lower)) {
            return static_cast<HmacAlgorithm>(i);
        }
    }
    return std::nullopt;
}

Secret::~Secret() {
    wipe();
}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this == &other) return *this;
    wipe();
    octets_ = std::move(other.octets_);
    return *this;
}

void Secret::wipe() noexcept {
    if (!octets_.empty()) ::OPENSSL_cleanse(octets_.data(), octets_.size());
}

void Hmac::Free::operator()(EVP_MAC_CTX* context) const noexcept {
    ::EVP_MAC_CTX_free(context);  // wipes what it holds of the last secret
}

Hmac::Hmac() {
    const std::unique_ptr<EVP_MAC, decltype(&::EVP_MAC_free)> mac(
        ::EVP_MAC_fetch(nullptr, "HMAC", nullptr), ::EVP_MAC_free);
    require(mac != nullptr);
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        contexts_[i].reset(::EVP_MAC_CTX_new(mac.get()));
        require(contexts_[i] != nullptr);
        // The parameter is not written to, whatever its type says.
        const std::array<OSSL_PARAM, 2> parameters{
            ::OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST,
                                               const_cast<char*>(kinds[i].digest), 0),
            ::OSSL_PARAM_construct_end()};
        require(::EVP_MAC_CTX_set_params(contexts_[i].get(), parameters.data()) == 1);
    }
}

Hmac::~Hmac() = default;
Hmac::Hmac(Hmac&&) noexcept = default;
Hmac& Hmac::operator=(Hmac&&) noexcept = default;

void Hmac::begin(HmacAlgorithm algorithm, const Secret& secret) {
    current_ = contexts_[static_cast<std::size_t>(algorithm)].get();
    const Octets key = secret.octets();
    require(::EVP_MAC_init(current_, key.data(), key.size(), nullptr) == 1);
}

void Hmac::add(Octets octets) {
    require(::EVP_MAC_update(current_, octets.data(), octets.size()) == 1);
}

Octets Hmac::finish() {
    std::size_t size = 0;
    require(::EVP_MAC_final(current_, mac_.data(), &size, mac_.size()) == 1);
    return Octets(mac_).first(size);
}

bool equal_macs(Octets a, Octets b) noexcept {
    return a.size() == b.size() && ::CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace dnshist::responder
