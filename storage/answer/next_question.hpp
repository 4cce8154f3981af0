// The names of the questions that continue an answer.
#pragma once

#include <cstdint>
#include <optional>

#include "storage/query/resume_point.hpp"
#include "storage/record/name.hpp"

namespace dnshist {

// The question for another page: `qname` with page-N in front (and line-X where `line` is not
// empty, and limit-N where `limit` is given) in place of its own filters of these kinds. Empty
// where the name would be longer than 255 octets.
std::optional<Name> page_name(const Name& qname, std::optional<unsigned> limit, std::uint64_t page,
                              const ResumePoint& line = {});

// The question for the first page from a resume point on: with from-X in front, and without page-N,
// line-X and other from-X. Empty likewise.
std::optional<Name> resume_name(const Name& qname, const ResumePoint& point);

}  // namespace dnshist
