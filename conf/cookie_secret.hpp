// The secret of DNS cookies: 128 bits, which servers that answer at one address share (RFC 9018).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace dnshist::conf {

using CookieSecret = std::array<std::uint8_t, 16>;

// 32 hexadecimal digits; nothing for anything else.
std::optional<CookieSecret> cookie_secret_from_text(std::string_view digits) noexcept;

}  // namespace dnshist::conf
