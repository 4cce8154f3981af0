// Frames: their boundaries, and the content of control frames.
#include "zonegen/dnstap/frame_stream.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/support/dnstap_frames.hpp"

BOOST_AUTO_TEST_SUITE(frame_stream_test)

using namespace dnshist;
using namespace dnshist::zonegen;
using namespace dnshist::test;
using Kind = Frame::Kind;
using Type = ControlFrame::Type;

namespace {

std::string kind_of(std::string_view octets) {
    switch (next_frame(as_octets(octets)).kind) {
        case Kind::data:
            return "data";
        case Kind::control:
            return "control";
        case Kind::incomplete:
            return "incomplete";
        case Kind::malformed:
            return "malformed";
    }
    return "?";
}

// "START of dnstap" and the like: what the payload of a control frame is.
std::string read(std::string_view frame) {
    static ControlFrames frames;
    const Frame cut = next_frame(as_octets(frame));
    BOOST_REQUIRE((cut.kind == Kind::control));
    const auto control = frames.read(cut.payload);
    if (!control) return "malformed";
    constexpr std::string_view names[] = {"?", "ACCEPT", "START", "STOP", "READY", "FINISH"};
    return std::string(names[static_cast<std::size_t>(control->type)]) +
           (control->dnstap ? " of dnstap" : " of something else");
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_data_frame) {
    const std::string octets = data_frame("abc") + "next";
    const Frame frame = next_frame(as_octets(octets));
    BOOST_TEST((frame.kind == Kind::data));
    BOOST_TEST(as_text(frame.payload) == "abc");
    BOOST_TEST(frame.octets == 7U);
}

BOOST_AUTO_TEST_CASE(a_control_frame) {
    const std::string octets = control_frame(3) + "next";
    const Frame frame = next_frame(as_octets(octets));
    BOOST_TEST((frame.kind == Kind::control));
    BOOST_TEST(frame.payload.size() == 4U);
    BOOST_TEST(frame.octets == 12U);
}

BOOST_AUTO_TEST_CASE(every_part_of_a_frame_is_incomplete) {
    for (const std::string& whole : {data_frame("abcdefgh"), control_frame(2, dnstap_content)}) {
        for (std::size_t size = 0; size < whole.size(); ++size)
            BOOST_TEST(kind_of(whole.substr(0, size)) == "incomplete");
        BOOST_TEST(kind_of(whole) != "incomplete");
    }
}

BOOST_AUTO_TEST_CASE(a_length_says_at_once_that_a_frame_is_too_long) {
    BOOST_TEST(kind_of(u32(max_frame_octets)) == "incomplete");
    BOOST_TEST(kind_of(data_frame(std::string(max_frame_octets, 'x'))) == "data");
    BOOST_TEST(kind_of(u32(max_frame_octets + 1)) == "malformed");
    BOOST_TEST(kind_of(u32(1'000'000'000)) == "malformed");
    BOOST_TEST(kind_of("\xff\xff\xff\xff") == "malformed");
    BOOST_TEST(kind_of(u32(0) + u32(512)) == "incomplete");
    BOOST_TEST(kind_of(u32(0) + u32(513)) == "malformed");
    BOOST_TEST(kind_of(u32(0) + "\xff\xff\xff\xff") == "malformed");
}

BOOST_AUTO_TEST_CASE(control_frames_and_their_content) {
    BOOST_TEST(read(control_frame(2, dnstap_content)) == "START of dnstap");
    BOOST_TEST(read(control_frame(2, "protobuf:other")) == "START of something else");
    BOOST_TEST(read(control_frame(2)) == "START of dnstap");  // without a content type
    BOOST_TEST(read(control_frame(4, dnstap_content)) == "READY of dnstap");
    BOOST_TEST(read(control_frame(3)).starts_with("STOP"));
    BOOST_TEST(read(control_frame(5)).starts_with("FINISH"));
    // READY may offer several content types.
    const std::string other = u32(1) + u32(5) + "other";
    const std::string ours = u32(1) + u32(dnstap_content.size()) + std::string(dnstap_content);
    const std::string both = u32(4) + other + ours;
    BOOST_TEST(read(u32(0) + u32(both.size()) + both) == "READY of dnstap");
}

BOOST_AUTO_TEST_CASE(malformed_control_frames) {
    for (const std::string& control :
         {std::string(), u32(2).substr(1), u32(0), u32(6), u32(0xffffffff), u32(2) + u32(1),
          u32(2) + u32(7) + u32(0), u32(2) + u32(1) + u32(9) + "short",
          u32(3) + u32(1) + u32(1) + "x", u32(2) + u32(1) + u32(300) + std::string(300, 'x')}) {
        BOOST_TEST(read(u32(0) + u32(control.size()) + control) == "malformed");
    }
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read) {
    ControlFrames frames;
    const auto accept = frames.write(Type::accept);
    BOOST_TEST(as_text(accept) == control_frame(1, dnstap_content));
    const auto finish = frames.write(Type::finish);
    BOOST_TEST(as_text(finish) == control_frame(5));
    BOOST_TEST(read(as_text(accept)) == "ACCEPT of dnstap");
}

BOOST_AUTO_TEST_SUITE_END()
