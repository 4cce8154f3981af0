#include "zonegen/export/cof_export.hpp"

#include <poll.h>

#include <algorithm>
#include <vector>

#include "storage/base/json.hpp"
#include "storage/history/cof.hpp"
#include "storage/history/cursor.hpp"
#include "zonegen/export/line_output.hpp"

namespace dnshist::zonegen {

namespace {

// In an order of their own, since the numbers of sources differ between stores that are equal.
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

// Whether the descriptor is readable.
bool is_readable(int descriptor) {
    pollfd waiting{descriptor, POLLIN, 0};
    return descriptor >= 0 && poll(&waiting, 1, 0) > 0;
}

// Each record as a COF object on a line, between `before` and `after`. The last lines may not be
// flushed yet.
ExportResult write_records(History& history, const Subject& subject, LineOutput& output,
                           std::string_view before, std::string_view after,
                           const ExportWatch* watch) {
    constexpr std::uint64_t looks_up_every = 1024;  // records: whether it is to stop
    Snapshot snapshot(history);
    RecordCursor cursor(snapshot);
    const NameKey key = subject.name.key();
    switch (subject.scope) {
        case Subject::Scope::all:
            cursor.seek_all();
            break;
        case Subject::Scope::owner:
            cursor.seek_owner(key.octets());
            break;
        case Subject::Scope::below:
            cursor.seek_subtree(key);
            break;
    }
    ExportResult result{.written = Written::no_reader};
    while (cursor.next()) {
        const StoredRecord& record = cursor.record();
        if (subject.scope == Subject::Scope::below && equal(record.owner, key.octets())) continue;
        if (watch != nullptr && result.records % looks_up_every == 0 && is_readable(watch->stop)) {
            result.written = Written::stopped;
            return result;
        }
        output.text() += before;
        append_cof(output.text(), record.owner, record.type, record.rdata, record.sightings(),
                   sources_of(snapshot, record));
        output.text() += after;
        ++result.records;
        if (!output.end_line()) return result;
    }
    result.written = Written::all;
    return result;
}

// The last element of a SAF stream: how it ended.
void end_stream(LineOutput& output, std::string_view condition, std::string_view message) {
    JsonObject object(output.text());
    object.string("cond", condition);
    object.string_unless_empty("msg", message);
    object.close();
    output.end_line();
}

}  // namespace

Result<Subject> subject_from_text(std::string_view text) {
    Subject subject;
    subject.scope = Subject::Scope::owner;
    if (text == "*") text = "*.";
    if (text.starts_with("*.")) {
        subject.scope = Subject::Scope::below;
        text.remove_prefix(2);
        if (text.empty()) return subject;
    }
    auto name = Name::from_text(text);
    if (!name) return Problem{name.error().text};
    subject.name = *name;
    return subject;
}

ExportResult export_cof(History& history, const Subject& subject, std::FILE* out) {
    LineOutput output(out);
    ExportResult result = write_records(history, subject, output, {}, {}, nullptr);
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
        // Its text names a path, which is nothing to the readers of the stream.
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
