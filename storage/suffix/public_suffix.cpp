#include "storage/suffix/public_suffix.hpp"

#include <libpsl.h>

#include <array>
#include <memory>

#include "storage/base/deleter.hpp"
#include "storage/record/name.hpp"

namespace dnshist {

namespace {

// A character of the list's names. No suffix has any other character; a dot within a label must not
// become a label boundary.
constexpr char suffix_character(std::uint8_t c) noexcept {
    const bool known = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    return known ? static_cast<char>(c) : '_';
}

const psl_ctx_t* suffixes() {
    static const std::unique_ptr<psl_ctx_t, Deleter<psl_free>> list(psl_latest(nullptr));
    return list.get();
}

// A name without its final dot; empty for the root. Each label begins at the offset of its length
// octet in the wire form.
using SuffixText = std::array<char, max_name_octets>;
void write_suffix_text(SuffixText& text, Octets name) noexcept {
    char* next = text.data();
    for (std::size_t at = 0; name[at] != 0; at += name[at] + 1U) {
        for (const std::uint8_t c : name.subspan(at + 1, name[at]))
            *next++ = suffix_character(c);
        *next++ = '.';
    }
    (next == text.data() ? *next : next[-1]) = '\0';
}

}  // namespace

Octets registrable_domain(Octets name) noexcept {
    if (suffixes() == nullptr || name[0] == 0) return {};
    SuffixText text;
    write_suffix_text(text, name);
    const char* const domain = psl_registrable_domain(suffixes(), text.data());
    if (domain == nullptr) return {};
    return name.subspan(static_cast<std::size_t>(domain - text.data()));
}

bool is_public_suffix(Octets name) noexcept {
    if (name[0] == 0) return true;
    SuffixText text;
    write_suffix_text(text, name);
    return suffixes() != nullptr && psl_is_public_suffix(suffixes(), text.data()) != 0;
}

}  // namespace dnshist
