// Why something in a feed is not an observation.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace dnshist::zonegen {

// Rejects are counted by reason.
enum class Reason : std::uint8_t {
    too_long,
    unfinished,
    not_json,
    not_an_object,
    no_name,
    bad_name,
    no_type,
    bad_type,
    other_class,
    no_rdata,
    bad_rdata,
    no_time,
    bad_time,
    in_future,
    bad_count,
    bad_source,
    too_many,
    bad_frame,
    bad_message,
    unasked,
    out_of_bailiwick,
    bad_line,
    no_header,
    incomplete_rdata,
    uncertain,
    other_rcode,
    bad_directive,
    no_origin,
    out_of_zone,
    no_apex,
    unknown_question,
};
inline constexpr std::size_t reason_count = 31;

// "no owner name".
std::string_view reason_text(Reason reason) noexcept;

struct Reject {
    Reason reason;
    std::string detail;    // in characters that are safe on a terminal; or empty
    bool partial = false;  // one record of several in an item; the others are kept
    // Lines that the item needs before it in a file of its format, each with its end.
    std::string context = {};
};

inline Reject refusal(Reason reason, std::string detail = {}) {
    return {.reason = reason, .detail = std::move(detail)};
}

// A value that was read, or why it cannot be.
template <class T>
using Read = boost::system::result<T, Reject>;

}  // namespace dnshist::zonegen
