// A finding as a line: in columns, or as a JSON object.
//
//     history, pivot   FIRST LAST COUNT OWNER TYPE RDATA
//     names            FIRST LAST COUNT OWNER TYPE[,TYPE]...
//     summary          FIRST LAST COUNT VALUES TYPE
//     by-month, by-year of it: MONTH VALUES TYPE
//     changes          TIME + OWNER TYPE RDATA   or   TIME - OWNER TYPE RDATA
//     seen             FIRST LAST COUNT
//     lookalike        FIRST LAST COUNT OWNER TYPE[,TYPE]... TRICK [U-LABELS]
//     cohost           FIRST LAST SECONDS OWNER TYPE RDATA
//
// JSON uses the member names of the Common Output Format (storage/record/line/cof.hpp), and
// "values", "time", "change", "month", "year", "seconds" and "trick", which that does not have; the
// types of a name are an array.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "storage/base/json.hpp"
#include "storage/base/octet_buffer.hpp"
#include "storage/base/text_writer.hpp"
#include "storage/finding/finding.hpp"
#include "storage/history/history.hpp"
#include "storage/query/query.hpp"

namespace dnshist {

// The line of a query that counts.
void write_count_line(TextWriter& out, const Query& query, std::uint64_t count);

class LineWriter {
  public:
    // The snapshot must outlive the LineWriter.
    explicit LineWriter(Snapshot& snapshot) noexcept : snapshot_(snapshot) {}

    void write(TextWriter& out, const Query& query, const Finding& finding);
    // A note in place of a line that is too long for any answer.
    static void write_too_long(TextWriter& out, const Finding& finding) noexcept;

  private:
    // Presentation form; valid until the next call.
    std::string_view owner_text(Octets owner) noexcept;
    void write_columns(TextWriter& out, const Query& query, const Finding& finding);
    void add_members(JsonObject& object, const Query& query, const Finding& finding);
    void append_record(const Query& query, const Finding& finding);

    Snapshot& snapshot_;
    // The owner of the line before and its text: consecutive lines mostly have the same owner.
    OctetBuffer<max_name_octets> owner_;
    std::array<char, max_name_text> owner_text_;
    std::size_t owner_text_size_ = 0;
    // Only JSON lines allocate: for the object and for the sources.
    std::string json_;
    std::vector<Source> sources_;
};

}  // namespace dnshist
