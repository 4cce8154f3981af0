// Pages of lines against an obvious implementation in memory: random records of a few names, random
// questions. A failure shows its seed; DNSHIST_SEED asks for it again.
#include "responder/lookup.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "storage/line.hpp"
#include "tests/unit/random_seed.hpp"
#include "tests/unit/temporary_directory.hpp"

using namespace dnshist;

namespace {

constexpr Seconds now{1767225600};  // 2026-01-01T00:00:00Z
constexpr std::uint32_t gap = 100;  // seconds

struct Record {
    Name owner;
    Rrtype type{};
    std::string rdata;  // octets
    Sightings sightings;
    std::vector<Period> runs;  // of both together
};

// Second by second, the intervals in which a record was seen, no more than the gap apart.
std::vector<Period> runs_of(const Sightings& sightings) {
    std::vector<bool> seen(4000);
    for (const Visibility* part : {&sightings.sensor, &sightings.zone}) {
        for (const Period run : part->runs()) {
            for (auto t = run.begin.since_epoch; t <= run.end.since_epoch; ++t)
                seen[t] = true;
        }
    }
    std::vector<Period> runs;
    for (std::uint32_t t = 1; t < seen.size(); ++t) {
        const bool begins = runs.empty() || t - runs.back().end.since_epoch > gap;
        if (seen[t] && begins) runs.push_back({Seconds{t}, Seconds{t}});
        if (seen[t]) runs.back().end = Seconds{t};
    }
    return runs;
}

std::string line_of(const Record& record, Period seen) {
    std::vector<char> room(70'000);
    TextWriter out(room);
    write_line(out, seen, record.sightings.count(), record.owner.key().octets(), record.type,
               as_octets(record.rdata));
    return std::string(out.text());
}

// Records in the order of the store, in which no two are the same.
std::vector<Record> random_records(std::mt19937_64& random) {
    const auto below = [&](std::uint64_t limit) { return random() % limit; };
    std::vector<Record> records;
    const std::size_t count = below(3) == 0 ? below(400) : below(8);
    for (std::size_t i = 0; i < count; ++i) {
        Record record;
        const char* const other = std::array{"example", "b.example", "x.a.example"}[below(3)];
        record.owner = Name::from_text(below(4) == 0 ? other : "a.example").value();
        record.type = std::array{Rrtype::A, Rrtype{65280}, Rrtype{65281}}[below(3)];
        record.rdata.resize(record.type == Rrtype::A ? 4 : below(300));
        // Few different octets make equal beginnings; times collide to try the order of equals.
        for (char& c : record.rdata)
            c = static_cast<char>(below(3));
        for (std::uint64_t runs = 1 + below(4); runs > 0; --runs) {
            const Seconds begin{1000 + static_cast<std::uint32_t>(below(20)) * 50};
            const Period run{begin, {begin.since_epoch + static_cast<std::uint32_t>(below(90))}};
            (below(3) == 0 ? record.sightings.zone : record.sightings.sensor)
                .add(run, 1 + below(4), gap);
        }
        record.runs = runs_of(record.sightings);
        records.push_back(record);
    }
    const auto key = [](const Record& record) {
        const NameKey owner = record.owner.key();
        return std::tuple(std::string(as_text(owner.octets())), record.type, record.rdata);
    };
    std::ranges::sort(records, {}, key);
    const auto same =
        std::unique(records.begin(), records.end(),
                    [&](const Record& a, const Record& b) { return key(a) == key(b); });
    records.erase(same, records.end());
    return records;
}

void write(const std::filesystem::path& directory, const std::vector<Record>& records) {
    HistoryWriter writer(directory, {.gap = gap, .map_octets = std::size_t{1} << 24});
    Batch batch;
    for (const Record& record : records) {
        const auto add = [&](const Visibility& visibility, Witness witness) {
            std::uint64_t left = visibility.count();
            for (const Period run : visibility.runs()) {
                const bool last = run == visibility.runs().back();
                batch.add({record.owner.wire(), record.type, as_octets(record.rdata), witness, run,
                           last ? left : 1});
                --left;
            }
        };
        add(record.sightings.sensor, Witness::sensor);
        add(record.sightings.zone, Witness::zone);
    }
    writer.apply(batch, Counts::add, std::nullopt, {}, now);
}

// What the question is about.
void choose_reach(Query& query, std::mt19937_64& random) {
    const auto below = [&](std::uint64_t limit) { return random() % limit; };
    constexpr std::array others{Reach::below, Reach::children, Reach::values};
    query.reach = below(2) == 0 ? Reach::name : others[below(others.size())];
    const char* const name = query.reach == Reach::name
                                 ? (below(5) == 0 ? "b.example" : "a.example")
                                 : (below(3) == 0 ? "a.example" : "example");
    query.subject = Name::from_text(name).value();
    if (query.reach != Reach::values) return;
    // Addresses with their first and last octet within bounds.
    std::array<std::uint8_t, 4> first{};
    std::array<std::uint8_t, 4> last{255, 255, 255, 255};
    if (below(3) != 0) first[0] = last[0] = static_cast<std::uint8_t>(below(3));
    const PivotValue from = PivotValue::ipv4(first);
    const PivotValue to = PivotValue::ipv4(last);
    const std::size_t shared = common_prefix(from.octets(), to.octets());
    query.values.add(ValueRange(from.octets().first(shared), from.octets(), to.octets()));
}

Query random_query(std::mt19937_64& random) {
    const auto below = [&](std::uint64_t limit) { return random() % limit; };
    const auto fence = [&]() -> Period {
        if (below(3) != 0) return all_time;
        const auto begin = static_cast<std::uint32_t>(900 + below(1200));
        return {Seconds{begin}, Seconds{begin + static_cast<std::uint32_t>(below(1000))}};
    };
    Query query;
    choose_reach(query, random);
    for (const Rrtype type : {Rrtype{65281}, Rrtype::A, Rrtype::MX}) {
        if (below(3) == 0) query.types.add(type);
    }
    query.visible = fence();
    query.on = fence();
    query.first = fence();
    query.last = fence();
    query.min_count = below(2) == 0 ? 0 : below(8);
    query.order = static_cast<Order>(below(5));
    query.limit = 1 + static_cast<unsigned>(below(max_limit));
    query.page = 1 + static_cast<unsigned>(below(3));
    query.runs = below(3) == 0;
    return query;
}

bool is_about(const Query& query, const Record& record) {
    switch (query.reach) {
        case Reach::name:
            return record.owner == query.subject;
        case Reach::subtree:
        case Reach::below:
        case Reach::children: {
            const unsigned labels = query.subject.label_count();
            const unsigned more = record.owner.label_count();
            return more > labels && record.owner.parent(more - labels) == query.subject &&
                   (query.reach == Reach::below || more == labels + 1);
        }
        case Reach::values:
            return record.type == Rrtype::A &&
                   query.values.contain(PivotValue::ipv4(as_octets(record.rdata)).octets());
    }
    return false;
}

struct Expected {
    std::vector<std::string> lines;
    std::uint64_t found;
};

// As the language says it, without a thought for cost.
Expected expected_page(const std::vector<Record>& records, const Query& query) {
    struct Found {
        Period seen;
        const Record* record;
    };
    const auto within = [](Seconds time, Period period) {
        return period.begin <= time && time <= period.end;
    };
    const auto during = [&](const Record& record, Period period) {
        for (const Period run : record.runs) {
            if (run.begin <= period.end && period.begin <= run.end) return true;
        }
        return false;
    };
    std::vector<Found> found;
    for (const Record& record : records) {
        const Sightings& seen = record.sightings;
        const auto types = query.types.types();
        if (!is_about(query, record) ||
            (!query.types.every() && std::ranges::find(types, record.type) == types.end()) ||
            seen.count() < query.min_count || !within(seen.first(), query.first) ||
            !within(seen.last(), query.last) || !during(record, query.visible) ||
            !during(record, query.on)) {
            continue;
        }
        if (!query.runs) {
            found.push_back({{seen.first(), seen.last()}, &record});
        } else {
            for (const Period run : record.runs)
                found.push_back({run, &record});
        }
    }
    if (query.reach == Reach::values) {
        // The order of the values; then, as before, that of the owners.
        std::ranges::stable_sort(found, {}, [](const Found& f) { return f.record->rdata; });
    }
    const auto beginning = [](const Found& f) {
        std::string octets = f.record->rdata.substr(0, 8);
        octets.resize(8);
        return octets;
    };
    const auto before = [&](const Found& a, const Found& b) {
        switch (query.order.value()) {
            case Order::last:
                return std::tie(a.seen.end, a.seen.begin) > std::tie(b.seen.end, b.seen.begin);
            case Order::first:
                return std::tie(a.seen.begin, a.seen.end) > std::tie(b.seen.begin, b.seen.end);
            case Order::count: {
                const auto a_count = a.record->sightings.count();
                const auto b_count = b.record->sightings.count();
                return std::tie(a_count, a.seen.end) > std::tie(b_count, b.seen.end);
            }
            case Order::data:
                // Of many names, by the first octets of the RDATA.
                return query.reach != Reach::name && beginning(a) < beginning(b);
            case Order::name:
            case Order::oldest:
                return false;
        }
        return false;
    };
    std::ranges::stable_sort(found, before);
    Expected expected{{}, found.size()};
    const std::size_t begin = std::size_t{query.page - 1} * query.limit;
    for (std::size_t i = begin; i < found.size() && i < begin + query.limit; ++i) {
        expected.lines.push_back(line_of(*found[i].record, found[i].seen));
    }
    return expected;
}

constexpr Room any_room{max_line_octets, any_page_octets};

BOOST_AUTO_TEST_CASE(pages_are_those_of_the_obvious_implementation) {
    const std::uint64_t seed = test::random_seed();
    BOOST_TEST_INFO_SCOPE("DNSHIST_SEED=" << seed);
    std::mt19937_64 random(seed);
    std::size_t lines = 0;
    for (int store = 0; store < 20; ++store) {
        const std::vector<Record> records = random_records(random);
        const test::TemporaryDirectory directory;
        write(directory.path(), records);
        History history(directory.path());
        Lookup lookup(history);
        for (int question = 0; question < 150; ++question) {
            lookup.renew(now);
            const Query query = random_query(random);
            const Page page = lookup.page(query, 100'000, any_room);
            const Expected expected = expected_page(records, query);
            const std::vector<std::string> got(page.lines.begin(), page.lines.end());
            BOOST_TEST((got == expected.lines));
            if (page.counted) {
                BOOST_TEST(page.found == expected.found);
            } else {
                BOOST_TEST(page.found <= expected.found);
                BOOST_TEST(page.found > std::size_t{query.page} * query.limit);
            }
            BOOST_TEST(!page.end.stopped);
            lines += got.size();
            lookup.reset();
        }
    }
    // Questions that find nothing prove little.
    BOOST_TEST(lines > 1000U);
}

struct OneName {
    test::TemporaryDirectory directory;
    std::optional<History> history;
    std::optional<Lookup> lookup;
    Query query;

    explicit OneName(std::uint8_t records) {
        std::vector<Record> all;
        for (std::uint8_t i = 0; i < records; ++i) {
            Record record;
            record.owner = Name::from_text("a.example").value();
            record.type = Rrtype::A;
            record.rdata = {10, 0, 0, static_cast<char>(i)};
            record.sightings.sensor.add({Seconds{1000}, Seconds{2000}}, 1, gap);
            all.push_back(record);
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
    for (const std::uint64_t budget : {0U, 1U, 19U}) {
        const Page page = one.lookup->page(one.query, budget, any_room);
        BOOST_TEST(page.end.stopped);
        BOOST_TEST(page.end.records == budget);
        BOOST_TEST(page.found == budget);
        BOOST_TEST(page.lines.size() == std::min<std::uint64_t>(budget, 10));
    }
    const Page whole = one.lookup->page(one.query, 20, any_room);
    BOOST_TEST(!whole.end.stopped);
    BOOST_TEST(whole.end.records == 20U);
}

BOOST_AUTO_TEST_CASE(a_page_longer_than_its_room_is_not_written) {
    OneName one(20);
    const Page whole = one.lookup->page(one.query, 1000, any_room);
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

BOOST_AUTO_TEST_CASE(a_line_longer_than_its_room_gives_way_to_a_note) {
    OneName one(2);
    const Page page = one.lookup->page(one.query, 1000, {40, any_page_octets});
    BOOST_TEST(page.lines.empty());  // there is no room for the note either

    const test::TemporaryDirectory directory;
    Record record;
    record.owner = Name::from_text("a.example").value();
    record.type = Rrtype{65280};
    record.rdata = std::string(500, 'x');
    record.sightings.sensor.add({Seconds{1000}, Seconds{2000}}, 7, gap);
    write(directory.path(), {record});
    History history(directory.path());
    Lookup lookup(history);
    lookup.renew(now);
    const Page noted = lookup.page(one.query, 1000, {400, any_page_octets});
    BOOST_REQUIRE(noted.lines.size() == 1U);
    BOOST_TEST(noted.lines[0] ==
               "# note: a record too long to be shown here: 1970-01-01T00:16:40Z "
               "1970-01-01T00:33:20Z 7 a.example. TYPE65280, 500 octets of RDATA; "
               "'dnshist-zonegen export a.example.' shows it");
}

}  // namespace
