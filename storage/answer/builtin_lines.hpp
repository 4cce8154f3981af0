// What a zone says of itself: its SOA, the line at its apex, and the lines of help, help.TOPIC,
// stats and version.
//
// Lines of help begin with a number, because a resolver on the way may put them in any order.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "storage/answer/line_sink.hpp"
#include "storage/base/text_writer.hpp"
#include "storage/format/store_types.hpp"
#include "storage/record/name.hpp"
#include "storage/text/time.hpp"

namespace dnshist {

// Of the TXT record at the zone's apex.
void write_apex_line(const Name& zone, LineSink sink);
void write_help(const Name& zone, LineSink sink);
void write_statistics(const StoreStatistics& statistics, LineSink sink);
void write_version(LineSink sink);

// TOPIC of help.TOPIC: the views, and the filters.
std::span<const std::string_view> help_topics() noexcept;
// False, and nothing written, where there is no such topic.
bool write_help_topic(const Name& zone, std::string_view topic, LineSink sink);

// "help.pdns.local": presentation form without the final dot, as one types it to dig.
void write_builtin_name(TextWriter& out, std::string_view name, const Name& zone) noexcept;

// A line as it is put together, and taken at its end.
class BuiltinLine {
  public:
    BuiltinLine(const Name& zone, LineSink sink) noexcept
        : zone_(zone), sink_(sink), out_({octets_, room}) {}
    BuiltinLine(const BuiltinLine&) = delete;
    BuiltinLine& operator=(const BuiltinLine&) = delete;
    ~BuiltinLine() { sink_(out_.text()); }

    BuiltinLine& operator<<(std::string_view text) noexcept {
        out_.put(text);
        return *this;
    }
    BuiltinLine& operator<<(std::uint64_t number) noexcept {
        out_.put_decimal(number);
        return *this;
    }
    // Within the zone: "help.pdns.local".
    BuiltinLine& name(std::string_view name) noexcept {
        write_builtin_name(out_, name, zone_);
        return *this;
    }
    // ".pdns.local".
    BuiltinLine& zone() noexcept { return name({}); }

  private:
    static constexpr std::size_t room = 1280;

    const Name& zone_;
    LineSink sink_;
    char octets_[room];
    TextWriter out_;
};

// What the SOA of a zone says beyond its names (RFC 1035, section 3.3.13): the apex is the name
// server, and hostmaster.APEX the mailbox.
inline constexpr std::string_view hostmaster = "hostmaster";
struct SoaTimers {
    std::uint32_t serial;
    std::uint32_t refresh;  // this and the rest in seconds
    std::uint32_t retry;
    std::uint32_t expire;
    std::uint32_t minimum;
};
// The serial is the time at which the store was last written.
SoaTimers soa_timers(const StoreStatistics& statistics, std::uint32_t negative_ttl) noexcept;

}  // namespace dnshist
