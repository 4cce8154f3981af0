#include "storage/pivot/pivot_value.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <new>

#include "storage/base/deleter.hpp"
#include "storage/base/text_writer.hpp"
#include "storage/text/base_encoding.hpp"

namespace dnshist {

namespace {

// A SHA-256 digest cut to this, in hexadecimal, completes a token that is too long.
constexpr std::size_t digest_octets = 16;

static_assert(1 + max_token_octets + 2 * digest_octets + 1 <= max_pivot_octets);

bool is_list_mark(std::uint8_t c) noexcept {
    return list_marks.find(static_cast<char>(c)) != std::string_view::npos;
}

// An octet as tokens have it: in lower case, never zero.
std::uint8_t fold(std::uint8_t c) noexcept {
    return c == 0 ? std::uint8_t{1} : to_lower(c);
}

// The start of the SHA-256 digest of the folded token.
std::array<std::uint8_t, digest_octets> token_digest(Octets token) {
    const std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest;
    bool done = context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
    std::array<std::uint8_t, 1024> folded;
    for (; done && !token.empty(); token = token.subspan(std::min(token.size(), folded.size()))) {
        const Octets piece = token.first(std::min(token.size(), folded.size()));
        std::ranges::transform(piece, folded.begin(), fold);
        done = EVP_DigestUpdate(context.get(), folded.data(), piece.size()) == 1;
    }
    if (!done || EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) != 1) {
        throw std::bad_alloc();  // the one way in which a digest can fail
    }
    std::array<std::uint8_t, digest_octets> start;
    std::copy_n(digest.begin(), start.size(), start.begin());
    return start;
}

}  // namespace

PivotValue::PivotValue(char kind, Octets rest) noexcept {
    octets_.append(static_cast<std::uint8_t>(kind));
    octets_.append(rest);
}

PivotValue PivotValue::ipv4(Octets address) noexcept {
    return {'4', address};
}

PivotValue PivotValue::ipv6(Octets address) noexcept {
    return {'6', address};
}

PivotValue PivotValue::name(Octets wire_name) noexcept {
    PivotValue value('n', {});
    put_name_key(value.octets_.data() + 1, wire_name);
    value.octets_.resize(1 + wire_name.size());
    return value;
}

PivotValue PivotValue::token(Octets text) {
    while (text.size() > 1 && is_list_mark(text.back()))
        text = text.first(text.size() - 1);
    PivotValue value = token_prefix(text.first(std::min(text.size(), max_token_octets)));
    std::uint8_t* end = value.octets_.data() + value.octets_.size();
    if (text.size() > max_token_octets) {
        std::array<char, 2 * digest_octets> digits;
        TextWriter out(digits);
        write_hex(out, token_digest(text));
        end = std::ranges::transform(as_octets(out.text()), end, to_lower).out;
    }
    *end++ = 0;
    value.octets_.set_end(end);
    return value;
}

PivotValue PivotValue::token_prefix(Octets text) noexcept {
    PivotValue value('t', {});
    std::uint8_t* const folded = value.octets_.data() + 1;
    copy_lower(text.data(), text.size(), folded);
    std::replace(folded, folded + text.size(), 0, 1);
    value.octets_.resize(1 + text.size());
    return value;
}

}  // namespace dnshist
