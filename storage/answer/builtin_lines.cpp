#include "storage/answer/builtin_lines.hpp"

#include <array>
#include <optional>

namespace dnshist {

namespace {

// For secondaries that transfer the zone: the usual values.
constexpr std::uint32_t refresh = 3600;
constexpr std::uint32_t retry = 900;
constexpr std::uint32_t expire = 604800;

void write_number(LineSink sink, std::string_view what, std::uint64_t number) {
    std::array<char, 64> room;
    TextWriter out(room);
    out.put(what);
    out.put_decimal(number);
    sink(out.text());
}

void write_time_line(LineSink sink, std::string_view what, std::optional<Seconds> time) {
    if (!time) return;
    std::array<char, 64> room;
    TextWriter out(room);
    out.put(what);
    write_time(out, *time);
    sink(out.text());
}

}  // namespace

void write_builtin_name(TextWriter& out, std::string_view name, const Name& zone) noexcept {
    out.put(name);
    if (zone.label_count() == 0) return;
    out.put('.');
    write_name(out, zone.wire());
    if (!out.overflowed()) out.rewind(out.size() - 1);
}

void write_apex_line(const Name& zone, LineSink sink) {
    (BuiltinLine(zone, sink) << "dnshist: the history of DNS records, for 'dig TXT ").name("help")
        << "'";
}

void write_statistics(const StoreStatistics& statistics, LineSink sink) {
    write_number(sink, "names ", statistics.names);
    write_number(sink, "records ", statistics.records);
    write_number(sink, "bytes ", statistics.octets);
    write_time_line(sink, "earliest ", statistics.earliest);
    write_time_line(sink, "latest ", statistics.newest());
    if (statistics.ahead()) write_time_line(sink, "ahead ", statistics.ahead());
    write_time_line(sink, "written ", statistics.written);
}

void write_version(LineSink sink) {
    sink("dnshist " DNSHIST_VERSION);
}

SoaTimers soa_timers(const StoreStatistics& statistics, std::uint32_t negative_ttl) noexcept {
    const Seconds written = statistics.written.value_or(Seconds{0});
    return {written.since_epoch, refresh, retry, expire, negative_ttl};
}

}  // namespace dnshist
