// A place in the store, as the filter from-X says where to go on: the octets of a key (a record's
// or a pivot's) behind those that all keys of the question begin with.
//
// X is base32hex (RFC 4648, section 7), which survives changes of case, in as many labels as it
// takes: from-X.from-Y is X followed by Y.
#pragma once

#include <cstddef>
#include <string_view>

#include "storage/base/octet_buffer.hpp"
#include "storage/base/octets.hpp"
#include "storage/base/text_writer.hpp"

namespace dnshist {

// What is longer fits no question beside a zone and a view.
inline constexpr std::size_t max_resume_octets = 150;

using ResumePoint = OctetBuffer<max_resume_octets>;

// Adds what one label says; false where it says none, or too much.
bool read_resume_point(std::string_view digits, ResumePoint& place) noexcept;
// Some octets of it, as a label has them.
void write_resume_point(TextWriter& out, Octets octets) noexcept;

}  // namespace dnshist
