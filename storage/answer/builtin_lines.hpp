// The zone's built-in answers: its SOA, the TXT line at its apex, and the lines of help,
// help.TOPIC, stats and version.
//
// Help lines begin with a number, because a resolver may return them in any order.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "storage/answer/line_sink.hpp"
#include "storage/base/text_writer.hpp"
#include "storage/format/store_types.hpp"
#include "storage/record/name.hpp"
#include "storage/text/time.hpp"

namespace dnshist {

// The TXT record at the zone's apex.
void write_apex_line(const Name& zone, LineSink sink);
void write_help(const Name& zone, LineSink sink);
void write_statistics(const StoreStatistics& statistics, LineSink sink);
void write_version(LineSink sink);

// TOPIC of help.TOPIC: the views, and the filters.
std::span<const std::string_view> help_topics() noexcept;
// The topic that has most about a word of the language: "at" for asof, "search" for like. Empty for
// another word.
std::string_view help_topic_of(std::string_view word) noexcept;
// Takes such words too. False, and nothing written, where there is no such topic.
bool write_help_topic(const Name& zone, std::string_view topic, LineSink sink);

// "help.pdns.local": presentation form without the final dot, as typed to dig.
void write_builtin_name(TextWriter& out, std::string_view name, const Name& zone) noexcept;

// Composes one line and passes it to the sink when destroyed.
class BuiltinLine {
  public:
    // With a number in front where one is given.
    BuiltinLine(const Name& zone, LineSink sink, std::optional<unsigned> number = {}) noexcept
        : zone_(zone), sink_(sink), out_({octets_, room}) {
        if (number) *this << (*number < 10 ? "0" : "") << std::uint64_t{*number} << " ";
    }
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
    // "help.pdns.local".
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

// The numbers of a zone's SOA (RFC 1035, section 3.3.13). Its name server is the apex, its mailbox
// hostmaster.APEX.
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
