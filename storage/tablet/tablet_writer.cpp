#include "storage/tablet/tablet_writer.hpp"

#include <algorithm>
#include <utility>

#include "storage/block/block_merge.hpp"
#include "storage/tablet/loaded_tablet.hpp"
#include "storage/tablet/tablet_cut.hpp"
#include "storage/tablet/tablet_lookup.hpp"

namespace dnshist {

namespace {

// With more changes than this, all blocks of a tablet are read.
constexpr std::size_t few_changes = 16;
// Blocks read for a change: where its owner begins, and the one after.
constexpr std::uint32_t blocks_of_a_change = 2;

}  // namespace

// What becomes of one tablet.
struct TabletWriter::Plan {
    Portion portion;
    std::uint64_t id;
    bool reads_all = false;
    bool is_ready = false;  // its write is made
    BatchCounts counts;
    ObjectWrite write;
    std::vector<RightPart> right;  // cut off from it, in order
};

void TabletWriter::apply(TabletBatch& batch, const Mark& mark) {
    batch_ = &batch;
    mark_ = mark;
    waiting_.clear();
    refused_.clear();
    missing_.reset();
    at_once_ = limits_.in_flight;
    links_followed_ = 0;
    const std::size_t first = first_change();
    for (const Portion portion : {Portion{first, batch.size()}, Portion{0, first}}) {
        if (portion.begin != portion.end) waiting_.push_back(portion);
    }
    while (!waiting_.empty()) {
        if (links_followed_ >= links_before_load) {
            map_.load(objects_);
            links_followed_ = 0;
        }
        std::vector<Plan> plans = next_plans();
        merge_all(plans);
        write_all(plans);
    }
    if (missing_) throw MissingTablet(*missing_);
}

// Where the batch is begun, at the beginning of a tablet. Writers that begin at the same would go
// on side by side, and be in each other's way at every tablet: each lane has a place of its own.
std::size_t TabletWriter::first_change() const {
    if (batch_->size() == 0) return 0;
    // Multiples of the golden ratio are far from each other.
    const std::uint64_t part = mark_.lane * std::uint64_t{0x9e3779b9U} & 0xffffffffU;
    const std::size_t near = part * batch_->size() >> 32U;
    std::size_t first = near;
    // Not within a prefix, of which the first tablet is to be the first (see TabletLookup).
    const auto is_within = [&] {
        return first > 0 && first < batch_->size() &&
               starts_with(batch_->key(first - 1), batch_->least_needed(first));
    };
    do {
        const auto place = map_.find(space_, as_text(batch_->key(first)));
        first = first_at_or_after({0, batch_->size()}, place.upper);
    } while (is_within());
    return first;
}

std::size_t TabletWriter::first_at_or_after(const Portion& portion, std::string_view key) const {
    std::size_t begin = portion.begin;
    std::size_t end = portion.end;
    while (begin < end) {
        const std::size_t middle = begin + (end - begin) / 2;
        if (as_text(batch_->key(middle)) < key) {
            begin = middle + 1;
        } else {
            end = middle;
        }
    }
    return begin;
}

std::vector<TabletWriter::Plan> TabletWriter::next_plans() {
    std::vector<Plan> plans;
    while (!waiting_.empty() && plans.size() < at_once_) {
        Portion portion = waiting_.front();
        waiting_.pop_front();
        const auto place = map_.find(space_, as_text(batch_->key(portion.begin)));
        const std::size_t end = first_at_or_after(portion, place.upper);
        if (end < portion.end) waiting_.push_front({end, portion.end});
        portion.end = end;
        plans.push_back({});
        plans.back().portion = portion;
        plans.back().id = place.id;
        plans.back().reads_all = portion.end - portion.begin > few_changes;
    }
    return plans;
}

ObjectRead TabletWriter::read_of(const Plan& plan) const {
    ObjectRead read;
    read.object = tablet_object(plan.id);
    if (plan.reads_all) {
        read.ranges.emplace_back();
        return read;
    }
    for (std::size_t i = plan.portion.begin; i < plan.portion.end; ++i) {
        const std::string_view after = as_text(batch_->least_needed(i));
        if (!read.ranges.empty() && read.ranges.back().after == after) continue;
        read.ranges.push_back({std::string(after), blocks_of_a_change});
    }
    return read;
}

void TabletWriter::merge_all(std::vector<Plan>& plans) {
    std::vector<std::size_t> open(plans.size());
    for (std::size_t i = 0; i < plans.size(); ++i)
        open[i] = i;
    while (!open.empty()) {
        std::vector<ObjectRead> reads;
        reads.reserve(open.size());
        for (const std::size_t i : open)
            reads.push_back(read_of(plans[i]));
        objects_.read(reads);
        std::vector<std::size_t> again;
        for (std::size_t k = 0; k < open.size(); ++k) {
            if (prepare(plans[open[k]], reads[k])) continue;
            plans[open[k]].reads_all = true;
            again.push_back(open[k]);
        }
        open = std::move(again);
    }
}

// Makes the write of a tablet, or leaves it to another one. False where all of it must be read.
bool TabletWriter::prepare(Plan& plan, const ObjectRead& read) {
    const auto head = read.exists ? decode_head(read.head) : std::nullopt;
    const bool is_whole =
        head && head->space == space_ && (head->right != 0 || head->upper >= upper_of_all);
    if (!is_whole) {
        missing_ = read.object;
        return true;
    }
    const std::size_t end = first_at_or_after(plan.portion, head->upper);
    if (end < plan.portion.end && head->right != 0) {
        map_.learn(space_, head->upper, head->right);
        ++links_followed_;
        waiting_.push_front({end, plan.portion.end});
        plan.portion.end = end;
        if (end == plan.portion.begin) return true;
    }
    const TabletMark* const done = head->mark_of(mark_.lane);
    const bool is_done =
        done != nullptr && (mark_.adds ? done->seq > mark_.seq : done->seq >= mark_.seq);
    return is_done || merge(plan, read);
}

// Merges changes into the blocks that they belong into. False where one of these was not read.
bool TabletWriter::merge_changes(const LoadedTablet& loaded, BlockChanges& changes,
                                 Merged& merged) const {
    const TabletLookup lookup(
        objects_, map_, symbols_, loaded.head, [this](Octets prefix, const std::string& bound) {
            const std::size_t first = first_at_or_after({0, batch_->size()}, as_text(prefix));
            return first < batch_->size() && as_text(batch_->key(first)) < bound &&
                   starts_with(batch_->key(first), prefix);
        });
    BlockRangeMerge merging(symbols_, limits_.block_page);
    RangeBuilder& range = merging.range();
    merging.begin(changes);
    while (merging.change()) {
        range.clear();
        std::size_t block = loaded.at(as_text(*merging.change()));
        if (!loaded.knows(block, as_text(*merging.change()))) return false;
        std::size_t before = block;
        std::size_t neighbours = 0;
        do {
            before = block;
            merging.add(as_octets(loaded.begin(block)), loaded.octets(block),
                        as_octets(loaded.upper(block)), lookup);
            if (block < loaded.blocks.size()) merged.replaced.push_back(block);
            ++neighbours;
            if (merging.change()) block = loaded.at(as_text(*merging.change()));
        } while (merging.change() && neighbours < max_neighbours && loaded.is_next(block, before));
        if (range.empty()) continue;
        range.encode();
        for (std::size_t i = 0; i < range.blocks(); ++i) {
            const bool is_last = i + 1 == range.blocks();
            merged.made[is_last ? loaded.upper(before) : std::string(as_text(range.key(i + 1)))] =
                as_text(range.block(i));
        }
    }
    return true;
}

TabletMark TabletWriter::mark_with(const BatchCounts& counts, const TabletHead& head) const {
    TabletMark mark{mark_.lane, mark_.seq, counts};
    const TabletMark* const before = head.mark_of(mark_.lane);
    if (mark_.adds && before != nullptr && before->seq == mark_.seq) mark.counts += before->counts;
    return mark;
}

// Those of a portion that belong into the block of `damage`.
TabletWriter::Portion TabletWriter::changes_in(const LoadedTablet& loaded, const Portion& portion,
                                               const DamagedBlock& damage) const {
    // Without a key, it is the symbols of all blocks.
    if (damage.block_key.empty()) return portion;
    const std::size_t block = loaded.at(as_text(damage.block_key));
    Portion found = portion;
    while (found.begin < portion.end && loaded.at(as_text(batch_->key(found.begin))) < block)
        ++found.begin;
    found.end = found.begin;
    while (found.end < portion.end && loaded.at(as_text(batch_->key(found.end))) == block)
        ++found.end;
    return found.begin == found.end ? portion : found;
}

// Merges all changes of a plan but those that belong into damaged blocks, of which the batch is
// told. False where a block is needed that was not read.
bool TabletWriter::merge_portion(const Plan& plan, const LoadedTablet& loaded,
                                 std::vector<std::unique_ptr<BlockChanges>>& changes,
                                 Merged& merged) {
    std::vector<Portion> portions{plan.portion};
    std::vector<std::pair<Portion, DamagedBlock>> refused;
    for (std::size_t i = 0; i < portions.size();) {
        const Portion portion = portions[i];
        changes.push_back(batch_->changes(portion.begin, portion.end));
        try {
            if (!merge_changes(loaded, *changes.back(), merged)) return false;
            ++i;
        } catch (const DamagedBlock& damage) {
            const Portion left_out = changes_in(loaded, portion, damage);
            refused.emplace_back(left_out, damage);
            portions.erase(portions.begin() + static_cast<std::ptrdiff_t>(i));
            for (const Portion part :
                 {Portion{left_out.end, portion.end}, Portion{portion.begin, left_out.begin}}) {
                if (part.begin != part.end)
                    portions.insert(portions.begin() + static_cast<std::ptrdiff_t>(i), part);
            }
            // From the beginning: a part of this portion was merged.
            changes.clear();
            merged = {};
            i = 0;
        }
    }
    for (const auto& [portion, damage] : refused) {
        // Not again where another writer was first.
        if (refused_.insert(portion.begin).second)
            batch_->refused(portion.begin, portion.end, damage);
    }
    return true;
}

bool TabletWriter::merge(Plan& plan, const ObjectRead& read) {
    TabletHead head = *decode_head(read.head);
    const LoadedTablet loaded(head, read);
    std::vector<std::unique_ptr<BlockChanges>> changes;
    Merged merged;
    if (!merge_portion(plan, loaded, changes, merged)) return false;
    if (changes.empty()) return true;
    ObjectWrite write;
    write.object = read.object;
    write.condition = ObjectWrite::Condition::head_is_expected;
    write.expected = read.head;
    ++head.version;
    const std::uint64_t octets_before = head.octets;
    for (const std::size_t block : merged.replaced) {
        const ObjectEntry& old = loaded.blocks[block];
        head.octets -= std::min(head.octets, octets_of(old));
        if (!merged.made.contains(old.key)) write.remove.push_back(old.key);
    }
    for (const auto& [key, block] : merged.made) {
        write.set.push_back({key, block});
        head.octets += octets_of(write.set.back());
    }
    const bool is_too_large = head.octets > limits_.octets;
    if (is_too_large && !plan.reads_all) return false;
    plan.counts = {};
    for (const auto& each : changes)
        plan.counts += batch_->merged(*each);
    plan.counts.octets =
        static_cast<std::int64_t>(head.octets) - static_cast<std::int64_t>(octets_before);
    head.set_mark(mark_with(plan.counts, head));
    write.head = encode_head(head);
    plan.write = std::move(write);
    if (is_too_large) {
        std::map<std::string, std::string> all = std::move(merged.made);
        for (const ObjectEntry& block : loaded.blocks)
            all.try_emplace(block.key, block.value);
        for (const std::string& key : plan.write.remove)
            all.erase(key);
        plan.right = cut_tablet(plan.write, loaded.blocks, all, limits_.octets);
    }
    plan.is_ready = true;
    return true;
}

void TabletWriter::write_right_parts(std::vector<Plan>& plans) {
    std::vector<ObjectWrite> writes;
    for (Plan& plan : plans) {
        for (const RightPart& right : plan.right)
            writes.push_back(right.write);
    }
    if (writes.empty()) return;
    objects_.write(writes);
    std::size_t next = 0;
    for (Plan& plan : plans) {
        bool done = true;
        for (std::size_t i = 0; i < plan.right.size(); ++i)
            done = writes[next++].outcome == ObjectWrite::Outcome::done && done;
        if (done) continue;
        // They are made again under other names.
        ++counters_.retries;
        plan.is_ready = false;
        waiting_.push_front(plan.portion);
    }
}

void TabletWriter::write_all(std::vector<Plan>& plans) {
    std::erase_if(plans, [](const Plan& plan) { return !plan.is_ready; });
    write_right_parts(plans);
    std::erase_if(plans, [](const Plan& plan) { return !plan.is_ready; });
    if (plans.empty()) return;
    try {
        batch_->before_writes();
    } catch (const MissingTablet& missing) {
        return put_off(plans, missing.object());
    }
    at_once_ = std::min(2 * at_once_, limits_.in_flight);
    std::vector<ObjectWrite> writes;
    for (Plan& plan : plans) {
        for (const ObjectEntry& entry : plan.write.set)
            counters_.octets += octets_of(entry);
        writes.push_back(std::move(plan.write));
    }
    objects_.write(writes);
    std::vector<ObjectWrite> entries;
    for (std::size_t i = 0; i < plans.size(); ++i)
        finish(plans[i], writes[i].outcome, entries);
    if (!entries.empty()) objects_.write(entries);
}

// What must be written before these cannot be. Each is to be tried without the others.
void TabletWriter::put_off(const std::vector<Plan>& plans, const std::string& missing) {
    for (const Plan& plan : plans)
        remove_right_parts(plan);
    if (plans.size() == 1) {
        missing_ = missing;
        return;
    }
    for (const Plan& plan : plans)
        waiting_.push_front(plan.portion);
    at_once_ = plans.size() / 2;
}

void TabletWriter::remove_right_parts(const Plan& plan) {
    std::vector<std::string> garbage;
    for (const RightPart& right : plan.right)
        garbage.push_back(right.write.object);
    if (!garbage.empty()) objects_.remove(garbage);
}

void TabletWriter::finish(Plan& plan, ObjectWrite::Outcome outcome,
                          std::vector<ObjectWrite>& entries) {
    if (outcome == ObjectWrite::Outcome::done) {
        batch_->written(plan.counts);
        counters_.splits += plan.right.size();
        for (const RightPart& right : plan.right) {
            map_.learn(space_, right.lower, right.id);
            entries.push_back(TabletMap::entry(space_, right.lower, right.id));
        }
        return;
    }
    // After the others: the writer that was first goes on meanwhile.
    waiting_.push_back(plan.portion);
    if (outcome == ObjectWrite::Outcome::unknown) {
        // Its right parts may belong to the map by now.
        ++counters_.retries;
        return;
    }
    ++counters_.conflicts;
    remove_right_parts(plan);
}

}  // namespace dnshist
