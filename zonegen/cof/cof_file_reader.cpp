#include "zonegen/cof/cof_file_reader.hpp"

namespace dnshist::zonegen {

namespace {

bool begins_with_saf(std::string_view head) noexcept {
    const std::string_view line = head.substr(0, head.find('\n'));
    return line.find("\"cond\"") != std::string_view::npos &&
           line.find("\"begin\"") != std::string_view::npos;
}

}  // namespace

CofFileReader::CofFileReader(Feed& feed, const Sink& sink, const ReadingStart& start,
                             bool must_be_saf, const std::string& sensor)
    : TextFileReader(feed, sink, layout_of(feed.head()), start),
      parser_([this](const Observation& observation) { observe(observation); },
              [this](const Reject& reject) { refuse(reject); }, sensor),
      must_be_saf_(must_be_saf) {
    if (start.within && begins_with_saf(feed.head())) saf_.see(SafCondition::begin, {});
}

void CofFileReader::read(std::string_view item) {
    if (const auto framing = parser_.read(item)) saf_.see(framing->condition, framing->message);
}

std::vector<FeedRemark> CofFileReader::remarks() const {
    std::vector<FeedRemark> all;
    if (array_open()) all.push_back({true, "the JSON array has no end: the file was cut short"});
    if (saf_.open()) {
        all.push_back({true, "the stream has no end (SAF): it was cut short by its source"});
    }
    if (must_be_saf_ && !saf_.seen()) {
        all.push_back({true, "no SAF in it, in which DNSDB sends; see --format"});
    }
    if (const auto remark = saf_.remark()) all.push_back(*remark);
    return all;
}

}  // namespace dnshist::zonegen
