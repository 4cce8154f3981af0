// Questions about what a prune has removed, before and after it is merged away: it is in no answer,
// and going through it is work.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "storage/record/name.hpp"
#include "tests/unit/storage/answer/searches.hpp"

BOOST_AUTO_TEST_SUITE(removed_records_test)

using namespace dnshist;
using namespace dnshist::test;

namespace {

constexpr std::uint32_t old_time = 1'500'000'000;
constexpr std::uint32_t new_time = 1'700'000'000;
constexpr unsigned many_hosts = 4000;
constexpr unsigned few_hosts = 300;

std::string wire(const std::string& name) {
    return std::string(as_text(Name::from_text(name)->wire()));
}

Seen server(const std::string& owner, const std::string& target, std::uint32_t when) {
    Seen seen = address(owner, 0, when);
    seen.type = Rrtype::NS;
    seen.rdata = wire(target);
    return seen;
}

// Many hosts of one domain of which few are left, long runs of removed ones between them; and
// domains of which nothing is left, a large one and a small one.
std::vector<Seen> records() {
    std::vector<Seen> all;
    for (unsigned i = 0; i < many_hosts; ++i) {
        const bool stays = i % 1000 == 7 || i == many_hosts - 1;
        const std::uint32_t when = stays ? new_time : old_time;
        const std::string host = "h" + std::to_string(10'000 + i);
        all.push_back(address(host + ".busy.example.", 7, when));
        all.push_back(server(host + ".busy.example.", host + ".provider.example.", when));
        all.push_back(server("www." + host + ".busy.example.", "ns.provider.example.", when));
        all.push_back(server("crowded.example.", host + ".crowd.example.", when));
        all.push_back(address(host + ".gone.example.", 9, old_time));
        if (i < few_hosts) all.push_back(address(host + ".small.example.", 8, old_time));
    }
    all.push_back(address("zz.example.", 7, new_time));
    return all;
}

struct Removed {
    TemporaryDirectory directory;
    std::filesystem::path pruned = directory.path() / "pruned";
    std::filesystem::path expected = directory.path() / "expected";
    HistoryWriter writer{pruned, {}};
    PruneProgress progress;

    Removed() {
        std::vector<Seen> all = records();
        import(writer, all);
        writer.merge_all();
        while (!progress.done())
            writer.prune({Seconds{old_time + 1}, {}, {}}, progress, now);
        std::erase_if(all,
                      [](const Seen& seen) { return seen.period.end.since_epoch == old_time; });
        HistoryWriter other(expected, {});
        import(other, all);
    }

    bool has_records(const std::string& name) const {
        History history(pruned);
        return Snapshot(history).has_records(Name::from_text(name)->key());
    }
    bool has_pivots(const std::string& name) const {
        History history(pruned);
        return Snapshot(history).has_pivots(Name::from_text(name)->key());
    }
};

const std::vector<std::string> asked{
    "names.busy.example",
    "a.names.busy.example",
    "history.busy.example",
    "history.+.busy.example",
    "ns.history.*.busy.example",
    "history.crowded.example",
    "ns.history.crowded.example",
    "sort-last.history.crowded.example",
    "summary.*.busy.example",
    "changes.*.busy.example",
    "pivot.192.0.2.7",
    "pivot.192.0.2.0/24",
    "ns.pivot.ns.provider.example",
    "ns.pivot.*.provider.example",
    "names.crowd.example",
    "like-*h12*.names.busy.example",
    "like-*h12*.pivot",
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(what_was_removed_is_in_no_answer, Removed) {
    for (const bool is_merged : {false, true}) {
        if (is_merged) writer.merge_all();
        Asked whole(expected);
        Asked store(pruned);
        for (const std::string& question : asked) {
            BOOST_TEST_CONTEXT(question << (is_merged ? ", merged" : "")) {
                const auto lines = whole.pages(question);
                BOOST_TEST(store.pages(question) == lines, boost::test_tools::per_element());
                BOOST_TEST(together(question, store.parts(question)) == together(question, lines),
                           boost::test_tools::per_element());
            }
        }
    }
}

BOOST_FIXTURE_TEST_CASE(to_go_through_it_is_work, Removed) {
    for (const char* const question : {"names.busy.example", "pivot.192.0.2.7"}) {
        Asked before(pruned);
        before.pages(question);
        BOOST_TEST(before.spent() > many_hosts);
    }
    writer.merge_all();
    for (const char* const question : {"names.busy.example", "pivot.192.0.2.7"}) {
        Asked after(pruned);
        after.pages(question);
        BOOST_TEST(after.spent() < many_hosts / 10);
    }
}

// What is removed can be too much to look through for whether a name exists.
BOOST_FIXTURE_TEST_CASE(a_name_that_lost_a_great_deal_exists_until_it_is_merged, Removed) {
    static_assert(few_hosts < many_removed && many_hosts - 10 > many_removed);
    for (const bool is_merged : {false, true}) {
        if (is_merged) writer.merge_all();
        BOOST_TEST(has_records("busy.example."));
        BOOST_TEST(has_records("h13999.busy.example."));
        BOOST_TEST(!has_records("h13998.busy.example."));
        BOOST_TEST(!has_records("small.example."));
        BOOST_TEST(has_records("gone.example.") == !is_merged);
        BOOST_TEST(!has_pivots("h12000.crowd.example."));
    }
}

BOOST_AUTO_TEST_SUITE_END()
