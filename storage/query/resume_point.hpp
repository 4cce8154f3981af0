// The point in the store at which a query resumes (the filter from-X): the octets of a key, of a
// record or a pivot, after those that all keys of the query begin with.
//
// X is a mark and base32hex (RFC 4648, section 7), which survives changes of case. With the mark no
// date is a place: from-2020 is a mistake for after-2020. X takes as many labels as it needs:
// from-X.from-Y is X followed by Y.
#pragma once

#include <cstddef>
#include <string_view>

#include "storage/base/octet_buffer.hpp"
#include "storage/base/octets.hpp"
#include "storage/base/text_writer.hpp"
#include "storage/record/name.hpp"

namespace dnshist {

// A longer one does not fit into a name beside a zone and a view.
inline constexpr std::size_t max_resume_octets = 150;

// In front of the digits, of which it is none.
inline constexpr char resume_mark = 'x';

using ResumePoint = OctetBuffer<max_resume_octets>;

// How many octets of a resume point there is room for in a question whose name has so many octets
// without one. Some room is left for page-N and limit-N, unless the name is very long.
std::uint8_t room_for_place(std::size_t name_octets) noexcept;

// Octets in one label of five and a mark: a base32hex digit has 5 bits.
inline constexpr std::size_t place_octets_in_label = (max_label_octets - 6) * 5 / 8;

// Appends the octets of one label; false where it is malformed or they are too many.
bool read_resume_point(std::string_view digits, ResumePoint& point) noexcept;
// Writes octets of a resume point as the value of one label.
void write_resume_point(TextWriter& out, Octets octets) noexcept;

}  // namespace dnshist
