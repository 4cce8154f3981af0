// A record with its visibility as a line of text: the form in which dnshist shows history.
//
//     FIRST LAST COUNT OWNER TYPE RDATA
//     2016-02-01T00:00:00Z 2019-11-30T09:12:44Z 812 example.com. MX 10 mail.example.com.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "storage/base/octets.hpp"
#include "storage/base/text_writer.hpp"
#include "storage/record/rrtype.hpp"
#include "storage/text/time.hpp"

namespace dnshist {

// `owner` is in presentation form, because many lines in a row have the same.
void write_line(TextWriter& out, Period seen, std::optional<std::uint64_t> count,
                std::string_view owner, Rrtype type, Octets rdata);

// COUNT: a number, or "-" where it is not known.
void write_count(TextWriter& out, std::optional<std::uint64_t> count);

// "OWNER TYPE RDATA": the resource record alone.
void write_record(TextWriter& out, Octets owner_key, Rrtype type, Octets rdata);

}  // namespace dnshist
