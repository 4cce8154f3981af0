#include "zonegen/import/load.hpp"

#include <sys/stat.h>

#include "zonegen/console/progress.hpp"

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
    if (path == "-" || stat(path.c_str(), &status) != 0) {
        throw FeedError("cannot see when " + path + " was modified");
    }
    const std::int64_t seconds = status.st_mtim.tv_sec;
    if (seconds < 0 || seconds > end_of_time.since_epoch) {
        throw FeedError(path + " was not modified from 1970 to 2106");
    }
    return {static_cast<std::uint32_t>(seconds)};
}

}  // namespace

Load::Load(HistoryWriter& writer, LoadOptions options, RejectReport& rejects, Terminal& terminal,
           int stop_descriptor)
    : writer_(writer),
      options_(std::move(options)),
      rejects_(rejects),
      terminal_(terminal),
      stop_descriptor_(stop_descriptor),
      batch_(writer.gap(), options_.counts) {
    sink_.observe = [this](const Observation& observation) {
        if (replaying()) return;
        if (!options_.filter.keeps(observation.owner, observation.type)) {
            ++current_->left_out;
            ++summary_.left_out;
            return;
        }
        batch_.add(observation);
        ++current_->observations;
    };
    sink_.refuse = [this](std::uint64_t number, std::string_view item, const Reject& reject) {
        if (replaying()) return;
        rejects_.add(current_->open.feed->path(), number, item, reject);
    };
    sink_.check_time = [this](Period seen) { return options_.times.check(seen); };
}

bool Load::import(const std::string& path) {
    Current current;
    current_ = &current;
    current.rejects_before = rejects_.total();
    try {
        current.options = options_.reader;
        if (options_.when_modified) current.options.when = time_of_file(path);
        // The same copy of a zone at another time is another observation.
        if (const auto when = current.options.when) {
            if (const auto reject = options_.times.check({*when, *when})) {
                throw FeedError(path + ": " + time_text(*when) +
                                " cannot be the time of the copy (--at): " +
                                std::string(reason_text(reject->reason)));
            }
            current.identity = "at " + time_text(*when) + '\n';
        }
        current.open =
            open_feed(path, stop_descriptor_, writer_.feeds(), options_.again, current.identity);
        current.resumed = current.open.known.has_value();
        if (const auto answer = settled(current)) return *answer;
        tell_start(current);
        begin(current);
    } catch (const FeedError& error) {
        terminal_.complain(error.what());
        return false;
    }
    read(current);
    const Feed& feed = *current.open.feed;
    commit(current, feed.state() == Feed::State::ended && feed.ahead().empty());
    return conclude(current);
}

std::optional<bool> Load::settled(Current& current) {
    Feed& feed = *current.open.feed;
    if (feed.state() == Feed::State::stopped) return conclude(current);
    const bool at_end = feed.ahead().empty() && !feed.more() && feed.state() == Feed::State::ended;
    if (at_end && current.open.known && current.open.known->position.whole) {
        terminal_.say(feed.path() + ": already imported whole on " +
                      time_text(current.open.known->position.when) +
                      ", skipped (--again counts it again)");
        return true;
    }
    const auto format = options_.format ? options_.format : feed_format_of(feed.head());
    if (!format && !feed.head().empty()) {
        terminal_.complain(feed.path() + ": not in a format that is known here (" +
                           feed_format_names() + "); --format reads it as one all the same");
        return false;
    }
    current.format = format.value_or(FeedFormat::cof);
    if (current.format == FeedFormat::zone && !current.options.when) {
        terminal_.complain(feed.path() + ": a zone does not say when it was so; --at does");
        return false;
    }
    return std::nullopt;
}

void Load::tell_start(const Current& current) {
    if (!current.resumed) return;
    const Feed& feed = *current.open.feed;
    const FeedPosition& position = current.open.known->position;
    if (position.whole) {
        terminal_.say(feed.path() + ": has grown since it was imported on " +
                      time_text(position.when) + "; going on at " + at_octet(feed));
    } else {
        terminal_.say("resuming " + feed.path() + " at " + at_octet(feed));
    }
}

