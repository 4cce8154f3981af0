#include "zonegen/import/load.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <set>
#include <utility>

#include "storage/text/printable.hpp"
#include "zonegen/console/progress.hpp"
#include "zonegen/import/foreign_format.hpp"

namespace dnshist::zonegen {

namespace {

// Reading the clock for every item would cost more than some items do.
constexpr std::uint64_t items_between_reports = 256;

std::string at_octet(const Feed& feed) {
    std::string text = "octet " + std::to_string(feed.position());
    if (feed.compression() == Compression::none && feed.file_octets() != 0) {
        text += " (of " + std::to_string(feed.file_octets()) + ")";
    }
    return text;
}

Seconds time_of_file(const std::string& path) {
    struct stat status {};
    if (stat(path.c_str(), &status) != 0) {
        throw FeedError("cannot see when " + printable(path) + " was modified");
    }
    const std::int64_t seconds = status.st_mtim.tv_sec;
    if (seconds < 0 || seconds > end_of_time.since_epoch) {
        throw FeedError(printable(path) + " was not modified from 1970 to 2106");
    }
    return {static_cast<std::uint32_t>(seconds)};
}

// Where a reader flushes its state, as the earlier imports did: what it gives then is known from
// theirs only if it gives it at the same place.
std::uint64_t last_end(const OpenFeed& open) {
    if (open.known && open.known->position.ended_at != 0) return open.known->position.ended_at;
    std::uint64_t last = 0;
    for (const HistoryWriter::KnownFeed& other : open.others)
        last = std::max(last, other.position.ended_at);
    return last;
}

}  // namespace

Load::Load(HistoryWriter& writer, LoadOptions options, RejectReport& rejects, Terminal& terminal,
           int stop_descriptor)
    : writer_(writer),
      options_(std::move(options)),
      rejects_(rejects),
      terminal_(terminal),
      stop_descriptor_(stop_descriptor),
      store_(writer, options_.counts, terminal, stop_descriptor) {
    sink_.observe = [this](const Observation& observation) { observe(observation); };
    sink_.refuse = [this](std::uint64_t number, std::string_view item, const Reject& reject) {
        if (replaying()) return;
        rejects_.add(current_->open.feed->name(), number, item, reject);
    };
    sink_.check_time = [this](Period seen) { return check_time(seen); };
}

void Load::observe(const Observation& observation) {
    if (replaying()) return;
    Current& current = *current_;
    if (!options_.filter.keeps(observation.owner, observation.type)) {
        ++current.left_out;
        ++left_out_;
        return;
    }
    bool taken = false;
    // Each of them is asked, since each has to follow.
    for (const auto& earlier : current.earlier)
        taken = earlier->took(observation, current.open.feed->position()) || taken;
    if (taken) {
        ++current.taken_before;
        return;
    }
    store_.batch().add(observation);
    ++current.observations;
}

// A feed that can be read again may be: by a corrected command, which has to know what was refused.
std::optional<Reject> Load::check_time(Period seen) {
    if (replaying() || !current_->open.feed->rereadable()) return options_.times.check(seen);
    return current_->times.check_repeatably(seen);
}

bool Load::import(const std::string& path) {
    Current current;
    current.times = options_.times;
    current_ = &current;
    current.rejects_before = rejects_.total();
    try {
        if (path == "-" && options_.when_modified) {
            throw FeedError("standard input has no time of modification; --at TIME says another");
        }
        current.open.feed = std::make_unique<Feed>(path, stop_descriptor_);
        const Feed& feed = *current.open.feed;
        if (feed.state() == Feed::State::stopped) return conclude(current);
        // Nothing of it may be believed.
        if (feed.state() == Feed::State::damaged && feed.head().empty()) return conclude(current);
        if (!choose_reading(current)) return false;
        if (is_known(current)) return true;
        if (current.open.feed->state() == Feed::State::stopped) return conclude(current);
        if (const auto kept = rejects_.begin(current.reading.format); !kept) {
            complain(current, kept.error().text);
            return false;
        }
        if (!follow_earlier(current)) return false;
        tell_start(current);
        begin(current);
    } catch (const FeedError& error) {
        terminal_.complain(error.what());
        return false;
    }
    read(current);
    commit(current, true);
    return conclude(current);
}

bool Load::choose_reading(Current& current) {
    Feed& feed = *current.open.feed;
    Reading& reading = current.reading;
    reading.options = options_.reader;
    reading.filter = options_.filter;
    reading.ahead = options_.times.ahead();
    if (const auto foreign = container_of(feed.head())) {
        complain(current, *foreign);
        return false;
    }
    const auto format = options_.format ? options_.format : feed_format_of(feed.head());
    if (!format) {
        complain(current, unknown_format_text(feed.head()));
        return false;
    }
    reading.format = *format;
    const bool is_zone = reading.format == FeedFormat::zone;
    if (is_zone || is_registrations(reading.format)) {
        std::optional<Seconds>& when = reading.options.when;
        if (options_.when_modified) when = time_of_file(feed.path());
        if (is_zone && !when && !reject_file_format(feed.head())) {
            complain(current, "a zone does not say when it was so; --at does");
            return false;
        }
        if (when) {
            if (const auto reject = options_.times.check({*when, *when})) {
                complain(current, time_text(*when) + " cannot be the time of the copy (--at): " +
                                      std::string(reason_text(reject->reason)));
                return false;
            }
        }
        // The same copy at another time is another observation. What says its times itself is the
        // same one, and what does not is told by the reading.
        reading.items_have_times = !is_zone || reject_file_format(feed.head());
        if (when && !reading.items_have_times) feed.distinguish("at " + time_text(*when) + '\n');
    }
    current.reading_digest = digest_of(reading_text(reading));
    return true;
}

bool Load::is_known(Current& current) {
    current.open = recognise(std::move(current.open.feed), writer_.feeds(), options_.again,
                             current.reading_digest);
    Feed& feed = *current.open.feed;
    current.resumed = current.open.known.has_value();
    const bool at_end = feed.ahead().empty() && !feed.more() && feed.state() == Feed::State::ended;
    if (!at_end || !current.resumed || !current.open.known->position.whole) return false;
    terminal_.say(feed.name() + ": already imported whole on " +
                  time_text(current.open.known->position.when) +
                  ", skipped (--again counts it again)");
    return true;
}

// Of imports that differ in the time of what has none itself, one is followed: they have taken the
// same of the rest.
bool Load::follow_earlier(Current& current) {
    std::set<std::pair<std::uint64_t, std::string>> followed;
    for (const HistoryWriter::KnownFeed& other : current.open.others) {
        const auto text = writer_.reading(other.position.reading);
        auto reading = text ? reading_from_text(*text) : std::nullopt;
        if (!reading && options_.again) continue;
        if (!reading) {
            complain(current, "was imported on " + time_text(other.position.when) +
                                  " with options of another version of dnshist, so it is not "
                                  "known what is left; --again counts all of it again");
            return false;
        }
        std::optional<Seconds>& when = reading->options.when;
        const std::optional<Seconds>& now = current.reading.options.when;
        if (!current.reading.items_have_times) {
            when = now;
        } else if (when != now && other.position.clocks.empty()) {
            Reading timeless = *reading;
            timeless.options.when.reset();
            if (!followed.emplace(other.position.offset, reading_text(timeless)).second) continue;
        }
        current.earlier.push_back(std::make_unique<EarlierImport>(
            current.open.feed->from_start(), other.position, std::move(*reading)));
    }
    return true;
}

void Load::tell_start(const Current& current) {
    const Feed& feed = *current.open.feed;
    if (!current.earlier.empty()) {
        terminal_.say(feed.name() +
                      ": was imported with other options before; what these did not take is "
                      "taken now");
    }
    if (!current.resumed) return;
    const FeedPosition& position = current.open.known->position;
    if (position.whole) {
        terminal_.say(feed.name() + ": has grown since it was imported on " +
                      time_text(position.when) + "; going on at " + at_octet(feed));
    } else {
        terminal_.say("resuming " + feed.name() + " at " + at_octet(feed));
    }
}

// A stateful format is read from the feed's start again, to restore the reader's state.
void Load::begin(Current& current) {
    OpenFeed& open = current.open;
    const Reading& reading = current.reading;
    ReadingStart start{.lines = open.lines,
                       .within = open.known && !open.known->position.whole,
                       .ended_at = last_end(open)};
    if (current.resumed && traits_of(reading.format).stateful) {
        current.replay_until = open.known->position.offset;
        open.feed = open.feed->from_start();
        start.lines = 0;
        start.within = false;
    }
    current.reader = make_reader(reading.format, *open.feed, sink_, start, reading.options);
}

void Load::read(Current& current) {
    const Feed& feed = *current.open.feed;
    ProgressLine progress(terminal_);
    const std::uint64_t octets_before = feed.file_position();
    std::uint64_t count = 0;
    while (current.reader->next()) {
        current.committed_all = false;
        const Batch& batch = store_.batch();
        if (batch.size_at_most() >= options_.batch || batch.octets() >= options_.batch_octets) {
            commit(current, false);
        }
        if (++count % items_between_reports == 0 && progress.due()) {
            progress.tell(progress_text(feed.name(), {.octets = feed.file_position(),
                                                      .total = feed.file_octets(),
                                                      .observations = current.observations,
                                                      .seconds = progress.seconds(),
                                                      .octets_before = octets_before}));
        }
    }
    terminal_.clear();
    current.remarks = current.reader->remarks();
}

// Whether the store holds the observations of the current item.
bool Load::replaying() const noexcept {
    return current_->open.feed->position() < current_->replay_until;
}

// Whether an import of the same content would find nothing more.
bool Load::is_whole(const Current& current) const {
    const Feed& feed = *current.open.feed;
    return feed.state() == Feed::State::ended && feed.ahead().empty() &&
           std::ranges::none_of(current.remarks, &FeedRemark::failed);
}

FeedPosition Load::position_of(Current& current, bool at_end) {
    Feed& feed = *current.open.feed;
    if (!current.open.known) {
        auto& known = current.open.known.emplace();
        known.number = writer_.new_feed();
        known.position.head = feed.head_digest(feed.head().size());
        known.position.head_octets = static_cast<std::uint32_t>(feed.head().size());
    }
    FeedPosition position = current.open.known->position;
    position.prefix = feed.digest();
    position.offset = feed.position();
    position.whole = at_end && is_whole(current);
    if (position.whole) position.ended_at = position.offset;
    if (const auto clock = current.times.refused_at()) {
        position.clocks.push_back({position.offset, *clock});
        if (position.clocks.size() > FeedPosition::max_clocks) {
            // Its range goes to the next, judged by the stricter clock: an item may then count
            // twice, but none is lost.
            position.clocks[1].time = std::min(position.clocks[0].time, position.clocks[1].time);
            position.clocks.erase(position.clocks.begin());
        }
    }
    position.when = now_utc();
    position.name = feed.path();
    position.reading = current.reading_digest;
    return position;
}

void Load::commit(Current& current, bool at_end) {
    const Feed& feed = *current.open.feed;
    if (replaying() || (current.committed_all && !at_end)) return;
    store_.wait();
    const bool used = current.observations != 0 || current.resumed || !current.earlier.empty();
    std::optional<std::uint32_t> number;
    FeedPosition position;
    if (used && feed.rereadable() && feed.position() != 0) {
        position = position_of(current, at_end);
        number = current.open.known->number;
        writer_.keep_reading(position.reading, reading_text(current.reading));
    }
    if (store_.batch().size() == 0 && !number) return;
    rejects_.flush();
    store_.begin(number, std::move(position));
    if (at_end) store_.wait();
    current.committed_all = true;
}

void Load::complain(const Current& current, const std::string& what) {
    terminal_.complain(current.open.feed->name() + ": " + what);
}

// Reports how the feed ended. Returns import()'s result.
bool Load::conclude(const Current& current) {
    const Feed& feed = *current.open.feed;
    switch (feed.state()) {
        case Feed::State::stopped:
            stopped_ = true;
            complain(current, "stopped at " + at_octet(feed) +
                                  (feed.rereadable()
                                       ? "; the same command goes on from there"
                                       : "; what was read is in the store, and would be counted "
                                         "again if it were read again"));
            return false;
        case Feed::State::damaged:
            complain(current,
                     feed.position() == 0 && feed.ahead().empty()
                         ? "damaged: " + feed.problem() +
                               "; no part of it has a checksum that fits, so nothing of it was "
                               "taken. Import it when it is mended"
                         : "cannot be read beyond " + at_octet(feed) +
                               " of its content: " + feed.problem() +
                               "; what comes before is in the store, and an import of the "
                               "mended file goes on from there");
            return false;
        case Feed::State::open:
        case Feed::State::ended:
            break;
    }
    return conclude_end(current);
}

bool Load::conclude_end(const Current& current) {
    const std::string& name = current.open.feed->name();
    bool complete = true;
    for (const FeedRemark& remark : current.remarks) {
        if (remark.failed) {
            complain(current, remark.text);
            complete = false;
        } else {
            terminal_.say(name + ": " + remark.text);
        }
    }
    const std::uint64_t rejects = rejects_.total() - current.rejects_before;
    if (current.observations + current.left_out != 0 || current.resumed) return complete;
    if (!current.earlier.empty()) {
        terminal_.say(name + ": nothing more in it with these options");
        return complete;
    }
    const bool options_left_out = std::ranges::any_of(current.remarks, &FeedRemark::left_out);
    if (rejects == 0 && options_left_out) {
        complain(current, "no record in it of those that the options take");
        return false;
    }
    if (rejects == 0) {
        // A quiet hour of a sensor, or a capture without DNS.
        terminal_.say(name + ": no record in it");
        return complete;
    }
    complain(current, "nothing in it can be used, all of it was rejected; it was read as " +
                          std::string(traits_of(current.reading.format).name) +
                          ", --format reads it as another of " + feed_format_names());
    return false;
}

}  // namespace dnshist::zonegen
