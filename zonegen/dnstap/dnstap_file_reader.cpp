#include "zonegen/dnstap/dnstap_file_reader.hpp"

namespace dnshist::zonegen {

bool looks_like_dnstap(std::string_view head) noexcept {
    const Frame first = next_frame(as_octets(head));
    if (first.kind != Frame::Kind::control) return false;
    const auto type = OctetReader(first.payload).u32();
    return type == static_cast<std::uint32_t>(ControlFrame::Type::start);
}

DnstapFileReader::DnstapFileReader(Feed& feed, const Sink& sink, const DnstapOptions& options)
    : feed_(feed), sink_(sink), observer_(options, sink) {}

bool DnstapFileReader::next() {
    if (broken_) return false;
    const Frame frame = read_frame();
    switch (frame.kind) {
        case Frame::Kind::data:
            ++frames_;
            if (!started_) return fail("it comes before the START frame");
            observer_.observe(frames_, frame.payload);
            break;
        case Frame::Kind::control:
            if (!handle_control(frame.payload)) return false;
            break;
        case Frame::Kind::malformed:
            ++frames_;
            return fail("longer than any may be; what comes behind it cannot be read");
        case Frame::Kind::incomplete:
            // The feed may grow.
            if (feed_.state() == Feed::State::ended && !feed_.ahead().empty()) {
                sink_.refuse(frames_ + 1, {}, {Reason::unfinished, {}});
            }
            return false;
    }
    feed_.consume(frame.octets);
    return true;
}

// Incomplete at the end of what can be read.
Frame DnstapFileReader::read_frame() {
    for (;;) {
        const Frame frame = next_frame(as_octets(feed_.ahead()));
        if (frame.kind != Frame::Kind::incomplete || !feed_.more()) return frame;
    }
}

bool DnstapFileReader::handle_control(Octets payload) {
    const auto control = control_.read(payload);
    if (!control) return fail("a malformed control frame");
    if (control->type == ControlFrame::Type::start) {
        if (!control->dnstap) {
            return fail("the stream's content is something else than dnstap");
        }
        started_ = true;
    } else if (control->type == ControlFrame::Type::stop) {
        started_ = false;
    }
    return true;
}

bool DnstapFileReader::fail(std::string detail) {
    broken_ = true;
    sink_.refuse(frames_, {}, {Reason::bad_frame, std::move(detail)});
    return false;
}

std::vector<FeedRemark> DnstapFileReader::remarks() const {
    std::vector<FeedRemark> all;
    if (feed_.state() != Feed::State::stopped && broken_ && !feed_.ahead().empty()) {
        all.push_back({true, "it could not be read to its end"});
    }
    if (const std::string unwanted = observer_.passed_over(); !unwanted.empty()) {
        all.push_back(
            {false,
             "passed over, by kind of message: " + unwanted + " (--dnstap-types takes others)",
             true});
    }
    return all;
}

}  // namespace dnshist::zonegen
