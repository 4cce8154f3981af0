// The names that go on with an answer that had more to say.
#pragma once

#include <cstdint>
#include <optional>

#include "storage/query/resume_point.hpp"
#include "storage/record/name.hpp"

namespace dnshist {

// The name that asks for another page of the same: `qname` with page-N (and limit-N where `limit`
// is given) in front, and without those that it had among its filters. Nothing where that name
// would be longer than a name can be.
std::optional<Name> page_name(const Name& qname, std::optional<unsigned> limit, std::uint64_t page);

// The name that asks for the first page from a place on: with from-X in front and without page-N,
// likewise.
std::optional<Name> resume_name(const Name& qname, const ResumePoint& place);

}  // namespace dnshist
