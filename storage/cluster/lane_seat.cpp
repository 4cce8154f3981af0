#include "storage/cluster/lane_seat.hpp"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <utility>
#include <vector>

#include "storage/tablet/tablet_head.hpp"
#include "storage/tablet/tablet_map.hpp"

namespace dnshist {

namespace {

// Ceph takes writes of 90 MB at most.
constexpr std::size_t part_octets = std::size_t{4} << 20;

std::string lane_object(std::uint8_t lane) {
    return "lane." + std::to_string(lane);
}

std::string part_object(const BegunBatch& batch, std::uint64_t part) {
    return "b." + std::to_string(batch.lane) + '.' + std::to_string(batch.epoch) + '.' +
           std::to_string(batch.seq) + '.' + std::to_string(part);
}

std::string begin_of_holder() {
    std::array<char, 256> host{};
    if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '?';
    return std::string(host.data()) + ", process ";
}

}  // namespace

std::string this_process() {
    return begin_of_holder() + std::to_string(::getpid());
}

bool has_ended(const std::string& holder) {
    const std::string begin = begin_of_holder();
    if (!holder.starts_with(begin)) return false;
    pid_t process = 0;
    const char* const end = holder.data() + holder.size();
    const auto [stop, error] = std::from_chars(holder.data() + begin.size(), end, process);
    return error == std::errc{} && stop == end && process > 0 && ::kill(process, 0) != 0 &&
           errno == ESRCH;
}

std::optional<std::string> read_batch(ObjectStore& objects, const BegunBatch& batch) {
    std::string octets;
    for (std::uint64_t part = 0; part < batch.parts; ++part) {
        ObjectRead read;
        read.object = part_object(batch, part);
        read.wants_data = true;
        objects.read({&read, 1});
        if (!read.exists) return std::nullopt;
        octets += read.data;
    }
    return octets;
}

LaneSeat::LaneSeat(ObjectStore& objects, std::string holder)
    : objects_(objects),
      holder_(std::move(holder)),
      lock_name_(holder_ + ' ' + std::to_string(new_tablet_id())) {}

LaneSeat::~LaneSeat() {
    try {
        give_back();
    } catch (const std::exception&) {
        // The lock ends by itself.
    }
}

void LaneSeat::give_back() {
    if (!lane_) return;
    objects_.unlock(lane_object(*lane_), lock_name_);
    lane_.reset();
}

bool LaneSeat::lock(std::uint8_t lane) {
    if (!objects_.try_lock(lane_object(lane), lock_name_, lock_seconds)) return false;
    locked_at_ = std::chrono::steady_clock::now();
    return true;
}

// False where the lane has a writer.
bool LaneSeat::lock_unless_alive(std::uint8_t lane, const std::string& holder) {
    if (lock(lane)) return true;
    if (!has_ended(holder)) return false;
    objects_.break_lock(lane_object(lane));
    return lock(lane);
}

bool LaneSeat::renew() {
    const auto age = std::chrono::steady_clock::now() - locked_at_;
    if (!lane_ || age < std::chrono::seconds(lock_seconds) / 4) return true;
    return lock(*lane_);
}

bool LaneSeat::is_mine(const Journal& journal) const {
    if (!lane_) return false;
    const auto found = journal.lanes.find(*lane_);
    return found != journal.lanes.end() && found->second.epoch == epoch_;
}

std::optional<BegunBatch> LaneSeat::take() {
    const Journal journal = read_journal(objects_);
    if (lane_ && (!is_mine(journal) || !renew())) lane_.reset();
    waiting_ = {};
    for (const auto& [number, lane] : journal.lanes) {
        if (!lane.is_unfinished() || lane_ == number || still_waits(lane)) continue;
        if (!lock_unless_alive(number, lane.holder)) continue;
        const auto before = lane_;
        raise_epoch(number);
        if (before) objects_.unlock(lane_object(*before), lock_name_);
        break;
    }
    if (!lane_) {
        const auto number = free_lane(journal);
        if (!number) {
            std::string text = "all its lanes have writers (";
            for (const auto& [other, lane] : journal.lanes)
                text += (other == 0 ? "" : "; ") + lane.holder;
            throw ObjectError(ObjectError::Kind::other, text + "); end one of them, or wait for " +
                                                            std::to_string(lock_seconds) +
                                                            " s if one was killed");
        }
        raise_epoch(*number);
    }
    // Another writer may have ended it in between.
    const Lane lane = read_journal(objects_).lanes.at(*lane_);
    last_seq_ = std::max(last_seq_, lane.begun);
    if (!lane.is_unfinished()) return std::nullopt;
    return BegunBatch{*lane_, lane.batch_epoch, lane.begun, lane.batch_parts};
}

bool LaneSeat::still_waits(const Lane& lane) {
    if (!lane.waits()) return false;
    const ObjectRead tablet = read_object(objects_, {lane.waits_for});
    if (tablet.exists && decode_head(tablet.head)) return false;
    ++waiting_.batches;
    waiting_.object = lane.waits_for;
    return true;
}

std::optional<std::uint8_t> LaneSeat::free_lane(const Journal& journal) {
    for (std::uint8_t number = 0; number < most_lanes; ++number) {
        const auto known = journal.lanes.find(number);
        if (known != journal.lanes.end() && known->second.waits()) continue;
        if (lock(number)) return number;
    }
    return std::nullopt;
}

// Takes the lane, whose lock is held.
void LaneSeat::raise_epoch(std::uint8_t number) {
    for (;;) {
        const Journal journal = read_journal(objects_);
        const auto found = journal.lanes.find(number);
        Lane lane = found == journal.lanes.end() ? Lane{} : found->second;
        ++lane.epoch;
        lane.holder = holder_;
        lane.waits_for.clear();
        JournalWrite write(journal);
        write.set_lane(number, lane);
        // One without a reply is followed by a higher one.
        if (write.write(objects_) != ObjectWrite::Outcome::done) continue;
        // Its writer may have ended between the end of a batch and this. No other batch is begun
        // before its octets are gone: then those that are there were not begun.
        if (!lane.is_unfinished()) remove({number, lane.batch_epoch, lane.begun, lane.batch_parts});
        lane_ = number;
        epoch_ = lane.epoch;
        last_seq_ = lane.begun;
        return;
    }
}

BegunBatch LaneSeat::write(std::string_view octets) {
    remove_ended();
    // A number that was not used for other octets, which may come late.
    const BegunBatch batch{*lane_, epoch_, ++last_seq_,
                           (octets.size() + part_octets - 1) / part_octets};
    std::vector<ObjectWrite> writes(batch.parts);
    for (std::uint64_t part = 0; part < batch.parts; ++part) {
        writes[part].object = part_object(batch, part);
        writes[part].data = octets.substr(part * part_octets, part_octets);
    }
    objects_.write(writes);
    octets_written_ += octets.size();
    for (const ObjectWrite& write : writes) {
        if (write.outcome == ObjectWrite::Outcome::done) continue;
        throw ObjectError(ObjectError::Kind::unreachable, "the cluster did not answer in time");
    }
    return batch;
}

// Changes the journal as long as the lane is this writer's and the change is due. Whether it is
// done.
bool LaneSeat::change(const Add& add, const std::function<Due(const Lane&)>& due) {
    for (;;) {
        const Journal journal = read_journal(objects_);
        if (!is_mine(journal)) {
            lane_.reset();
            return false;
        }
        Lane lane = journal.lanes.at(*lane_);
        const Due is_due = due(lane);
        if (is_due != Due::yes) return is_due == Due::done;
        JournalWrite write(journal);
        add(journal, write, lane);
        write.set_lane(*lane_, lane);
        if (write.write(objects_) == ObjectWrite::Outcome::done) return true;
    }
}

bool LaneSeat::begin(const BegunBatch& batch, const Add& add) {
    const bool is_ours = change(
        [&](const Journal& journal, JournalWrite& write, Lane& lane) {
            lane.begun = batch.seq;
            lane.batch_epoch = batch.epoch;
            lane.batch_parts = batch.parts;
            add(journal, write, lane);
        },
        [&](const Lane& lane) {
            if (lane.begun >= batch.seq) return Due::done;
            // An earlier one, whose reply was lost, has begun after all.
            return lane.is_unfinished() ? Due::no : Due::yes;
        });
    return is_ours || was_begun(batch);
}

// Whether a batch was begun of which no reply came before the lane was lost. Who ends a batch
// removes its octets; nobody but its writer removes those of one that was not begun.
bool LaneSeat::was_begun(const BegunBatch& batch) {
    const Lane lane = read_journal(objects_).lanes.at(batch.lane);
    if (lane.begun == batch.seq && lane.batch_epoch == batch.epoch) return true;
    if (!read_object(objects_, {part_object(batch, 0)}).exists) {
        return !read_journal(objects_).abandoned.contains({batch.lane, batch.epoch, batch.seq});
    }
    remove(batch);
    return false;
}

bool LaneSeat::abandon(const BegunBatch& batch) {
    const AbandonedBatch abandoned{batch.lane, batch.epoch, batch.seq};
    for (;;) {
        const Journal journal = read_journal(objects_);
        const auto found = journal.lanes.find(batch.lane);
        if (found == journal.lanes.end()) return false;
        const Lane& lane = found->second;
        if (lane.begun == batch.seq && lane.batch_epoch == batch.epoch)
            return !lane.is_unfinished();
        if (journal.abandoned.contains(abandoned)) return true;
        if (lane.epoch <= batch.epoch) {
            if (!lock_unless_alive(batch.lane, lane.holder)) return false;
            raise_epoch(batch.lane);
            give_back();
            continue;
        }
        JournalWrite write(journal);
        write.add_abandoned(abandoned);
        if (write.write(objects_) == ObjectWrite::Outcome::done) return true;
    }
}

void LaneSeat::leave_waiting(const BegunBatch& batch, const std::string& object) {
    change([&](const Journal&, JournalWrite&, Lane& lane) { lane.waits_for = object; },
           [&](const Lane& lane) { return lane.ended >= batch.seq ? Due::done : Due::yes; });
    give_back();
}

bool LaneSeat::note(const Add& add) {
    return change(add, [](const Lane&) { return Due::yes; });
}

bool LaneSeat::is_open(const BegunBatch& batch) {
    const Journal journal = read_journal(objects_);
    return is_mine(journal) && batch.lane == *lane_ && journal.lanes.at(*lane_).ended < batch.seq;
}

std::string LaneSeat::read(const BegunBatch& batch) {
    auto octets = read_batch(objects_, batch);
    if (!octets) throw_damaged_object(part_object(batch, 0));
    return *std::move(octets);
}

void LaneSeat::end(const BegunBatch& batch, const Add& add) {
    const bool is_ours = change(
        [&](const Journal& journal, JournalWrite& write, Lane& lane) {
            lane.ended = batch.seq;
            add(journal, write, lane);
        },
        [&](const Lane& lane) { return lane.ended >= batch.seq ? Due::done : Due::yes; });
    if (!is_ours) return;
    ended_ = batch;
    remove_ended();
}

// Again, where it failed: before the next batch is written.
void LaneSeat::remove_ended() {
    if (!ended_) return;
    remove(*ended_);
    ended_.reset();
}

void LaneSeat::remove(const BegunBatch& batch) {
    std::vector<std::string> parts;
    for (std::uint64_t part = 0; part < batch.parts; ++part)
        parts.push_back(part_object(batch, part));
    objects_.remove(parts);
}

}  // namespace dnshist
