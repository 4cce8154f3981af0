#include "zonegen/capture/pcap_file_reader.hpp"

namespace dnshist::zonegen {

namespace {

bool recursion_available(Octets message) noexcept {
    return (message[3] & 0x80U) != 0;
}

std::string counted(std::uint64_t count, std::string_view what) {
    std::string text = std::to_string(count) + " ";
    text += what;
    if (count != 1) text += 's';
    return text;
}

}  // namespace

PcapFileReader::PcapFileReader(Feed& feed, const Sink& sink, const ReadingStart& start, Trust trust,
                               const std::string& sensor)
    : feed_(feed),
      source_{.sensor_id = sensor, .origin = {}, .bailiwick = {}},
      observer_(
          trust, sink.observe,
          [this, &sink](std::string_view record, const Reject& reject) {
              sink.refuse(responses_.counts().packets, record, reject);
          },
          sink.check_time),
      responses_({}, [this](const CapturedResponse& response) { observe(response); }),
      file_(feed, start.ended_at, [this] { responses_.finish(); }) {}

void PcapFileReader::observe(const CapturedResponse& response) {
    QueryContext context;
    context.recursive = response.recursion_desired && recursion_available(response.message);
    observer_.observe(response.message, response.time, context,
                      source_.empty() ? nullptr : &source_);
}

bool PcapFileReader::next() {
    const auto packet = file_.next();
    if (!packet) {
        finish();
        return false;
    }
    responses_.add(file_.link_type(), packet->frame, packet->time);
    file_.take();
    return true;
}

// At the end of the feed, messages that wait behind a gap are delivered. A feed that ends within a
// packet is still being written: a later import continues there, so they keep waiting.
void PcapFileReader::finish() {
    const bool at_end =
        feed_.state() == Feed::State::ended && (feed_.ahead().empty() || !feed_.rereadable());
    if (at_end && !finished_) responses_.finish();
    finished_ = true;
}

std::vector<FeedRemark> PcapFileReader::remarks() const {
    std::vector<FeedRemark> all;
    const ResponseExtractor::Counts& counts = responses_.counts();
    const std::string behind = " (behind " + counted(counts.packets, "packet") + ")";
    if (!file_.problem().empty()) {
        all.push_back({true, "cannot be read on" + behind + ": " + file_.problem()});
    } else if (feed_.state() == Feed::State::ended && !feed_.ahead().empty()) {
        all.push_back({true, "ends within a packet" + behind +
                                 ": it was cut short, or is still "
                                 "being written"});
    }
    const auto skipped = [&](SkipReason why) {
        return counts.skipped[static_cast<std::size_t>(why)];
    };
    if (const auto cut = skipped(SkipReason::cut); cut != 0) {
        all.push_back({false, counted(cut, "packet") +
                                  " passed over: the capture has less of them than was sent (see "
                                  "tcpdump's option --snapshot-length)"});
    }
    if (file_.invalid_times() != 0) {
        all.push_back({false, counted(file_.invalid_times(), "packet") +
                                  " passed over: their times are none"});
    }
    if (counts.wrong_question + counts.misdirected != 0) {
        all.push_back({false, counted(counts.wrong_question + counts.misdirected, "response") +
                                  " passed over: no client asked for them"});
    }
    return all;
}

}  // namespace dnshist::zonegen
