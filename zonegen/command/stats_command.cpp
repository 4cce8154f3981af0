#include "zonegen/command/stats_command.hpp"

#include <fmt/format.h>

#include "storage/base/json.hpp"
#include "zonegen/console/progress.hpp"

namespace dnshist {

namespace {

std::string shown(const std::optional<Seconds>& time) {
    return time ? time_text(*time) : "never";
}

std::string json(const std::optional<Seconds>& time) {
    return time ? '"' + time_text(*time) + '"' : "null";
}

// What the limit of new children has turned away; nothing where there was nothing.
std::string crowds_text(const Crowds& crowds) {
    if (crowds.overflowing == 0) return {};
    std::string text = fmt::format("refused  {} new names below {} names, by import.new_children\n",
                                   crowds.refused, crowds.overflowing);
    for (const Crowds::Parent& parent : crowds.parents) {
        text += fmt::format("         {} below {}, after {}\n", parent.crowd.refused,
                            parent.name.text(), parent.crowd.admitted);
    }
    return text;
}

// Members of the object, with a comma before them.
std::string crowds_json(const Crowds& crowds) {
    if (crowds.overflowing == 0) return {};
    std::string text = fmt::format(R"(,"refused":{},"refusing_parents":{},"largest_parents":[)",
                                   crowds.refused, crowds.overflowing);
    for (const Crowds::Parent& parent : crowds.parents) {
        if (text.back() != '[') text += ',';
        JsonObject object(text);
        object.string("parent", parent.name.text());
        object.number("admitted", parent.crowd.admitted);
        object.number("refused", parent.crowd.refused);
        object.close();
    }
    return text + ']';
}

}  // namespace

std::string statistics_text(const StoreStatistics& statistics, const Crowds& crowds) {
    return fmt::format(
               "names    {}\n"
               "records  {}\n"
               "pivots   {}\n"
               "size     {}\n"
               "earliest {}\n"
               "latest   {}\n"
               "written  {}\n",
               statistics.names, statistics.records, statistics.pivots,
               octets_text(statistics.octets), shown(statistics.earliest), shown(statistics.latest),
               shown(statistics.written)) +
           crowds_text(crowds);
}

std::string statistics_json(const StoreStatistics& statistics, const Crowds& crowds) {
    return fmt::format(
        "{{\"names\":{},\"records\":{},\"pivots\":{},\"octets\":{},\"earliest\":{},\"latest\":{},"
        "\"written\":{}{}}}\n",
        statistics.names, statistics.records, statistics.pivots, statistics.octets,
        json(statistics.earliest), json(statistics.latest), json(statistics.written),
        crowds_json(crowds));
}

}  // namespace dnshist
