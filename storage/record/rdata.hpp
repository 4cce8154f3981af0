// RDATA: canonical wire form, presentation form, and the names inside.
//
// One table (storage/record/rdata_fields.hpp) lists the fields of each type whose RDATA dnshist
// knows; it serves the validator, the parser, the printer and the names. The text of a few rare
// types (LOC, APL, HIP, NSAP) goes through ldns, off the hot path; unknown types use the generic
// form "\# length hex" (RFC 3597).
//
// Canonical form: the names inside RDATA uncompressed and in lower case (RFC 4034, section 6.2, and
// likewise for every later type with names), so that one record has one form.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "storage/base/octet_buffer.hpp"
#include "storage/base/octets.hpp"
#include "storage/base/result.hpp"
#include "storage/base/text_writer.hpp"
#include "storage/record/name.hpp"
#include "storage/record/rrtype.hpp"

namespace dnshist {

inline constexpr std::size_t max_rdata_octets = 65535;

// One record's RDATA; 64 KB, so callers make one and reuse it.
using Rdata = OctetBuffer<max_rdata_octets>;

// Presentation form to canonical wire form, into `out`. Lenient as feeds are: names inside are
// absolute whether or not they end in a dot, and the generic form is read for every type. TXT, SPF,
// AVC and NINFO may be without quotes: such a text is one string with its blanks, in which a
// backslash before a letter stands for itself. A string of more than 255 octets becomes several.
// The problem names what was expected ("not an IPv4 address: '300.1.1.1'").
Result<void> rdata_from_text(Rrtype type, std::string_view text, Rdata& out);

// The same of a record in a master file, where nothing has to be guessed: names without the final
// dot are relative to the origin, and an error where there is none; text without quotes is split at
// blanks. A string of more than 255 octets becomes several, as the servers have it that take such a
// file at all.
Result<void> rdata_from_master_file(Rrtype type, std::string_view text, const Name* origin,
                                    Rdata& out);

// Uncompressed wire form to canonical form. False where it is not valid RDATA of
// that type; RDATA of a type that is not in the table is taken as it is.
bool rdata_from_wire(Rrtype type, Octets wire, Rdata& out) noexcept;

// Whether rdata_from_wire would take it.
bool is_valid_rdata(Rrtype type, Octets rdata) noexcept;

// Whether the names inside end in a dot; those of the types that ldns writes always do.
enum class FinalDots : std::uint8_t { written, left_out };

// Presentation form. `rdata` is canonical; what is not valid (a damaged store) is written in the
// generic form. Allocates for the types that ldns writes, and for no other.
void write_rdata(TextWriter& out, Rrtype type, Octets rdata, FinalDots dots = FinalDots::written);
std::string rdata_text(Rrtype type, Octets rdata, FinalDots dots = FinalDots::written);

// Calls visit(Octets wire_name) for every domain name inside canonical RDATA, in order; not at all
// where the RDATA is not valid.
template <class Visit>
void for_each_name(Rrtype type, Octets rdata, Visit&& visit);

namespace detail {
// The names inside: up to two in every type there is but HIP, and a HIP with more is not valid.
struct NameSpans {
    struct Span {
        std::uint16_t offset;
        std::uint16_t length;
    };
    std::array<Span, 16> spans;
    std::size_t count = 0;
};
NameSpans find_names(Rrtype type, Octets rdata) noexcept;
// The work of rdata_from_wire, in place.
bool make_canonical(Rrtype type, Rdata& rdata) noexcept;
}  // namespace detail

template <class Visit>
void for_each_name(Rrtype type, Octets rdata, Visit&& visit) {
    const detail::NameSpans names = detail::find_names(type, rdata);
    for (std::size_t i = 0; i < names.count; ++i) {
        visit(rdata.subspan(names.spans[i].offset, names.spans[i].length));
    }
}

}  // namespace dnshist
