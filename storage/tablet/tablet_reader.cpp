#include "storage/tablet/tablet_reader.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>

#include "storage/block/block_reader.hpp"
#include "storage/tablet/tablet_symbols.hpp"

namespace dnshist {

namespace {

// A lookup of an owner: nearly always in one block, or in two.
constexpr std::uint32_t blocks_of_a_lookup = 2;
// What a walk reads at a time.
constexpr std::uint32_t blocks_of_a_walk = 16;
// All of a tablet, about; and how many tablets a walk reads ahead at most.
constexpr std::uint32_t blocks_of_a_tablet = 64;
constexpr std::uint32_t most_tablets = 16;
// Lookups of one question in one tablet that are noted the first time: the blocks of the first of
// them often serve others.
constexpr unsigned lookups_of_a_tablet = 4;
constexpr unsigned last_round = 8;
// What more is kept for a question that was asked so often, and for how long. It gives up then.
constexpr unsigned round_of_more = 12;
constexpr std::size_t more_octets = std::size_t{256} << 20;
constexpr std::chrono::seconds time_of_more{2};
constexpr std::size_t most_noted = 1024;
// Groups of reads that a reader has under way at once: what is noted meanwhile travels together.
constexpr unsigned most_under_way = 4;

std::int64_t ticks(std::chrono::steady_clock::time_point time) {
    return time.time_since_epoch().count();
}

// Work that was noted waits for the cluster, too.
void do_counted(const std::function<void()>& work, TabletCounters& counters) {
    ++counters.round_trips;
    try {
        work();
    } catch (const ObjectError&) {
        ++counters.failures;
        throw;
    }
}

}  // namespace

// What travels together, and then what came of it.
struct TabletReader::Group {
    Ticket ticket = 0;
    std::vector<PieceWanted> wanted;
    std::map<std::string, std::function<void()>> work;  // by name
    std::vector<std::shared_ptr<TabletPiece>> pieces;
    std::string failure;
};

struct TabletReader::Inbox {
    std::mutex mutex;  // of the following
    std::vector<std::shared_ptr<Group>> groups;
    std::function<void()> arrived;
    std::atomic<bool> any = false;
};

TabletReader::TabletReader(ObjectStore& objects, TabletMap& map, TabletCounters& counters,
                           TabletCacheLimits limits)
    : objects_(objects), map_(map), counters_(counters), limits_(limits) {}

TabletReader::~TabletReader() {
    counts_->octets = 0;
    counts_->oldest = 0;
    if (!inbox_) return;
    const std::lock_guard lock(inbox_->mutex);
    inbox_->arrived = nullptr;
}

void TabletReader::read_later(ObjectThreads& threads, std::function<void()> arrived,
                              StoredTables* tables) {
    threads_ = &threads;
    tables_ = tables;
    inbox_ = std::make_shared<Inbox>();
    inbox_->arrived = std::move(arrived);
    noted_ = std::make_shared<Group>();
    missing_ = Missing::note;
}

void TabletReader::renew() {
    loaded_.clear();
    if (inbox_) {
        missing_ = Missing::note;
        round_ = 0;
        take_awaited();
        if (inbox_->any.load(std::memory_order_acquire)) take_inbox();
    }
    const auto now = std::chrono::steady_clock::now();
    const auto oldest = now - limits_.age;
    const std::size_t most = limits_.octets + (now < more_until_ ? more_octets : 0);
    while (!by_age_.empty() && (by_age_.front()->read_at < oldest || octets_ > most)) {
        forget_oldest();
    }
    counts_->octets.store(octets_, std::memory_order_relaxed);
    counts_->oldest.store(by_age_.empty() ? 0 : ticks(by_age_.front()->read_at),
                          std::memory_order_relaxed);
}

void TabletReader::set_round(unsigned round) noexcept {
    round_ = round;
    if (round == round_of_more) more_until_ = std::chrono::steady_clock::now() + time_of_more;
}

void TabletReader::take_inbox() {
    std::vector<std::shared_ptr<Group>> groups;
    {
        const std::lock_guard lock(inbox_->mutex);
        groups.swap(inbox_->groups);
        inbox_->any.store(false, std::memory_order_relaxed);
    }
    for (const auto& group : groups) {
        --under_way_;
        for (PieceWanted& wanted : group->wanted)
            waited_for_.erase({wanted.space, std::move(wanted.key)});
        for (const auto& [name, work] : group->work)
            work_.erase(name);
        for (auto& piece : group->pieces)
            keep(std::move(piece));
        arrivals_.push_back({group->ticket, std::move(group->failure)});
    }
}

void TabletReader::forget_oldest() {
    const PiecePointer piece = std::move(by_age_.front());
    by_age_.pop_front();
    octets_ -= piece->octets;
    Pieces& pieces = pieces_[index(piece->space)];
    const auto found = pieces.find(piece->lower);
    if (found != pieces.end() && found->second == piece) pieces.erase(found);
}

// All keys from the first one of its first block on are in the piece.
void TabletReader::extend(TabletPiece& piece) const {
    BlockSymbols* const symbols = symbols_[index(piece.space)];
    if (symbols == nullptr || piece.blocks.empty()) return;
    BlockReader reader;
    if (symbols->open(reader, as_octets(piece.blocks.front().value)) != nullptr) return;
    reader.seek({});
    if (reader.next() != BlockReader::Step::entry) return;
    const std::string_view first = as_text(reader.key());
    if (first < piece.lower) piece.lower = first;
}

void TabletReader::keep(std::shared_ptr<TabletPiece> read) {
    extend(*read);
    const PiecePointer piece = std::move(read);
    Pieces& pieces = pieces_[index(piece->space)];
    // Those that it covers are older.
    auto next = pieces.lower_bound(piece->lower);
    while (next != pieces.end() && next->second->upper <= piece->upper &&
           next->second->lower < piece->upper) {
        next = pieces.erase(next);
    }
    pieces.insert_or_assign(next, piece->lower, piece);
    octets_ += piece->octets;
    by_age_.push_back(piece);
    // Within one state; who is at a piece has it all the same.
    if (missing_ == Missing::note) return;
    while (octets_ > limits_.octets && by_age_.size() > 1)
        forget_oldest();
}

const PiecePointer* TabletReader::known(TabletSpace space, Octets key) const {
    const Pieces& pieces = pieces_[index(space)];
    const auto behind = pieces.upper_bound(as_text(key));
    if (behind == pieces.begin()) return nullptr;
    const PiecePointer& piece = std::prev(behind)->second;
    return as_text(key) < piece->upper ? &piece : nullptr;
}

void TabletReader::load(TabletSpace space, std::span<const Octets> keys) {
    std::vector<PieceWanted> wanted;
    for (const Octets key : keys) {
        if (const PiecePointer* const piece = known(space, key)) {
            loaded_.push_back(*piece);
        } else {
            wanted.push_back({space, std::string(as_text(key)), blocks_of_a_lookup});
        }
    }
    if (wanted.empty()) return;
    if (missing_ != Missing::read) {
        for (const PieceWanted& each : wanted)
            if (missing_ == Missing::note) note(each);
        return;
    }
    std::ranges::sort(wanted, {}, &PieceWanted::key);
    wanted.erase(
        std::unique(wanted.begin(), wanted.end(),
                    [](const PieceWanted& a, const PieceWanted& b) { return a.key == b.key; }),
        wanted.end());
    for (auto& piece : read_pieces(objects_, map_, counters_, wanted)) {
        loaded_.push_back(piece);
        keep(std::move(piece));
    }
}

PiecePointer TabletReader::find(TabletSpace space, Octets key, Purpose purpose) {
    if (const PiecePointer* const piece = known(space, key)) {
        // One that has come for a question that waited was a miss.
        if (round_ == 0) CacheCounts::add(counts_->hits);
        return *piece;
    }
    const bool walks = purpose == Purpose::walk;
    const PieceWanted wanted{space, std::string(as_text(key)),
                             walks ? blocks_of_a_walk : blocks_of_a_lookup};
    switch (missing_) {
        case Missing::fail:
            throw_failure();
        case Missing::note:
            if (walks) {
                note_walk(wanted);
            } else if (purpose != Purpose::check || !awaited_) {
                note_lookup(wanted);
            }
            return nullptr;
        case Missing::read:
            break;
    }
    CacheCounts::add(counts_->misses);
    auto piece = read_pieces(objects_, map_, counters_, {&wanted, 1}).front();
    PiecePointer found = piece;
    if (!walks) keep(std::move(piece));
    return found;
}

// The group in which it travels.
TabletReader::Ticket TabletReader::note(const PieceWanted& wanted) {
    const auto [place, is_new] = waited_for_.try_emplace({wanted.space, wanted.key}, next_ticket_);
    if (is_new) {
        CacheCounts::add(counts_->misses);
        noted_->wanted.push_back(wanted);
    }
    return place->second;
}

void TabletReader::wait_for(Ticket ticket) noexcept {
    awaited_ = std::max(awaited_.value_or(0), ticket);
}

void TabletReader::note_lookup(const PieceWanted& wanted) {
    if (const auto found = waited_for_.find({wanted.space, wanted.key}); found != waited_for_.end())
        return wait_for(found->second);
    unsigned& lookups = of_tablet_[map_.find(wanted.space, wanted.key).id];
    const unsigned most = lookups_of_a_tablet << std::min(round_, last_round);
    // Whoever is put off here waits for what was noted before him.
    if (lookups >= most || noted_->wanted.size() >= most_noted) {
        if (!awaited_) awaited_ = next_ticket_;
        return;
    }
    ++lookups;
    wait_for(note(wanted));
}

void TabletReader::note_walk(PieceWanted wanted) {
    const std::uint64_t most = std::uint64_t{blocks_of_a_walk} << std::min(round_, last_round);
    wanted.blocks = static_cast<std::uint32_t>(std::min<std::uint64_t>(most, blocks_of_a_tablet));
    for (std::uint64_t tablets = std::min<std::uint64_t>(most / wanted.blocks, most_tablets);
         tablets > 0; --tablets) {
        wait_for(note(wanted));
        wanted.key = map_.find(wanted.space, wanted.key).upper;
        if (wanted.key >= upper_of_all) return;
    }
}

void TabletReader::note(const std::string& name, std::function<void()> work) {
    if (missing_ == Missing::fail) throw_failure();
    const auto [place, is_new] = work_.try_emplace(name, next_ticket_);
    if (is_new) noted_->work.emplace(name, std::move(work));
    wait_for(place->second);
}

std::optional<TabletReader::Ticket> TabletReader::take_awaited() noexcept {
    if (inbox_) missing_ = Missing::note;
    if (!awaited_) return std::nullopt;
    of_tablet_.clear();
    return std::exchange(awaited_, std::nullopt);
}

void TabletReader::begin_reads() {
    if (!noted_ || (noted_->wanted.empty() && noted_->work.empty())) return;
    if (under_way_ == most_under_way) return;
    auto group = std::exchange(noted_, std::make_shared<Group>());
    group->ticket = next_ticket_++;
    ++under_way_;
    threads_->run([this_group = std::move(group), inbox = inbox_, &objects = objects_, &map = map_,
                   &counters = counters_, tables = tables_] {
        try {
            for (const auto& [name, work] : this_group->work)
                do_counted(work, counters);
            auto pieces = read_pieces(objects, map, counters, this_group->wanted);
            if (tables != nullptr && tables->lack(pieces))
                do_counted([&] { tables->read(objects); }, counters);
            this_group->pieces = std::move(pieces);
        } catch (const std::exception& error) {
            this_group->failure = error.what();
        }
        const std::lock_guard lock(inbox->mutex);
        inbox->groups.push_back(this_group);
        inbox->any.store(true, std::memory_order_release);
        if (inbox->arrived) inbox->arrived();
    });
}

}  // namespace dnshist
