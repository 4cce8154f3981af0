#include "storage/history/search/search_walk.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "storage/base/octet_search.hpp"
#include "storage/block/block_cursor.hpp"
#include "storage/format/pivot_key.hpp"
#include "storage/format/record_key.hpp"
#include "storage/gram/block_grams.hpp"
#include "storage/history/reader_state.hpp"
#include "storage/level/search_scan.hpp"
#include "storage/text/characters.hpp"

namespace dnshist {

namespace {

// The values of pivots that are addresses sort before names, which sort before texts.
constexpr std::uint8_t names_of_pivots[] = {'n'};

constexpr std::uint64_t units_of_a_seek = 20;  // as storage/finding counts a read
// Keys that are looked through cost a unit of work for four of them.
constexpr std::uint64_t octets_of_a_key = SearchWalk::octets_of_a_unit / 4;

// Whether the text of an address may have the literal: digits of both kinds, and colons.
bool may_be_of_address(std::string_view literal) noexcept {
    return consists_of(literal, "0123456789abcdef:");
}

}  // namespace

// The keys of one source of a map, the young level or an old one.
struct SearchWalk::Source {
    BlockCursor keys;
    std::unique_ptr<LiteralScan> scan;  // nullptr where nothing can have an index
    std::vector<std::uint8_t> key;  // where the literal may be next; empty before the first look
    bool ended = false;

    explicit Source(BlockCursor&& of) : keys(std::move(of)) {}
    void begin(Octets literal) {
        key.clear();
        ended = false;
        if (scan) scan->begin(literal);
    }
    void renew() {
        keys.renew();
        if (scan) scan->renew();
    }
};

struct SearchWalk::State final : LevelReader {
    struct Map {
        const Space space;
        std::vector<Source> sources{};  // the young level first
        std::uint64_t generation = 0;
        std::optional<std::uint64_t> levels_generation{};
    };

    Snapshot::State& snapshot;
    Map names{.space = Space::names};
    Map pivots{.space = Space::pivots};
    Space space = Space::names;
    std::string literal;
    bool address = false;  // the text of an address may have it
    std::uint64_t cost = 0;
    std::uint64_t parts_of_a_unit = 0;  // octets of an index that are no whole unit yet
    std::vector<std::uint8_t> found;

    explicit State(Snapshot::State& of);
    ~State() override;
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    Map& map() noexcept { return space == Space::names ? names : pivots; }
    void renew(Map& map) const;
    std::unique_ptr<LiteralScan> scan_of(Space of, const MapSource& from) const;
    void report(Source& source) const;
    void end() override;
    bool has_literal(Octets key) const noexcept;
    void find_in(Source& source, Octets key, std::optional<Octets> enough, std::uint64_t octets);
    bool look_through(Source& source, Octets from, Octets upper, std::optional<Octets> enough,
                      std::uint64_t& octets);
    void charge(std::uint64_t octets) noexcept {
        parts_of_a_unit += octets;
        cost +=
            std::exchange(parts_of_a_unit, parts_of_a_unit % octets_of_a_unit) / octets_of_a_unit;
    }
    Octets result(Octets key) {
        found.assign(key.begin(), key.end());
        return found;
    }
};

SearchWalk::SearchWalk(Snapshot& snapshot)
    : state_(snapshot.state_->guard([&] { return std::make_unique<State>(*snapshot.state_); })) {}

SearchWalk::~SearchWalk() = default;

SearchWalk::State::State(Snapshot::State& of) : snapshot(of) {
    snapshot.level_readers.push_back(this);
}

SearchWalk::State::~State() {
    std::erase(snapshot.level_readers, this);
}

void SearchWalk::State::end() {
    for (Map* const map : {&names, &pivots}) {
        map->sources.clear();
        map->levels_generation.reset();
    }
}

void SearchWalk::State::renew(Map& map) const {
    if (map.levels_generation == snapshot.levels_generation) {
        if (map.generation != snapshot.generation) map.sources.front().renew();
        map.generation = snapshot.generation;
        return;
    }
    map.generation = snapshot.generation;
    map.levels_generation = snapshot.levels_generation;
    map.sources.clear();
    const BlockDamage& damage =
        map.space == Space::names ? snapshot.history.names_damage : snapshot.history.pivots_damage;
    for (MapSource& from : snapshot.sources(map.space)) {
        auto scan = scan_of(map.space, from);
        Source& source = map.sources.emplace_back(
            BlockCursor(std::move(from.blocks), snapshot.symbols(map.space), damage, 0));
        source.scan = std::move(scan);
    }
}

std::unique_ptr<LiteralScan> SearchWalk::State::scan_of(Space of, const MapSource& from) const {
    if (from.parts) return std::make_unique<SearchScan>(from.parts);
    if (!snapshot.files) return nullptr;
    const auto grams = snapshot.history.files->databases.grams_of(of);
    if (!grams) return nullptr;
    return std::make_unique<BlockGramsScan>(snapshot.files->transaction, *grams);
}

void SearchWalk::State::report(Source& source) const {
    const std::string fault = source.scan ? source.scan->take_fault() : std::string();
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
        state_->parts_of_a_unit = 0;
        State::Map& map = state_->map();
        state_->renew(map);
        bool has_index = false;
        for (Source& source : map.sources) {
            source.begin(as_octets(state_->literal));
            state_->report(source);
            has_index = has_index || (source.scan && source.scan->has_index());
        }
        return has_index;
    });
}

