#include "zonegen/public_suffix.hpp"

#include <libpsl.h>

#include <array>
#include <memory>

#include "storage/name.hpp"

namespace dnshist {

namespace {

struct FreeList {
    void operator()(psl_ctx_t* list) const noexcept { psl_free(list); }
};

// What the list has in it, and no dot: those of our text stand between labels alone. What else a
// label may hold is in no suffix.
constexpr char suffix_character(std::uint8_t c) noexcept {
    const bool known = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    return known ? static_cast<char>(c) : '_';
}

}  // namespace

Octets registrable_domain(Octets name) noexcept {
    static const std::unique_ptr<psl_ctx_t, FreeList> list(psl_latest(nullptr));
    if (list == nullptr) return name;

    // The text begins each label where its length octet stands in the name: an offset in one is an
    // offset in the other.
    std::array<char, max_name_octets> text;
    char* next = text.data();
    for (std::size_t at = 0; name[at] != 0; at += name[at] + 1U) {
        for (const std::uint8_t c : name.subspan(at + 1, name[at]))
            *next++ = suffix_character(c);
        *next++ = '.';
    }
    if (next == text.data()) return name;
    next[-1] = '\0';

    const char* const domain = psl_registrable_domain(list.get(), text.data());
    if (domain == nullptr) return name;
    return name.subspan(static_cast<std::size_t>(domain - text.data()));
}

}  // namespace dnshist
