#include "zonegen/statistics.hpp"

#include <fmt/format.h>

#include "zonegen/progress.hpp"

namespace dnshist {

namespace {

std::string shown(const std::optional<Seconds>& time) {
    return time ? time_text(*time) : "never";
}

std::string json(const std::optional<Seconds>& time) {
    return time ? '"' + time_text(*time) + '"' : "null";
}

}  // namespace

std::string statistics_text(const StoreStatistics& statistics) {
    return fmt::format(
        "names    {}\n"
        "records  {}\n"
        "pivots   {}\n"
        "size     {}\n"
        "earliest {}\n"
        "latest   {}\n"
        "written  {}\n",
        statistics.names, statistics.records, statistics.pivots, octets_text(statistics.octets),
        shown(statistics.earliest), shown(statistics.latest), shown(statistics.written));
}

std::string statistics_json(const StoreStatistics& statistics) {
    return fmt::format(
        "{{\"names\":{},\"records\":{},\"pivots\":{},\"octets\":{},\"earliest\":{},\"latest\":{},"
        "\"written\":{}}}\n",
        statistics.names, statistics.records, statistics.pivots, statistics.octets,
        json(statistics.earliest), json(statistics.latest), json(statistics.written));
}

}  // namespace dnshist
