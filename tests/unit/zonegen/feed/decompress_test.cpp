// Every compression, in one piece and octet by octet, whole and damaged.
#include "zonegen/feed/decompress.hpp"

#include <zlib.h>

#include <array>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <ostream>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(decompress_test)

using namespace dnshist;
using namespace dnshist::zonegen;

namespace {

constexpr std::string_view content = "first line\nsecond line\n";

struct Sample {
    const char* name;
    Compression compression;
    std::vector<std::uint8_t> octets;  // `content`, by the format's own tool
};

std::ostream& operator<<(std::ostream& out, const Sample& sample) {
    return out << sample.name;
}

const std::array<Sample, 4> samples = {{
    {"gzip", Compression::gzip, {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xff,
                                 0x4b, 0xcb, 0x2c, 0x2a, 0x2e, 0x51, 0xc8, 0xc9, 0xcc, 0x4b,
                                 0xe5, 0x2a, 0x4e, 0x4d, 0xce, 0xcf, 0x4b, 0x81, 0xb0, 0x01,
                                 0x2c, 0x5a, 0x45, 0x5d, 0x17, 0x00, 0x00, 0x00}},
    {"bzip2",
     Compression::bzip2,
     {0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, 0x8b, 0x13, 0xe1, 0x84, 0x00,
      0x00, 0x04, 0xd1, 0x80, 0x00, 0x10, 0x40, 0x00, 0x0f, 0x25, 0x9c, 0x00, 0x20, 0x00, 0x21,
      0xa1, 0x32, 0x31, 0x94, 0x20, 0x1a, 0x00, 0x91, 0x2a, 0x31, 0x95, 0x68, 0xcb, 0x04, 0x82,
      0xfd, 0x57, 0xf1, 0x77, 0x24, 0x53, 0x85, 0x09, 0x08, 0xb1, 0x3e, 0x18, 0x40}},
    {"xz", Compression::xz, {0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x04, 0xe6, 0xd6, 0xb4, 0x46,
                             0x02, 0x00, 0x21, 0x01, 0x16, 0x00, 0x00, 0x00, 0x74, 0x2f, 0xe5, 0xa3,
                             0x01, 0x00, 0x16, 0x66, 0x69, 0x72, 0x73, 0x74, 0x20, 0x6c, 0x69, 0x6e,
                             0x65, 0x0a, 0x73, 0x65, 0x63, 0x6f, 0x6e, 0x64, 0x20, 0x6c, 0x69, 0x6e,
                             0x65, 0x0a, 0x00, 0x00, 0x12, 0xe9, 0x31, 0xef, 0xb2, 0xa2, 0xda, 0x64,
                             0x00, 0x01, 0x2f, 0x17, 0x81, 0x08, 0x49, 0xb1, 0x1f, 0xb6, 0xf3, 0x7d,
                             0x01, 0x00, 0x00, 0x00, 0x00, 0x04, 0x59, 0x5a}},
    {"zstd", Compression::zstd, {0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x58, 0xb9, 0x00, 0x00,
                                 0x66, 0x69, 0x72, 0x73, 0x74, 0x20, 0x6c, 0x69, 0x6e,
                                 0x65, 0x0a, 0x73, 0x65, 0x63, 0x6f, 0x6e, 0x64, 0x20,
                                 0x6c, 0x69, 0x6e, 0x65, 0x0a, 0x1f, 0x3b, 0xb8, 0xa0}},
}};

struct Outcome {
    std::string content;
    bool ended = false;
    std::string damage;
};

// Feeds the input in pieces of `piece` octets (what is not taken comes again with the next), into
// rooms of `room` octets.
Outcome decompress(const std::vector<std::uint8_t>& input, std::size_t piece, std::size_t room) {
    Decompressor decompressor;
    Outcome outcome;
    std::size_t begin = 0;
    std::size_t end = 0;
    std::vector<std::uint8_t> into(room);
    for (int steps = 0; steps < 10'000; ++steps) {
        const Decompressor::Step step =
            decompressor.step(Octets(input).subspan(begin, end - begin), end == input.size(), into);
        outcome.content += as_text({into.data(), step.written});
        begin += step.taken;
        outcome.damage = step.damage;
        outcome.ended = step.ended;
        if (step.ended || !step.damage.empty()) return outcome;
        if (step.taken == 0 && step.written == 0) {
            BOOST_REQUIRE_MESSAGE(end < input.size(), "asks for more where there is none");
            end = std::min(end + piece, input.size());
        }
    }
    BOOST_FAIL("does not come to an end");
    return outcome;
}

void check_whole(const std::vector<std::uint8_t>& input, std::string_view expected) {
    for (const std::size_t piece : {input.size(), std::size_t{1}, std::size_t{7}}) {
        for (const std::size_t room : {std::size_t{4096}, std::size_t{1}}) {
            const Outcome outcome = decompress(input, piece, room);
            BOOST_TEST(outcome.content == expected);
            BOOST_TEST(outcome.ended);
            BOOST_TEST(outcome.damage == "");
        }
    }
}

}  // namespace

BOOST_DATA_TEST_CASE(reads_one_member, samples) {
    check_whole(sample.octets, content);
}

BOOST_DATA_TEST_CASE(says_which_it_is, samples) {
    Decompressor decompressor;
    BOOST_TEST((decompressor.compression() == Compression::none));
    std::array<std::uint8_t, 64> room;
    decompressor.step(sample.octets, true, room);
    BOOST_TEST((decompressor.compression() == sample.compression));
}

