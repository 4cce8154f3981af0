// Domain names: wire form (RFC 1035, section 3.1), text (section 5.1), and the store's key form.
//
// A name is at most 255 octets, so a Name holds them in place and is copied without allocating.
// Names compare without case (RFC 4343); dnshist keeps and shows them in lower case.
//
// The key form puts the labels in order from the root down, each with its length octet before it,
// in lower case, and closes with a zero octet:
//
//     www.example.com.   ->   3 "com" 7 "example" 3 "www" 0
//
// So a name and all names below it are one range of keys, the name itself first. A key is as long
// as the wire form.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/base/octet_buffer.hpp"
#include "storage/base/octets.hpp"
#include "storage/base/result.hpp"
#include "storage/base/text_writer.hpp"

namespace dnshist {

inline constexpr std::size_t max_name_octets = 255;
inline constexpr std::size_t max_label_octets = 63;
// Characters of the longest name in presentation form.
inline constexpr std::size_t max_name_text = 1016;

// The octets of a name's key form, held in place.
class NameKey {
  public:
    Octets octets() const noexcept { return octets_.octets(); }
    // The key form without its closing zero: the prefix that every name at or below it has.
    Octets subtree() const noexcept { return octets().first(octets_.size() - 1); }

  private:
    friend class Name;
    OctetBuffer<max_name_octets> octets_;
};

// An absolute domain name in wire form, lower case, without compression.
class Name {
  public:
    // The root.
    Name() noexcept { wire_.append(0); }

    // Presentation form with the escapes \X and \DDD; the final dot may be left out. An empty text
    // is an error, "." is the root. `text` may be in any case.
    static Result<Name> from_text(std::string_view text);
    // The same as in a master file (RFC 1035, section 5.1): a name without the final dot is
    // relative to the origin, "@" is the origin. Without an origin a relative name is an error.
    static Result<Name> from_master_file(std::string_view text, const Name* origin);
    // The octets of exactly one uncompressed name.
    static std::optional<Name> from_wire(Octets wire) noexcept;
    // The labels of a valid name in lower case, or the first of them, without a closing zero.
    static Name from_labels(Octets labels) noexcept;
    // The octets of exactly one key form.
    static std::optional<Name> from_key(Octets key) noexcept;

    Octets wire() const noexcept { return wire_.octets(); }
    // The same without the closing zero.
    Octets labels() const noexcept { return wire().first(wire_.size() - 1); }
    // Without the root: "." has 0, "example.com." has 2.
    unsigned label_count() const noexcept;
    NameKey key() const noexcept;
    // The name without its leftmost `count` labels.
    Name parent(unsigned count = 1) const noexcept;
    // Absolute, with the final dot.
    std::string text() const;

    friend bool operator==(const Name& a, const Name& b) noexcept {
        return equal(a.wire(), b.wire());
    }

  private:
    bool read_plain(std::string_view text) noexcept;
    static Result<Name> from_any_text(std::string_view text);

    OctetBuffer<max_name_octets> wire_;
};

// How many octets the uncompressed wire-form name at the start of `octets` has; nothing where none
// is (a pointer, a label or a name too long, an end too early).
std::optional<std::size_t> name_length(Octets octets) noexcept;

// Writes the key form of a valid wire-form name in any case, which is as long as the name, to
// `out`.
void put_name_key(std::uint8_t* out, Octets wire) noexcept;

// Presentation form of a valid wire-form name, absolute, in the case it has.
void write_name(TextWriter& out, Octets wire) noexcept;

// The same of a valid key form.
void write_key_name(TextWriter& out, Octets key) noexcept;

}  // namespace dnshist
