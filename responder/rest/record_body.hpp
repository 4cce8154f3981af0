// The records of a selection as lines of JSON: bare COF objects, or those of a DNSDB stream (SAF),
// which begins and ends with a line of its own.
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

#include "responder/rest/record_object.hpp"
#include "responder/rest/record_stream.hpp"
#include "responder/rest/sliced_body.hpp"

namespace dnshist::responder {

enum class Framing : std::uint8_t {
    bare,  // one object on a line
    saf,   // {"cond":"begin"}, {"obj":{...}}, {"cond":"succeeded"}
};

// How a stream may end.
inline constexpr std::string_view limit_reached = "Result limit reached";
inline constexpr std::string_view costs_too_much =
    "the answer takes more work than one request may cost; narrow the question";

// No line of a DNSDB stream is longer: its readers have limits.
inline constexpr std::size_t max_saf_line = 65536;

struct RecordLimits {
    std::uint64_t offset = 0;  // findings left out in front
    std::uint64_t records = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t work = std::numeric_limits<std::uint64_t>::max();  // units of WorkBudget
    bool unnamed_types = true;  // false: a type without a mnemonic is left out, and counted
};

class RecordBody : public SlicedBody {
  public:
    RecordBody(RecordStream stream, Framing framing, ObjectStyle style, RecordLimits limits);

    std::uint64_t given() const noexcept { return given_; }
    // Records of types without a mnemonic.
    std::uint64_t skipped() const noexcept { return skipped_; }
    // Everything there is was given, or left out on purpose.
    bool is_complete() const noexcept { return stream_.ended(); }
    const SelectionPlace& place() const noexcept { return stream_.place(); }

  protected:
    void write(Lookup& store, std::string& text, std::size_t room) override;
    bool fail(std::string& text, std::string_view why) override;

  private:
    bool take(Lookup& store, const Finding& finding, std::string& text, std::size_t enough);
    bool append_line(Lookup& store, const Finding& finding, std::string& text);
    void write_end(std::string& text);

    RecordStream stream_;
    Framing framing_;
    ObjectStyle style_;
    RecordLimits limits_;
    bool begun_ = false;
    bool more_ = false;  // than may be given
    std::uint64_t passed_ = 0;
    std::uint64_t given_ = 0;
    std::uint64_t skipped_ = 0;
    std::uint64_t too_long_ = 0;
};

// A line of a DNSDB stream that says how it goes: "begin", "succeeded", "limited", "failed".
void append_condition(std::string& text, std::string_view condition, std::string_view message = {});

}  // namespace dnshist::responder
