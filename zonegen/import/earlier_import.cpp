#include "zonegen/import/earlier_import.hpp"

namespace dnshist::zonegen {

namespace {

template <class Number>
void append(std::string& to, Number number) {
    to.append(reinterpret_cast<const char*>(&number), sizeof number);
}

// A digest of all of it but the source, which may be another one now.
std::string identity_of(const Observation& observation) {
    std::string identity(as_text(observation.owner));
    append(identity, observation.type);
    append(identity, observation.witness);
    append(identity, observation.seen.begin.since_epoch);
    append(identity, observation.seen.end.since_epoch);
    append(identity, observation.count);
    identity += as_text(observation.rdata);
    // An item can have as many and as long ones as it likes.
    const Digest digest = digest_of(identity);
    return std::string(as_text(digest));
}

// The clock of the import that read the item at `at`.
Seconds clock_at(const FeedPosition& position, std::uint64_t at) {
    for (const FeedPosition::Clock& clock : position.clocks) {
        if (at < clock.until) return clock.time;
    }
    return position.when;
}

}  // namespace

EarlierImport::EarlierImport(std::unique_ptr<Feed> feed, const FeedPosition& position,
                             Reading reading)
    : feed_(std::move(feed)), until_(position.offset), filter_(std::move(reading.filter)) {
    sink_.observe = [this](const Observation& observation) {
        if (feed_->position() >= until_) return;
        if (filter_.keeps(observation.owner, observation.type)) {
            taken_.insert(identity_of(observation));
        }
    };
    sink_.refuse = [](std::uint64_t, std::string_view, const Reject&) {};
    sink_.check_time = [this, position, ahead = reading.ahead](Period seen) {
        return TimeLimit(ahead, clock_at(position, feed_->position())).check(seen);
    };
    const ReadingStart start{.ended_at = position.ended_at};
    reader_ = make_reader(reading.format, *feed_, sink_, start, reading.options);
}

bool EarlierImport::took(const Observation& observation, std::uint64_t at) {
    while (feed_->position() <= at && feed_->position() < until_) {
        taken_.clear();
        if (!reader_->next()) break;
    }
    const auto found = taken_.find(identity_of(observation));
    if (found == taken_.end()) return false;
    taken_.erase(found);
    return true;
}

}  // namespace dnshist::zonegen
