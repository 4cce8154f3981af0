// The limits on work and text; the golden cases and the oracle test the content of pages.
#include "storage/answer/lookup.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "storage/history/history.hpp"
#include "storage/history/history_writer.hpp"
#include "tests/support/temporary_directory.hpp"

BOOST_AUTO_TEST_SUITE(lookup_test)

using namespace dnshist;

namespace {

constexpr Seconds now{1767225600};  // 2026-01-01T00:00:00Z
// Records of one name, each seen `count` times from the second 1000 to the second 2000.
struct Record {
    Rrtype type{};
    std::string rdata;  // octets
    std::uint64_t count = 1;
};

void write(const std::filesystem::path& directory, const std::vector<Record>& records) {
    HistoryWriter writer(directory, {.reserve = std::size_t{1} << 24});
    Batch batch;
    const Name owner = Name::from_text("a.example").value();
    for (const Record& record : records) {
        batch.add({owner.wire(),
                   record.type,
                   as_octets(record.rdata),
                   Witness::sensor,
                   {Seconds{1000}, Seconds{2000}},
                   record.count});
    }
    writer.apply(batch, std::nullopt, {}, now);
}

constexpr PageLimits no_limits{max_line_octets, max_page_octets};

struct OneName {
    test::TemporaryDirectory directory;
    std::optional<History> history;
    std::optional<Lookup> lookup;
    Query query;

    explicit OneName(std::uint8_t records) {
        std::vector<Record> all;
        for (std::uint8_t i = 0; i < records; ++i) {
            all.push_back({Rrtype::A, {10, 0, 0, static_cast<char>(i)}});
        }
        write(directory.path(), all);
        history.emplace(directory.path());
        lookup.emplace(*history);
        lookup->renew(now);
        query.subject = Name::from_text("a.example").value();
        query.limit = 10;
    }
};

BOOST_AUTO_TEST_CASE(the_work_limit_is_kept_to_the_record) {
    OneName one(20);
    for (const std::uint64_t budget : {1U, 2U, 19U}) {
        const Page page = one.lookup->page(one.query, budget, no_limits);
        BOOST_TEST(page.end.stopped);
        BOOST_TEST(page.end.records == budget);
        BOOST_TEST(page.found == budget);
        BOOST_TEST(page.lines.size() == std::min<std::uint64_t>(budget, 10));
    }
    const Page whole = one.lookup->page(one.query, 20, no_limits);
    BOOST_TEST(!whole.end.stopped);
    BOOST_TEST(whole.end.records == 20U);
}

BOOST_AUTO_TEST_CASE(a_page_longer_than_its_limit_is_not_written) {
    OneName one(20);
    const Page whole = one.lookup->page(one.query, 1000, no_limits);
    std::size_t octets = 0;
    for (const std::string_view line : whole.lines)
        octets += line.size();
    for (const unsigned page : {1U, 2U}) {
        one.query.page = page;
        const Page fits = one.lookup->page(one.query, 1000, {max_line_octets, octets + 10});
        BOOST_TEST(!fits.too_long);
        BOOST_TEST(fits.lines.size() == 10U);
        const Page over = one.lookup->page(one.query, 1000, {max_line_octets, octets - 10});
        BOOST_TEST(over.too_long);
        BOOST_TEST(over.lines.empty());
        BOOST_TEST(over.found == 20U);
    }
}

BOOST_AUTO_TEST_CASE(a_line_longer_than_its_limit_is_replaced_by_a_note) {
    OneName one(2);
    const Page page = one.lookup->page(one.query, 1000, {40, max_page_octets});
    BOOST_TEST(page.lines.empty());  // the note does not fit either

    const test::TemporaryDirectory directory;
    write(directory.path(), {{Rrtype{65280}, std::string(500, 'x'), 7}});
    History history(directory.path());
    Lookup lookup(history);
    lookup.renew(now);
    const Page noted = lookup.page(one.query, 1000, {400, max_page_octets});
    BOOST_REQUIRE(noted.lines.size() == 1U);
    BOOST_TEST(noted.lines[0] ==
               "# note: a record too long to be shown here: 1970-01-01T00:16:40Z "
               "1970-01-01T00:33:20Z 7 a.example. TYPE65280, 500 octets of RDATA; "
               "'dnshist-zonegen export a.example.' shows it");
}

BOOST_AUTO_TEST_CASE(the_newest_is_never_later_than_the_store_or_the_clock) {
    constexpr std::uint32_t day = 86400;
    const auto newest = [](std::uint32_t seen, std::uint32_t written, std::uint32_t clock) {
        const test::TemporaryDirectory directory;
        {
            HistoryWriter writer(directory.path(), {.reserve = std::size_t{1} << 24});
            Batch batch;
            const Name owner = Name::from_text("a.example").value();
            const std::string rdata(4, '\1');
            batch.add({owner.wire(),
                       Rrtype::A,
                       as_octets(rdata),
                       Witness::sensor,
                       {Seconds{seen}, Seconds{seen}}});
            writer.apply(batch, std::nullopt, {}, Seconds{written});
        }
        History history(directory.path());
        Lookup lookup(history);
        lookup.renew(Seconds{clock});
        return lookup.newest().since_epoch;
    };
    BOOST_TEST(newest(1000, 5'000'000, 9'000'000) == 1000U);
    BOOST_TEST(newest(5'000'000 + day / 2, 5'000'000, 9'000'000) == 5'000'000 + day / 2);
    BOOST_TEST(newest(3'640'924'627, 5'000'000, 9'000'000) == 5'000'000 + day);
    BOOST_TEST(newest(3'640'924'627, 5'000'000, 4'000'000) == 4'000'000U);
    BOOST_TEST(newest(4'294'967'295, 4'294'967'295, 4'294'967'295) == 4'294'967'295U);
}

// The list of all suffixes is made again for each slice, and costs more than a slice may.
BOOST_AUTO_TEST_CASE(a_stream_below_every_suffix_comes_to_its_end) {
    constexpr unsigned suffixes = 1200;
    constexpr std::uint64_t slice = 200;
    test::TemporaryDirectory directory;
    {
        HistoryWriter writer(directory.path(), {.reserve = std::size_t{1} << 26});
        Batch batch;
        const std::string address{10, 0, 0, 1};
        for (unsigned i = 0; i < suffixes; ++i) {
            const std::string name = (i % 100 == 0 ? "owl.t" : "other.t") + std::to_string(i);
            batch.add({Name::from_text(name)->wire(),
                       Rrtype::A,
                       as_octets(address),
                       Witness::sensor,
                       {Seconds{1000}, Seconds{2000}},
                       1});
        }
        writer.apply(batch, std::nullopt, {}, now);
    }
    History history(directory.path());
    Lookup lookup(history);
    Query query;
    query.scope = Scope::suffixes;
    query.lists_names = true;
    query.subject = Name::from_text("owl").value();
    std::optional<Lookup::StreamPlace> place = Lookup::StreamPlace{};
    unsigned found = 0;
    for (unsigned slices = 0; place && slices < suffixes; ++slices) {
        lookup.renew(now);
        place = lookup.stream(query, *place, slice, [&](const Finding&) {
            ++found;
            return true;
        });
    }
    BOOST_TEST(!place.has_value());
    BOOST_TEST(found == suffixes / 100);
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
