#include "zonegen/command/statistics_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "storage/base/json.hpp"
#include "storage/text/printable.hpp"
#include "zonegen/console/progress.hpp"
#include "zonegen/import/summary.hpp"

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

// Empty as long as the store has nothing in old levels.
std::string levels_text(const LevelStatistics& levels) {
    const bool any = std::ranges::any_of(levels.old, [](const auto& level) { return level.files; });
    if (!any) return {};
    std::string text = "levels   young " + octets_text(levels.young);
    for (std::size_t i = 0; i < levels.old.size(); ++i) {
        text += fmt::format("; level {}: {} in {} files", i + 1, octets_text(levels.old[i].octets),
                            levels.old[i].files);
    }
    text += '\n';
    if (levels.search_files != 0) {
        text += fmt::format("search   {} in {} of {} files", octets_text(levels.search_octets),
                            levels.search_files, levels.files);
        text += levels.young_search_octets == 0
                    ? "; none of the young level\n"
                    : ", and " + octets_text(levels.young_search_octets) + " of the young level\n";
    }
    if (levels.merging) {
        text += fmt::format("merging  about {} to go\n", octets_text(levels.behind));
    }
    text += fmt::format("behind   {} rewritten since merging began; above {} what comes in waits\n",
                        octets_text(levels.debt), octets_text(levels.most_debt));
    if (levels.observations != 0) {
        text += fmt::format("wrote    {} octets on disk for each of {} observations\n",
                            levels.written / levels.observations, levels.observations);
    }
    if (levels.damaged != 0) {
        text += fmt::format("damaged  {} parts, which merges left behind in level.*.mdb.damaged\n",
                            levels.damaged);
    }
    return text;
}

std::string levels_json(const LevelStatistics& levels) {
    if (levels.old.empty()) return {};
    std::string text = ",\"levels\":";
    JsonObject object(text);
    object.number("young", levels.young);
    object.member("old") += '[';
    for (const LevelStatistics::Level& level : levels.old) {
        if (text.back() != '[') text += ',';
        JsonObject old(text);
        old.number("files", level.files);
        old.number("octets", level.octets);
        old.close();
    }
    text += ']';
    object.member("merging") += levels.merging ? "true" : "false";
    object.number("behind", levels.behind);
    object.number("debt", levels.debt);
    object.number("most_debt", levels.most_debt);
    object.number("observations", levels.observations);
    object.number("written", levels.written);
    object.number("damaged", levels.damaged);
    object.number("search_files", levels.search_files);
    object.number("search_octets", levels.search_octets);
    object.number("young_search_octets", levels.young_search_octets);
    object.close();
    return text;
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

std::string lane_text(const ClusterStatistics::Lane& lane) {
    std::string unfinished;
    if (!lane.waits_for.empty()) {
        unfinished = "; one waits for tablet " + lane.waits_for + ", which is missing";
    } else if (lane.is_unfinished) {
        unfinished = "; one has begun and not ended";
    }
    return fmt::format("         {}: {} batches, the last one {}, by {}{}\n", lane.number,
                       lane.batches, shown(lane.written), printable(lane.holder), unfinished);
}

std::string cluster_text(const std::optional<ClusterStatistics>& cluster, std::uint64_t octets) {
    if (!cluster) return {};
    const std::uint64_t tablets = cluster->names_tablets + cluster->pivots_tablets;
    std::string text = fmt::format("tablets  {} of names, {} of pivots, {} each\n",
                                   cluster->names_tablets, cluster->pivots_tablets,
                                   octets_text(octets / std::max<std::uint64_t>(tablets, 1)));
    if (cluster->writing.observations != 0) {
        text += "wrote    " + writing_text(cluster->writing) + '\n';
    }
    text += fmt::format("lanes    {}\n", cluster->lanes.size());
    for (const ClusterStatistics::Lane& lane : cluster->lanes)
        text += lane_text(lane);
    return text;
}

std::string cluster_json(const std::optional<ClusterStatistics>& cluster) {
    if (!cluster) return {};
    std::string text = ",\"cluster\":";
    JsonObject object(text);
    object.number("names_tablets", cluster->names_tablets);
    object.number("pivots_tablets", cluster->pivots_tablets);
    object.number("observations", cluster->writing.observations);
    object.number("written", cluster->writing.octets);
    object.number("conflicts", cluster->writing.conflicts);
    object.number("unanswered", cluster->writing.unanswered);
    object.number("cuts", cluster->writing.cuts);
    object.member("lanes") += '[';
    for (const ClusterStatistics::Lane& lane : cluster->lanes) {
        if (text.back() != '[') text += ',';
        JsonObject each(text);
        each.number("lane", lane.number);
        each.string("holder", lane.holder);
        each.number("batches", lane.batches);
        each.member("unfinished") += lane.is_unfinished ? "true" : "false";
        each.string_unless_empty("waits_for", lane.waits_for);
        each.member("written") += json(lane.written);
        each.close();
    }
    text += ']';
    object.close();
    return text;
}

}  // namespace

std::string statistics_text(const StoreStatistics& statistics, const LevelStatistics& levels,
                            const OverflowingParents& overflow,
                            const std::optional<ClusterStatistics>& cluster) {
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
           ahead_text(statistics.ahead()) + levels_text(levels) + parents_text(overflow) +
           cluster_text(cluster, statistics.octets);
}

std::string statistics_json(const StoreStatistics& statistics, const LevelStatistics& levels,
                            const OverflowingParents& overflow,
                            const std::optional<ClusterStatistics>& cluster) {
    return fmt::format(
        "{{\"names\":{},\"records\":{},\"pivots\":{},\"octets\":{},\"earliest\":{},\"latest\":{},"
        "\"written\":{}{}{}{}{}}}\n",
        statistics.names, statistics.records, statistics.pivots, statistics.octets,
        json(statistics.earliest), json(statistics.newest()), json(statistics.written),
        statistics.ahead() ? ",\"ahead\":" + json(statistics.ahead()) : std::string(),
        levels_json(levels), parents_json(overflow), cluster_json(cluster));
}

}  // namespace dnshist::zonegen