// A stateful format is read from the feed's start again, to restore the reader's state.
void Load::begin(Current& current) {
    OpenFeed& open = current.open;
    ReadingStart start{.lines = open.lines, .within = open.known && !open.known->position.whole};
    if (current.resumed && traits_of(current.format).stateful) {
        const FeedPosition& position = open.known->position;
        current.replay_until = position.offset;
        open.feed = std::make_unique<Feed>(open.feed->path(), stop_descriptor_, current.identity);
        start = {.ended_at = position.whole ? position.offset : 0};
    }
    current.reader = make_reader(current.format, *open.feed, sink_, start, current.options);
}

void Load::read(Current& current) {
    const Feed& feed = *current.open.feed;
    ProgressLine progress(terminal_);
    const std::uint64_t octets_before = feed.file_position();
    std::uint64_t count = 0;
    while (current.reader->next()) {
        current.committed_all = false;
        if (batch_.size_at_most() >= options_.batch || batch_.octets() >= options_.batch_octets) {
            commit(current, false);
        }
        if (++count % items_between_reports == 0 && progress.due()) {
            progress.tell(progress_text(feed.path(), {.octets = feed.file_position(),
                                                      .total = feed.file_octets(),
                                                      .observations = current.observations,
                                                      .seconds = progress.seconds(),
                                                      .octets_before = octets_before}));
        }
    }
    terminal_.clear();
}

// Whether the store holds the observations of the current item.
bool Load::replaying() const noexcept {
    return current_->open.feed->position() < current_->replay_until;
}

void Load::commit(Current& current, bool whole) {
    Feed& feed = *current.open.feed;
    if (replaying() || (current.committed_all && !whole)) return;
    FeedPosition position;
    std::optional<std::uint32_t> number;
    if (feed.rereadable() && feed.position() != 0) {
        if (!current.open.known) {
            auto& known = current.open.known.emplace();
            known.number = writer_.new_feed();
            known.position.head = feed.head_digest(feed.head().size());
            known.position.head_octets = static_cast<std::uint32_t>(feed.head().size());
        }
        position = current.open.known->position;
        position.prefix = feed.digest();
        position.offset = feed.position();
        position.whole = whole;
        position.when = now_utc();
        position.name = feed.path();
        number = current.open.known->number;
    }
    if (batch_.size() == 0 && !number) return;
    rejects_.flush();
    const std::uint64_t observations = batch_.observations();
    const ApplyResult result = writer_.apply(batch_, number, position, now_utc());
    batch_.clear();
    summary_.observations += observations;
    summary_.new_records += result.new_records;
    summary_.merged_records += result.merged_records;
    summary_.refused_children += result.refused_children;
    current.committed_all = true;
}

// Reports how the feed ended. Returns import()'s result.
bool Load::conclude(const Current& current) {
    const Feed& feed = *current.open.feed;
    switch (feed.state()) {
        case Feed::State::stopped:
            stopped_ = true;
            terminal_.complain(feed.path() + ": stopped at " + at_octet(feed) +
                               (feed.rereadable()
                                    ? "; the same command goes on from there"
                                    : "; what was read is in the store, and would be counted "
                                      "again if it were read again"));
            return false;
        case Feed::State::damaged:
            terminal_.complain(feed.path() + ": cannot be read beyond " + at_octet(feed) +
                               " of its content: " + feed.problem() +
                               "; what comes before is in the store, and an import of the mended "
                               "file goes on from there");
            return false;
        case Feed::State::open:
        case Feed::State::ended:
            break;
    }
    return conclude_end(current);
}

bool Load::conclude_end(const Current& current) {
    const Feed& feed = *current.open.feed;
    bool complete = true;
    const auto complain = [&](const std::string& what) {
        terminal_.complain(feed.path() + ": " + what);
        complete = false;
    };
    for (const FeedRemark& remark : current.reader->remarks()) {
        if (remark.failed) {
            complain(remark.text);
        } else {
            terminal_.say(feed.path() + ": " + remark.text);
        }
    }
    const std::uint64_t rejects = rejects_.total() - current.rejects_before;
    if (current.observations + current.left_out == 0 && !current.resumed) {
        complain(rejects == 0 ? "no record in it"
                              : "nothing in it can be used, all of it was rejected");
    }
    return complete;
}

}  // namespace dnshist::zonegen