bool SearchWalk::may_have(Octets owner_or_value) const noexcept {
    const bool is_address = state_->space == Space::pivots && owner_or_value[0] < 'n';
    if (is_address) return state_->address;
    return find_octets(owner_or_value, as_octets(state_->literal)) != not_found;
}

// Whether the owner, or the value, of a key has it.
bool SearchWalk::State::has_literal(Octets key) const noexcept {
    Octets text = key;
    if (space == Space::names) {
        if (const auto parts = split_record_key(key)) text = parts->owner;
    } else if (const auto parts = split_pivot_key(key)) {
        text = parts->value;
    }
    return find_octets(text, as_octets(literal)) != not_found;
}

// The next key of a source that may have the literal. Goes no farther than to the first key behind
// `enough`, which is where another source may have it.
void SearchWalk::State::find_in(Source& source, Octets key, std::optional<Octets> enough,
                                std::uint64_t octets) {
    if (source.ended || (!source.key.empty() && compare(key, source.key) <= 0)) return;
    if (!source.scan) {
        source.ended = !look_through(source, key, {}, enough, octets);
        return;
    }
    LiteralScan& scan = *source.scan;
    std::vector<std::uint8_t> from(key.begin(), key.end());
    for (;;) {
        const std::uint64_t before = octets;
        source.ended = !scan.find(from, octets);
        charge(before - octets);
        if (source.ended) return;
        if (enough && compare(scan.from(), *enough) > 0) {
            source.key.assign(scan.from().begin(), scan.from().end());
            return;
        }
        if (look_through(source, scan.from(), scan.upper(), enough, octets)) return;
        source.ended = scan.upper().empty();
        if (source.ended) return;
        from.assign(scan.upper().begin(), scan.upper().end());
    }
}

// The same in a range of keys. False where it has no such key.
bool SearchWalk::State::look_through(Source& source, Octets from, Octets upper,
                                     std::optional<Octets> enough, std::uint64_t& octets) {
    const Octets wanted = as_octets(literal);
    source.keys.seek(from);
    cost += units_of_a_seek;
    std::uint64_t looked_at = 0;
    bool any = false;
    for (bool is_first = true; source.keys.next(); is_first = false) {
        const Octets at = source.keys.key();
        if (!upper.empty() && compare(at, upper) >= 0) break;
        // The key before has it not, and begins with the same octets.
        const std::size_t known =
            is_first ? 0 : source.keys.shared() - std::min(source.keys.shared(), wanted.size() - 1);
        looked_at += octets_of_a_key;
        any = looked_at >= octets || (enough && compare(at, *enough) > 0) ||
              (find_octets(at.subspan(known), wanted) != not_found && has_literal(at));
        if (!any) continue;
        source.key.assign(at.begin(), at.end());
        break;
    }
    octets -= std::min(octets, looked_at);
    charge(looked_at);
    return any;
}

std::optional<Octets> SearchWalk::find(Octets key, std::uint64_t most_units) {
    return state_->snapshot.guard([&]() -> std::optional<Octets> {
        if (state_->space == Space::pivots && compare(key, names_of_pivots) < 0) {
            if (state_->address) return state_->result(key);
            key = names_of_pivots;
        }
        std::optional<Octets> least;
        for (Source& source : state_->map().sources) {
            state_->find_in(source, key, least, most_units * octets_of_a_unit);
            state_->report(source);
            if (source.ended) continue;
            const Octets place = compare(source.key, key) < 0 ? key : Octets(source.key);
            if (!least || compare(place, *least) < 0) least = place;
        }
        if (!least) return std::nullopt;
        return state_->result(*least);
    });
}

std::uint64_t SearchWalk::take_cost() noexcept {
    return std::exchange(state_->cost, 0);
}

}  // namespace dnshist
