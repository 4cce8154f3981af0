#include "responder/policy/http_users.hpp"

#include <sodium.h>

#include <algorithm>

#include "storage/base/octets.hpp"

namespace dnshist::responder {

namespace {

constexpr std::size_t longest_key = 1024;  // characters that are looked at

std::string hex(Octets octets) {
    std::string digits(octets.size() * 2 + 1, '\0');
    sodium_bin2hex(digits.data(), digits.size(), octets.data(), octets.size());
    digits.pop_back();
    return digits;
}

// The rest behind the scheme, which is compared without regard to case (RFC 9110, section 11.1).
std::optional<std::string_view> credentials(std::string_view field, std::string_view scheme) {
    if (field.size() <= scheme.size() || field[scheme.size()] != ' ') return std::nullopt;
    for (std::size_t i = 0; i < scheme.size(); ++i) {
        if (to_lower(static_cast<std::uint8_t>(field[i])) != static_cast<std::uint8_t>(scheme[i])) {
            return std::nullopt;
        }
    }
    field.remove_prefix(scheme.size());
    field.remove_prefix(std::min(field.find_first_not_of(' '), field.size()));
    return field;
}

}  // namespace

const HttpUser* HttpUsers::find(std::string_view key, std::optional<std::string_view> name) const {
    const KeyHash hash = hash_of_key(key.substr(0, longest_key));
    const HttpUser* found = nullptr;
    for (const HttpUser& user : users_) {
        const bool same = sodium_memcmp(hash.data(), user.key.data(), hash.size()) == 0;
        if (same && (!name || *name == user.name)) found = &user;
    }
    return found;
}

const HttpUser* HttpUsers::of_request(std::string_view authorization,
                                      std::string_view api_key) const {
    if (!api_key.empty()) return find(api_key, std::nullopt);
    if (authorization.size() > longest_key) return nullptr;
    if (const auto basic = credentials(authorization, "basic")) {
        std::string text(basic->size(), '\0');
        std::size_t size = 0;
        if (sodium_base642bin(reinterpret_cast<unsigned char*>(text.data()), text.size(),
                              basic->data(), basic->size(), nullptr, &size, nullptr,
                              sodium_base64_VARIANT_ORIGINAL) != 0) {
            return nullptr;
        }
        text.resize(size);
        const std::size_t colon = text.find(':');
        if (colon == std::string::npos) return nullptr;
        const std::string_view view = text;
        return find(view.substr(colon + 1), view.substr(0, colon));
    }
    if (const auto bearer = credentials(authorization, "bearer")) return find(*bearer, {});
    return authorization.empty() ? nullptr : find(authorization, {});
}

KeyHash hash_of_key(std::string_view key) noexcept {
    KeyHash hash;
    crypto_hash_sha256(hash.data(), as_octets(key).data(), key.size());
    return hash;
}

std::string key_hash_text(const KeyHash& hash) {
    return "sha256:" + hex(hash);
}

std::string make_http_key() {
    std::array<std::uint8_t, 16> octets;
    randombytes_buf(octets.data(), octets.size());
    return hex(octets);
}

}  // namespace dnshist::responder
