#include "zonegen/capture/pcap_file_reader.hpp"

#include <algorithm>

#include "zonegen/capture/link_layer.hpp"

namespace dnshist::zonegen {

namespace {

std::string counted(std::uint64_t count, std::string_view what) {
    std::string text = std::to_string(count) + " ";
    text += what;
    if (count != 1) text += 's';
    return text;
}

}  // namespace

PcapFileReader::PcapFileReader(Feed& feed, const Sink& sink, const ReadingStart& start,
                               const PcapOptions& options)
    : feed_(feed),
      sink_(sink),
      resolvers_(options.resolvers),
      source_{.sensor_id = options.sensor, .origin = {}, .bailiwick = {}},
      observer_(
          options.trust, sink.observe,
          [this](std::string_view record, const Reject& reject) {
              sink_.refuse(packets_, record, reject);
          },
          sink.check_time),
      responses_({.mirrors = options.mirrors},
                 [this](const CapturedResponse& response) { observe(response); }),
      file_(CaptureFile::open(feed, start.ended_at, [this] { responses_.finish(); })) {}

bool PcapFileReader::is_resolver(const Address& server) const noexcept {
    return std::ranges::any_of(
        resolvers_, [&](const AddressPrefix& prefix) { return contains(prefix, server); });
}

void PcapFileReader::observe(const CapturedResponse& response) {
    QueryContext context;
    context.asked = response.query != CapturedResponse::Query::not_seen;
    context.multicast = response.query == CapturedResponse::Query::multicast;
    context.recursive = is_resolver(response.server);
    if (const auto name_octets = name_length(response.question)) {
        OctetReader question(response.question);
        context.name = Name::from_wire(*question.octets(*name_octets));
        context.type = Rrtype{question.u16().value_or(0)};
    }
    observer_.observe(response.message, response.time, context,
                      source_.empty() ? nullptr : &source_);
}

bool PcapFileReader::next() {
    const auto packet = file_->next();
    if (!packet) {
        finish();
        return false;
    }
    ++packets_;
    add(*packet);
    file_->take();
    return true;
}

void PcapFileReader::add(const CaptureFile::CapturedPacket& packet) {
    if (!link_type_known(packet.link_type)) {
        ++unknown_links_[packet.link_type];
    } else if (!packet.time) {
        sink_.refuse(packets_, {}, {Reason::bad_time, "no time in it"});
    } else {
        responses_.add(packet.link_type, packet.frame, *packet.time);
    }
}

// At the end of the feed, messages that wait behind a gap are delivered. A feed that ends within a
// packet is still being written: a later import continues there, so they keep waiting.
void PcapFileReader::finish() {
    const bool at_end =
        feed_.state() == Feed::State::ended && (!file_->is_cut() || !feed_.rereadable());
    if (at_end && !finished_) responses_.finish();
    finished_ = true;
}

std::vector<FeedRemark> PcapFileReader::remarks() const {
    std::vector<FeedRemark> all;
    const ResponseExtractor::Counts& counts = responses_.counts();
    const std::string behind = " (behind " + counted(packets_, "packet") + ")";
    if (!file_->problem().empty()) {
        all.push_back({true, "cannot be read on" + behind + ": " + file_->problem()});
    } else if (file_->is_cut()) {
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
    for (const auto& [link_type, packets] : unknown_links_) {
        all.push_back({packets == packets_,
                       counted(packets, "packet") +
                           " passed over: frames of a link type that is not known here: " +
                           link_type_name(link_type)});
    }
    const std::uint64_t unasked = counts.wrong_question + counts.misdirected + counts.not_from_link;
    if (unasked != 0) {
        all.push_back(
            {false, counted(unasked, "response") +
                        " passed over: to another question, to a server, or multicast DNS "
                        "that is not from the link"});
    }
    return all;
}

}  // namespace dnshist::zonegen
