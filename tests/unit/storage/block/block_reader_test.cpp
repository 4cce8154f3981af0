// One block, as it was built and damaged.
#include "storage/block/block_reader.hpp"

#include <boost/test/unit_test.hpp>
#include <random>
#include <string>
#include <vector>

#include "storage/block/block_builder.hpp"
#include "storage/block/block_format.hpp"
#include "tests/support/random_seed.hpp"

BOOST_AUTO_TEST_SUITE(block_reader_test)

using namespace dnshist;

namespace {

// Without symbols: what keys are packed with is for symbols_test and symbol_tables_test.
const SymbolTable no_symbols;
const SymbolPacker no_packer(no_symbols);

// A block made entry by entry.
struct Block {
    std::vector<std::uint8_t> octets;
    BlockBuilder writer{octets, BlockForm::entries, 0, no_packer};
    std::string last;

    void append(const std::string& key, std::string_view payload, Octets followers = {}) {
        const std::size_t shared = common_prefix(as_octets(last), as_octets(key));
        const Octets suffix = as_octets(key).subspan(shared);
        std::vector<std::uint8_t> packed(max_packed_octets(suffix.size()));
        const auto* end = no_packer.pack(suffix, packed.data());
        packed.resize(static_cast<std::size_t>(end - packed.data()));
        writer.append({as_octets(key), as_octets(payload), shared, packed, shared, followers,
                       BlockForm::entries});
        last = key;
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_damaged_block_is_never_taken_for_a_whole_one) {
    const std::uint64_t seed = test::random_seed();
    std::mt19937_64 random(seed);
    Block made;
    for (int i = 0; i < 150; ++i)
        made.append(std::to_string(100000 + 37 * i), "payload");
    made.writer.finish();
    const std::vector<std::uint8_t>& block = made.octets;
    BOOST_TEST(BlockReader::fault(block, no_symbols) == nullptr);
    for (int i = 0; i < 20000; ++i) {
        std::vector<std::uint8_t> damaged = block;
        if (i % 4 == 0) damaged.resize(random() % block.size());
        for (auto flips = 1 + random() % 3; flips > 0 && !damaged.empty(); --flips) {
            damaged[random() % damaged.size()] ^= static_cast<std::uint8_t>(1 + random() % 255);
        }
        if (damaged == block) continue;
        // A head alone that says that there are no segments is a block without entries.
        if (damaged.size() == block_format::header_octets && damaged.back() == 0) continue;
        BOOST_TEST_REQUIRE(BlockReader::fault(damaged, no_symbols) != nullptr, "seed " << seed);
    }
}

BOOST_AUTO_TEST_CASE(reads_past_the_segments_that_are_damaged) {
    Block made;
    for (int i = 0; i < 300; ++i) {
        made.append(std::to_string(100000 + i), "payload of some octets");
    }
    made.writer.finish();
    const std::vector<std::uint8_t>& block = made.octets;
    BlockReader reader;
    const std::size_t header = 3 + std::size_t{6} * block[2];
    for (std::size_t at = header; at < block.size(); at += 11) {
        std::vector<std::uint8_t> damaged = block;
        damaged[at] ^= 0x40;
        BOOST_TEST_REQUIRE(reader.open(damaged, no_symbols));
        std::size_t entries = 0;
        std::size_t faults = 0;
        for (auto step = reader.next(); step != BlockReader::Step::end; step = reader.next()) {
            ++(step == BlockReader::Step::entry ? entries : faults);
        }
        BOOST_TEST_REQUIRE(faults == 1U);
        BOOST_TEST_REQUIRE(entries >= 200U);
        BOOST_TEST_REQUIRE(entries < 300U);
        // Whatever is sought is found, or the damage is met on the way to what comes after.
        for (int wanted = 100000; wanted < 100300; wanted += 17) {
            const std::string key = std::to_string(wanted);
            reader.open(damaged, no_symbols);
            reader.seek(as_octets(key));
            auto step = reader.next();
            const bool met_damage = step == BlockReader::Step::damaged;
            while (step == BlockReader::Step::damaged)
                step = reader.next();
            BOOST_TEST_REQUIRE((met_damage || step == BlockReader::Step::entry));
            if (!met_damage) BOOST_TEST_REQUIRE(as_text(reader.key()) == key);
        }
    }
}

BOOST_AUTO_TEST_CASE(malformed_entries_behind_a_good_checksum_are_read_without_harm) {
    const std::uint64_t seed = test::random_seed();
    std::mt19937_64 random(seed);
    for (int i = 0; i < 20000; ++i) {
        Block made;
        std::vector<std::uint8_t> malformed(random() % 60);
        for (std::uint8_t& octet : malformed)
            octet = static_cast<std::uint8_t>(random() % (i % 2 == 0 ? 256 : 16));
        made.append("abcdef", "first");
        made.append("abcxyz", "second", malformed);
        std::vector<std::uint8_t>& block = made.octets;
        if (i % 3 == 0) block[random() % 20] ^= 0x11;
        made.writer.finish();
        BlockReader reader;
        BOOST_TEST_REQUIRE(reader.open(block, no_symbols));
        std::size_t entries = 0;
        auto step = reader.next();
        for (; step == BlockReader::Step::entry; step = reader.next()) {
            BOOST_TEST_REQUIRE(reader.key().size() <= max_entry_key);
            BOOST_TEST_REQUIRE(reader.payload().size() <= block.size());
            ++entries;
        }
        BOOST_TEST_REQUIRE(entries <= block.size());
        BOOST_TEST_REQUIRE(((step == BlockReader::Step::end) ==
                            (BlockReader::fault(block, no_symbols) == nullptr)));
        reader.open(block, no_symbols);
        reader.seek(as_octets("abcd"));
        for (step = reader.next(); step != BlockReader::Step::end; step = reader.next()) {
            BOOST_TEST_REQUIRE(reader.key().size() <= max_entry_key);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
