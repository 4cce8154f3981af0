#include "zonegen/export/cof_export.hpp"

#include <algorithm>
#include <vector>

#include "storage/base/json.hpp"
#include "storage/history/cursor.hpp"
#include "storage/record/line/cof.hpp"
#include "storage/record/personal_type.hpp"
#include "zonegen/console/stop_signal.hpp"
#include "zonegen/export/line_output.hpp"

namespace dnshist::zonegen {

namespace {

// Sorted by content, because equal stores may number their sources differently.
std::vector<Source> sources_of(Snapshot& snapshot, const StoredRecord& record) {
    std::vector<Source> sources;
    for (const std::uint32_t number : record.sources()) {
        if (auto source = snapshot.source(number, record.owner)) {
            sources.push_back(std::move(*source));
        }
    }
    std::ranges::sort(sources);
    return sources;
}

// Each record as a COF object on a line, between `before` and `after`. The last lines may not be
// flushed yet.
ExportResult write_records(History& history, const Subject& subject, LineOutput& output,
                           std::string_view before, std::string_view after,
                           const ExportWatch* watch) {
    constexpr std::uint64_t poll_interval = 1024;  // records
    Snapshot snapshot(history);
    RecordCursor cursor(snapshot);
    subject.seek(cursor);
    ExportResult result{.written = Written::no_reader};
    std::string line;
    while (cursor.next()) {
        const StoredRecord& record = cursor.record();
        if (!subject.contains(record.owner)) continue;
        if (is_personal(record.type) && !subject.personal) {
            ++result.left_out;
            continue;
        }
        if (watch != nullptr && result.records % poll_interval == 0 &&
            stop_requested(watch->stop)) {
            result.written = Written::stopped;
            return result;
        }
        line = before;
        append_cof(line, record.owner, record.type, record.rdata, record.sightings(),
                   sources_of(snapshot, record));
        line += after;
        snapshot.expect_no_lost_page();
        output.text() += line;
        ++result.records;
        if (!output.end_line()) return result;
    }
    snapshot.expect_no_lost_page();
    result.written = Written::all;
    return result;
}

// The last item of a SAF stream, which says how it ended.
void end_stream(LineOutput& output, std::string_view condition, std::string_view message) {
    JsonObject object(output.text());
    object.string("cond", condition);
    object.string_unless_empty("msg", message);
    object.close();
    output.end_line();
}

}  // namespace

ExportResult export_cof(History& history, const Subject& subject, std::FILE* out) {
    LineOutput output(out);
    ExportResult result;
    try {
        result = write_records(history, subject, output, {}, {}, nullptr);
    } catch (const StoreError&) {
        output.flush();  // the lines before are right
        throw;
    }
    if (result.written == Written::all && !output.flush()) result.written = Written::no_reader;
    return result;
}

ExportResult export_dnsdb(History& history, const Subject& subject, std::FILE* out,
                          ExportWatch& watch) {
    LineOutput output(out);
    output.text() += R"({"cond":"begin"})";
    output.end_line();
    ExportResult result{.written = Written::all};
    try {
        result = write_records(history, subject, output, R"({"obj":)", "}", &watch);
    } catch (const StoreError&) {
        // The error's own text names a path, which readers of the stream must not see.
        end_stream(output, "failed", "the store cannot be read");
        output.flush();
        throw;
    }
    switch (result.written) {
        case Written::no_reader:
            return result;
        case Written::stopped:
            end_stream(output, "limited", "the export was stopped before its end");
            break;
        case Written::all:
            if (watch.damaged == 0) {
                end_stream(output, "succeeded", {});
            } else {
                end_stream(output, "failed", "damaged parts of the store were left out");
            }
            break;
    }
    if (!output.flush()) result.written = Written::no_reader;
    return result;
}

}  // namespace dnshist::zonegen
