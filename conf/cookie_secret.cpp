#include "conf/cookie_secret.hpp"

#include <algorithm>

#include "storage/record/rdata.hpp"
#include "storage/text/base_encoding.hpp"

namespace dnshist::conf {

std::optional<CookieSecret> cookie_secret_from_text(std::string_view digits) noexcept {
    CookieSecret secret;
    Rdata octets;
    if (!read_hex(digits, octets) || octets.octets().size() != secret.size()) return std::nullopt;
    std::ranges::copy(octets.octets(), secret.begin());
    return secret;
}

}  // namespace dnshist::conf
