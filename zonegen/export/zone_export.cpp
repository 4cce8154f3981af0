#include "zonegen/export/zone_export.hpp"

#include <optional>
#include <string>

#include "storage/answer/builtin_lines.hpp"
#include "storage/answer/lookup.hpp"
#include "zonegen/export/subject_spelling.hpp"
#include "zonegen/export/zone_answers.hpp"
#include "zonegen/export/zone_owners.hpp"
#include "zonegen/export/zone_values.hpp"
#include "zonegen/export/zone_writer.hpp"

namespace dnshist::zonegen {

namespace {

// The apex and the names for help and the like.
void write_builtin_names(const StoreStatistics& statistics, const ZoneOptions& options,
                         ZoneWriter& file) {
    file.comment("dnshist " DNSHIST_VERSION);
    file.add_apex(soa_timers(statistics, options.negative_ttl),
                  options.name_servers.empty() ? std::span(&options.zone, 1)
                                               : std::span(options.name_servers));
    Name owner = options.zone;
    const auto add = [&](std::string_view line) { file.add_txt(owner, line); };
    write_apex_line(options.zone, LineSink(add));
    // A name that would be too long is left out.
    const auto set_owner = [&](std::string_view first, std::string_view word) {
        const auto name = question_name(first, word, {}, options.zone);
        if (name) owner = *name;
        return name.has_value();
    };
    if (set_owner({}, "help")) write_help(options.zone, LineSink(add));
    for (const std::string_view topic : help_topics()) {
        if (set_owner("help", topic)) write_help_topic(options.zone, topic, LineSink(add));
    }
    if (set_owner({}, "stats")) write_statistics(statistics, LineSink(add));
    if (set_owner({}, "version")) write_version(LineSink(add));
}

}  // namespace

bool can_be_exported(const Name& zone) noexcept {
    return zone.wire().size() + 1 + hostmaster.size() <= max_name_octets;
}

ZoneExportResult export_zone(History& history, const Subject& subject, const ZoneOptions& options,
                             std::FILE* out) {
    Lookup lookup(history);
    lookup.renew(options.now);
    ZoneWriter file(out, options.zone, options.ttl);
    ZoneExportResult result;
    ZoneAnswers answers(lookup, file, options, result);
    write_builtin_names(lookup.statistics(), options, file);
    write_owners(lookup.snapshot(), subject, answers);
    write_values(lookup.snapshot(), subject, answers);
    lookup.snapshot().expect_no_lost_page();
    file.comment(std::to_string(file.names()) + " names, " + std::to_string(file.records()) +
                 " records");
    file.flush();
    result.written = file.no_reader() ? Written::no_reader : Written::all;
    result.names = file.names();
    result.records = file.records();
    result.octets = file.octets();
    return result;
}

std::string zone_summary_text(const ZoneExportResult& result, const ZoneOptions& options) {
    std::string text = std::to_string(result.names) + " names, " + std::to_string(result.records) +
                       " records, " + std::to_string(result.octets) + " octets";
    const auto add = [&](std::uint64_t count, std::string_view what) {
        if (count == 0) return;
        text += '\n';
        text += std::to_string(count);
        text += what;
    };
    add(result.too_long, " questions left out: longer than a name can be");
    add(result.not_possible, " questions left out: they cannot be asked, or have a label '*'");
    add(result.cut, " answers end after page " + std::to_string(options.pages));
    return text;
}

}  // namespace dnshist::zonegen