BOOST_DATA_TEST_CASE(reads_members_one_after_the_other, samples) {
    std::vector<std::uint8_t> twice = sample.octets;
    twice.insert(twice.end(), sample.octets.begin(), sample.octets.end());
    check_whole(twice, std::string(content) + std::string(content));
}

BOOST_AUTO_TEST_CASE(reads_members_of_different_kinds) {
    std::vector<std::uint8_t> all;
    std::string expected;
    for (const Sample& sample : samples) {
        all.insert(all.end(), sample.octets.begin(), sample.octets.end());
        expected += content;
    }
    check_whole(all, expected);
}

BOOST_DATA_TEST_CASE(passes_over_padding_of_zeros, samples) {
    std::vector<std::uint8_t> padded = sample.octets;
    padded.insert(padded.end(), 8, 0);
    check_whole(padded, content);
}

BOOST_DATA_TEST_CASE(finds_what_is_cut_short, samples) {
    for (std::size_t size = Decompressor::wanted_octets; size < sample.octets.size(); ++size) {
        const std::vector<std::uint8_t> cut(sample.octets.begin(),
                                            sample.octets.begin() + static_cast<long>(size));
        const Outcome outcome = decompress(cut, 5, 4096);
        BOOST_TEST(!outcome.ended);
        BOOST_TEST(outcome.damage == "the compressed data is cut short");
        BOOST_TEST(content.starts_with(outcome.content));
    }
}

// The checksums at the ends too.
BOOST_DATA_TEST_CASE(finds_changed_octets, samples) {
    for (std::size_t at = sample.octets.size() / 2; at < sample.octets.size(); ++at) {
        std::vector<std::uint8_t> changed = sample.octets;
        changed[at] ^= 0x55;
        BOOST_TEST(!decompress(changed, changed.size(), 4096).ended, "octet " << at);
    }
}

BOOST_DATA_TEST_CASE(finds_what_follows_the_last_member, samples) {
    std::vector<std::uint8_t> followed = sample.octets;
    for (const char c : std::string_view("{\"rrname\":\"example.com\"}")) {
        followed.push_back(static_cast<std::uint8_t>(c));
    }
    const Outcome outcome = decompress(followed, 16, 4096);
    BOOST_TEST(outcome.content == content);
    BOOST_TEST(outcome.damage == "something else follows the compressed data");
}

BOOST_AUTO_TEST_CASE(hands_on_what_is_not_compressed) {
    for (const std::string_view plain : {"", "x", "{\"a\":1}\n", "BZh is no bzip2", "\x1f\x8b"}) {
        const Octets octets = as_octets(plain);
        check_whole({octets.begin(), octets.end()}, plain);
    }
}

BOOST_AUTO_TEST_CASE(passes_over_skippable_frames_of_zstd) {
    std::vector<std::uint8_t> skippable = {0x53, 0x2a, 0x4d, 0x18, 0x03, 0x00, 0x00, 0x00, 1, 2, 3};
    skippable.insert(skippable.end(), samples[3].octets.begin(), samples[3].octets.end());
    check_whole(skippable, content);
}

// A member is believed at its end, where its checksum is; without one, all along.
BOOST_DATA_TEST_CASE(content_is_checked_at_the_end_of_its_member, samples) {
    Decompressor decompressor;
    std::array<std::uint8_t, 8> room;
    Octets input = sample.octets;
    std::size_t written = 0;
    std::size_t checked = 0;
    for (int steps = 0; steps < 1000; ++steps) {
        const auto step = decompressor.step(input, true, room);
        input = input.subspan(step.taken);
        written += step.written;
        if (step.checked) checked = written;
        BOOST_TEST((checked == 0 || checked == content.size()));
        if (step.ended) break;
    }
    BOOST_TEST(checked == content.size());
}

BOOST_AUTO_TEST_CASE(content_without_a_checksum_counts_as_checked) {
    // The sample without its checksum, and without the flag for one.
    const auto& sample = samples[3].octets;
    std::vector<std::uint8_t> zstd(sample.begin(), sample.end() - 4);
    zstd.at(4) = 0;
    Decompressor decompressor;
    std::array<std::uint8_t, 8> room;
    const auto step = decompressor.step(zstd, true, room);
    BOOST_TEST(step.written == room.size());
    BOOST_TEST(step.checked);
}

// A few octets may ask for any amount of memory, which would be taken before the first of content.
BOOST_AUTO_TEST_CASE(xz_that_needs_too_much_memory_is_refused) {
    std::vector<std::uint8_t> large = samples[2].octets;
    // The size of the dictionary in the header of the block, and the header's CRC32.
    constexpr std::size_t header = 12;
    constexpr std::size_t header_octets = 12;
    constexpr std::uint8_t gibibyte = 36;  // 2 | 0 times 2 to the power of 18 + 11
    BOOST_REQUIRE(large[header + 4] == 0x16);
    large[header + 4] = gibibyte;
    const auto sum = crc32(0, large.data() + header, header_octets - 4);
    for (std::size_t i = 0; i < 4; ++i)
        large[header + header_octets - 4 + i] = static_cast<std::uint8_t>(sum >> (8 * i));
    const Outcome outcome = decompress(large, large.size(), 4096);
    BOOST_TEST(outcome.content == "");
    BOOST_TEST(outcome.damage == "xz data that needs more than 256 MB of memory");
}

BOOST_AUTO_TEST_SUITE_END()
