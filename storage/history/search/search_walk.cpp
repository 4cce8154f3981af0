#include "storage/history/search/search_walk.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "storage/base/octet_search.hpp"
#include "storage/block/block_cursor.hpp"
#include "storage/format/pivot_key.hpp"
#include "storage/format/record_key.hpp"
#include "storage/history/reader_state.hpp"
#include "storage/level/search_scan.hpp"
#include "storage/text/characters.hpp"

namespace dnshist {

namespace {

// The values of pivots that are addresses sort before names, which sort before texts.
constexpr std::uint8_t names_of_pivots[] = {'n'};

constexpr std::uint64_t units_of_a_seek = 20;  // as storage/finding counts a read

// Whether the text of an address may have the literal: digits of both kinds, and colons.
bool may_be_of_address(std::string_view literal) noexcept {
    return consists_of(literal, "0123456789abcdef:");
}

}  // namespace

struct SearchWalk::State final : LevelReader {
    struct Map {
        std::vector<SearchScan> scans;  // one a level
        bool has_index = false;
        BlockCursor young;
        std::uint64_t generation = 0;
        std::optional<std::uint64_t> levels_generation;
        std::vector<std::uint8_t> young_key;  // empty before the first look
        bool young_ended = false;

        Map(Snapshot::State& of, Space which);
    };

    Snapshot::State& snapshot;
    Map names;
    Map pivots;
    Space space = Space::names;
    std::string literal;
    bool address = false;  // the text of an address may have it
    std::uint64_t cost = 0;
    std::uint64_t looked_at = 0;  // octets of an index that are no whole unit yet
    std::vector<std::uint8_t> found;

    explicit State(Snapshot::State& of);
    ~State() override;
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    Map& map() noexcept { return space == Space::names ? names : pivots; }
    void renew(Map& map) const;
    void report(SearchScan& scan) const;
    void end() override;
    void find_young(Octets key, std::optional<Octets> enough, std::uint64_t most_units);
    Octets result(Octets key) {
        found.assign(key.begin(), key.end());
        return found;
    }
};

SearchWalk::SearchWalk(Snapshot& snapshot)
    : state_(snapshot.state_->guard([&] { return std::make_unique<State>(*snapshot.state_); })) {}

SearchWalk::~SearchWalk() = default;

SearchWalk::State::State(Snapshot::State& of)
    : snapshot(of), names(of, Space::names), pivots(of, Space::pivots) {
    snapshot.level_readers.push_back(this);
}

SearchWalk::State::~State() {
    std::erase(snapshot.level_readers, this);
}

SearchWalk::State::Map::Map(Snapshot::State& of, Space which)
    : young(std::move(of.sources(which).front().blocks), of.symbols(which),
            which == Space::names ? of.history.names_damage : of.history.pivots_damage, 0) {}

void SearchWalk::State::end() {
    for (Map* const map : {&names, &pivots}) {
        map->scans.clear();
        map->levels_generation.reset();
    }
}

void SearchWalk::State::renew(Map& map) const {
    if (map.generation != snapshot.generation) map.young.renew();
    map.generation = snapshot.generation;
    if (map.levels_generation == snapshot.levels_generation) return;
    map.levels_generation = snapshot.levels_generation;
    map.scans.clear();
    map.has_index = false;
    if (!snapshot.files) return;
    for (const auto& parts : snapshot.files->levels.of(space)) {
        map.scans.emplace_back(parts);
        map.has_index = map.has_index || map.scans.back().any_index();
    }
}

void SearchWalk::State::report(SearchScan& scan) const {
    const std::string fault = scan.take_fault();
    if (fault.empty() || !snapshot.history.report) return;
    snapshot.history.report("search index", fault +
                                                ": searches walk instead; 'dnshist-zonegen index' "
                                                "makes it anew");
}

bool SearchWalk::begin(Space space, std::string_view literal) {
    return state_->snapshot.guard([&] {
        state_->space = space;
        state_->literal = literal;
        state_->address = space == Space::pivots && may_be_of_address(literal);
        state_->cost = 0;
        state_->looked_at = 0;
        State::Map& map = state_->map();
        state_->renew(map);
        for (SearchScan& scan : map.scans) {
            scan.begin();
            state_->report(scan);
        }
        map.young_key.clear();
        map.young_ended = false;
        return map.has_index;
    });
}

bool SearchWalk::may_have(Octets owner_or_value) const noexcept {
    const bool is_address = state_->space == Space::pivots && owner_or_value[0] < 'n';
    if (is_address) return state_->address;
    return find_octets(owner_or_value, as_octets(state_->literal)) != not_found;
}

// The next young key that may have the literal; the young level ends behind the last. Goes no
// farther than to the first key behind `enough`, which is where a level may have it.
void SearchWalk::State::find_young(Octets key, std::optional<Octets> enough,
                                   std::uint64_t most_units) {
    Map& all = map();
    if (all.young_ended || (!all.young_key.empty() && compare(key, all.young_key) <= 0)) return;
    std::uint64_t left = most_units;
    all.young.seek(key);
    cost += units_of_a_seek;
    while (all.young.next()) {
        const Octets at = all.young.key();
        ++cost;
        Octets text = at;
        if (space == Space::names) {
            if (const auto parts = split_record_key(at)) text = parts->owner;
        } else if (const auto parts = split_pivot_key(at)) {
            text = parts->value;
        }
        const bool is_enough = left == 0 || (enough && compare(at, *enough) > 0);
        if (is_enough || find_octets(text, as_octets(literal)) != not_found) {
            all.young_key.assign(at.begin(), at.end());
            return;
        }
        --left;
    }
    all.young_ended = true;
}

std::optional<Octets> SearchWalk::find(Octets key, std::uint64_t most_units) {
    return state_->snapshot.guard([&]() -> std::optional<Octets> {
        if (state_->space == Space::pivots && compare(key, names_of_pivots) < 0) {
            if (state_->address) return state_->result(key);
            key = names_of_pivots;
        }
        std::optional<Octets> least;
        const auto add = [&](Octets place) {
            if (!least || compare(place, *least) < 0) least = place;
        };
        State::Map& map = state_->map();
        std::uint64_t octets = most_units * octets_of_a_unit;
        const std::uint64_t before = octets;
        for (SearchScan& scan : map.scans) {
            if (scan.find(key, as_octets(state_->literal), octets)) add(scan.from());
            state_->report(scan);
        }
        state_->looked_at += before - octets;
        state_->cost += std::exchange(state_->looked_at, state_->looked_at % octets_of_a_unit) /
                        octets_of_a_unit;
        state_->find_young(key, least, most_units);
        if (!map.young_ended) add(compare(map.young_key, key) < 0 ? key : Octets(map.young_key));
        if (!least) return std::nullopt;
        return state_->result(*least);
    });
}

std::uint64_t SearchWalk::take_cost() noexcept {
    return std::exchange(state_->cost, 0);
}

}  // namespace dnshist
