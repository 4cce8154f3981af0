#include "zonegen/load.hpp"

#include "zonegen/progress.hpp"

namespace dnshist {

namespace {

// A batch is applied early where its observations are large: RDATA may have 64 KB.
constexpr std::size_t max_batch_octets = std::size_t{512} << 20;
// Looking at the clock for every element would cost more than some elements do.
constexpr std::uint64_t elements_between_reports = 256;

// Something in the head looks like JSON, or like the remarks of a file of rejects.
bool looks_like_json(std::string_view head) noexcept {
    bool at_start = true;
    for (const char c : head) {
        if (at_start && (c == '{' || c == '[' || c == '#')) return true;
        const bool blank =
            c == ' ' || c == '\t' || c == '\r' || c == '\xef' || c == '\xbb' || c == '\xbf';
        at_start = c == '\n' || (at_start && blank);
    }
    return false;
}

bool begins_with_saf(std::string_view head) noexcept {
    const std::string_view line = head.substr(0, head.find('\n'));
    return line.find("\"cond\"") != std::string_view::npos &&
           line.find("\"begin\"") != std::string_view::npos;
}

// Blank lines, and remarks.
bool says_nothing(std::string_view text) noexcept {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    return first == std::string_view::npos || text[first] == '#';
}

std::string at_octet(const Feed& feed) {
    std::string text = "octet " + std::to_string(feed.position());
    if (feed.compression() == Compression::none && feed.file_octets() != 0) {
        text += " (of " + std::to_string(feed.file_octets()) + ")";
    }
    return text;
}

}  // namespace

Load::Load(HistoryWriter& writer, LoadOptions options, Rejects& rejects, Terminal& terminal,
           int stop_descriptor)
    : writer_(writer),
      options_(std::move(options)),
      rejects_(rejects),
      terminal_(terminal),
      stop_descriptor_(stop_descriptor),
      reader_(
          [this](const Observation& observation) {
              batch_.add(observation);
              ++current_->observations;
          },
          [this](const Reject& reject) { refuse(reject); }, options_.sensor) {}

bool Load::import(const std::string& path) {
    Current current;
    current.rejects_before = rejects_.total();
    try {
        current.open = open_feed(path, stop_descriptor_, writer_.feeds(), options_.again);
    } catch (const FeedError& error) {
        terminal_.complain(error.what());
        return false;
    }
    current.resumed = current.open.known.has_value();
    if (const auto answer = settled(current)) return *answer;
    tell_start(current);

    Feed& feed = *current.open.feed;
    current_ = &current;
    Progress progress(terminal_, path, feed.file_position());
    ElementReader elements = elements_of(current);
    std::uint64_t count = 0;
    while (elements.next(current.element)) {
        read(current);
        // What the feed ends in the middle of may be whole when it has grown.
        if (current.element.kind == Element::Kind::unfinished && current.refused) break;
        elements.take();
        if (batch_.size() >= options_.batch || batch_.octets() >= max_batch_octets) {
            commit(current, false);
        }
        if (++count % elements_between_reports == 0) {
            progress.update(feed.file_position(), feed.file_octets(), current.observations);
        }
    }
    terminal_.clear();
    commit(current, feed.state() == Feed::State::ended && feed.ahead().empty());
    return conclude(current, elements.array_open());
}

std::optional<bool> Load::settled(Current& current) {
    Feed& feed = *current.open.feed;
    if (feed.state() == Feed::State::stopped) return conclude(current, false);
    const bool at_end = feed.ahead().empty() && !feed.more() && feed.state() == Feed::State::ended;
    if (at_end && current.open.known && current.open.known->position.whole) {
        terminal_.say(feed.path() + ": already imported whole on " +
                      time_text(current.open.known->position.when) +
                      ", skipped (--again counts it again)");
        return true;
    }
    if (options_.format == Format::automatic && !feed.head().empty() &&
        !looks_like_json(feed.head())) {
        terminal_.complain(feed.path() +
                           ": not in a format that is known here (cof, dnsdb); --format cof reads "
                           "it all the same");
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

ElementReader Load::elements_of(Current& current) {
    const std::string_view head = current.open.feed->head();
    const bool within = current.open.known && !current.open.known->position.whole;
    if (within && begins_with_saf(head)) current.saf.see(SafCondition::begin, {});
    const Layout layout = layout_of(head);
    const bool array = layout == Layout::values && head.find('[') < head.find('{');
    return ElementReader(*current.open.feed, layout, current.open.lines, within && array);
}

void Load::read(Current& current) {
    const Element& element = current.element;
    current.committed_all = false;
    current.refused = false;
    if (element.kind == Element::Kind::too_long) {
        return refuse({.reason = Reason::too_long, .detail = {}});
    }
    if (says_nothing(element.text)) return;
    if (auto framing = reader_.read(element.text)) {
        current.saf.see(framing->condition, framing->message);
    }
}

void Load::refuse(Reject reject) {
    const Element& element = current_->element;
    if (!reject.partial) current_->refused = true;
    if (element.kind == Element::Kind::unfinished && reject.reason == Reason::not_json) {
        reject = {.reason = Reason::unfinished, .detail = {}};
    }
    rejects_.add(current_->open.feed->path(), element.line, element.text, reject);
}

void Load::commit(Current& current, bool whole) {
    Feed& feed = *current.open.feed;
    if (current.committed_all && !whole) return;
    FeedPosition position;
    std::optional<std::uint32_t> number;
    if (feed.rereadable() && feed.position() != 0) {
        if (!current.open.known) {
            auto& known = current.open.known.emplace();
            known.number = writer_.new_feed();
            known.position.head = digest_of(feed.head());
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
    const std::uint64_t observations = batch_.size();
    const ApplyResult result = writer_.apply(batch_, options_.counts, number, position, now_utc());
    batch_.clear();
    summary_.observations += observations;
    summary_.new_records += result.new_records;
    summary_.merged_records += result.merged_records;
    current.committed_all = true;
}

// Tells how the feed ended.
bool Load::conclude(const Current& current, bool array_open) {
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
    return conclude_end(current, array_open);
}

bool Load::conclude_end(const Current& current, bool array_open) {
    const Feed& feed = *current.open.feed;
    bool complete = true;
    const auto complain = [&](const std::string& what) {
        terminal_.complain(feed.path() + ": " + what);
        complete = false;
    };
    if (array_open) complain("the JSON array has no end: the file was cut short");
    if (current.saf.open()) complain("the stream has no end (SAF): it was cut short by its source");
    if (options_.format == Format::dnsdb && !current.saf.seen()) {
        complain("no SAF in it, in which DNSDB sends; see --format");
    }
    if (const auto remark = current.saf.remark()) {
        if (remark->failed) {
            complain(remark->text);
        } else {
            terminal_.say(feed.path() + ": " + remark->text);
        }
    }
    const std::uint64_t rejects = rejects_.total() - current.rejects_before;
    if (current.observations == 0 && !current.resumed) {
        complain(rejects == 0 ? "no record in it"
                              : "nothing in it can be used, all of it was rejected");
    }
    return complete;
}

}  // namespace dnshist
