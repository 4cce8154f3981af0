#include "zonegen/command/statistics_text.hpp"

#include <fmt/format.h>

#include "storage/base/json.hpp"
#include "zonegen/console/progress.hpp"

namespace dnshist::zonegen {

namespace {

std::string shown(const std::optional<Seconds>& time) {
    return time ? time_text(*time) : "never";
}

std::string json(const std::optional<Seconds>& time) {
    return time ? '"' + time_text(*time) + '"' : "null";
}

// The names that the limit of new children has refused; empty if there are none.
std::string parents_text(const OverflowingParents& overflow) {
    if (overflow.overflowing == 0) return {};
    std::string text = fmt::format("refused  {} new names below {} names, by import.new_children\n",
                                   overflow.refused, overflow.overflowing);
    for (const OverflowingParents::Parent& parent : overflow.parents) {
        text += fmt::format("         {} below {}, after {}\n", parent.children.refused,
                            parent.name.text(), parent.children.admitted);
    }
    return text;
}

// Times that no record can have been seen at when the store was written; empty if there are none.
std::string ahead_text(const std::optional<Seconds>& ahead) {
    if (!ahead) return {};
    return "ahead    " + time_text(*ahead) +
           ", a time of the future that a feed gave: not taken for the latest\n";
}

// The same as members of the JSON object, with a comma before them.
std::string parents_json(const OverflowingParents& overflow) {
    if (overflow.overflowing == 0) return {};
    std::string text = fmt::format(R"(,"refused":{},"refusing_parents":{},"largest_parents":[)",
                                   overflow.refused, overflow.overflowing);
    for (const OverflowingParents::Parent& parent : overflow.parents) {
        if (text.back() != '[') text += ',';
        JsonObject object(text);
        object.string("parent", parent.name.text());
        object.number("admitted", parent.children.admitted);
        object.number("refused", parent.children.refused);
        object.close();
    }
    return text + ']';
}

}  // namespace

std::string statistics_text(const StoreStatistics& statistics, const OverflowingParents& overflow) {
    return fmt::format(
               "names    {}\n"
               "records  {}\n"
               "pivots   {}\n"
               "size     {}\n"
               "earliest {}\n"
               "latest   {}\n"
               "written  {}\n",
               statistics.names, statistics.records, statistics.pivots,
               octets_text(statistics.octets), shown(statistics.earliest),
               shown(statistics.newest()), shown(statistics.written)) +
           ahead_text(statistics.ahead()) + parents_text(overflow);
}

std::string statistics_json(const StoreStatistics& statistics, const OverflowingParents& overflow) {
    return fmt::format(
        "{{\"names\":{},\"records\":{},\"pivots\":{},\"octets\":{},\"earliest\":{},\"latest\":{},"
        "\"written\":{}{}{}}}\n",
        statistics.names, statistics.records, statistics.pivots, statistics.octets,
        json(statistics.earliest), json(statistics.newest()), json(statistics.written),
        statistics.ahead() ? ",\"ahead\":" + json(statistics.ahead()) : std::string(),
        parents_json(overflow));
}

}  // namespace dnshist::zonegen
