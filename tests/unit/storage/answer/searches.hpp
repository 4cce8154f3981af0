// Searches of a random store, by its index and by the walk through everything.
#pragma once

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <iterator>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <variant>
#include <vector>

#include "storage/answer/lookup.hpp"
#include "storage/history/history.hpp"
#include "storage/history/history_writer.hpp"
#include "storage/level/search_file.hpp"
#include "storage/query/query.hpp"
#include "storage/upkeep/copy.hpp"
#include "tests/support/store_oracle.hpp"
#include "tests/support/temporary_directory.hpp"

namespace dnshist::test {

inline constexpr Seconds now{1'750'000'000};
inline constexpr std::uint64_t enough_work = 10'000'000;

// Labels of a few syllables, so that literals are in some of many names.
inline std::string random_label(std::mt19937_64& random) {
    static const char* const syllables[] = {"pay", "pal", "mail", "www", "bank", "x",
                                            "-",   "7",   "log",  "in",  "ab",   "owl"};
    std::string label;
    for (std::size_t count = 1 + random() % 4; count > 0; --count)
        label += syllables[random() % std::size(syllables)];
    return label;
}

inline std::string random_name(std::mt19937_64& random) {
    static const char* const ends[] = {"com.", "example.", "co.test.", "bank.test.", "ip6.arpa."};
    std::string name;
    for (std::size_t count = random() % 4; count > 0; --count)
        name += random_label(random) + ".";
    return name + ends[random() % std::size(ends)];
}

inline Seen random_record(std::mt19937_64& random) {
    Seen seen;
    seen.owner = random_name(random);
    const auto wire = [&] {
        return std::string(as_text(Name::from_text(random_name(random))->wire()));
    };
    switch (random() % 4) {
        case 0:
            seen.type = Rrtype::NS;
            seen.rdata = wire();
            break;
        case 1:
            seen.type = Rrtype::MX;
            seen.rdata = std::string("\0\x0a", 2) + wire();
            break;
        case 2: {
            seen.type = Rrtype::TXT;
            const std::string text = "v=" + random_label(random) + " " + random_label(random) +
                                     "@" + random_label(random) + ".example";
            seen.rdata = static_cast<char>(text.size()) + text;
            break;
        }
        default:
            seen.rdata = {static_cast<char>(192), 0, 2, static_cast<char>(random() % 256)};
    }
    const auto begin = static_cast<std::uint32_t>(1'500'000'000 + random() % 100'000'000);
    seen.period = {Seconds{begin}, Seconds{begin + 1000}};
    return seen;
}

inline std::vector<Seen> random_records(std::mt19937_64& random, std::size_t count) {
    std::vector<Seen> all;
    for (std::size_t i = 0; i < count; ++i)
        all.push_back(random_record(random));
    return all;
}

inline std::vector<std::filesystem::path> indexes(const std::filesystem::path& directory) {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        if (search_file::file_number(entry.path().filename().string()))
            found.push_back(entry.path());
    }
    std::ranges::sort(found);
    return found;
}

// Asks one store.
class Asked {
  public:
    explicit Asked(const std::filesystem::path& directory)
        : history_(directory), lookup_(history_) {
        lookup_.renew(now);
    }

    // The lines of all pages, asked one after another by their places.
    std::vector<std::string> pages(const std::string& question) {
        Query query = read(question);
        std::vector<std::string> all;
        for (;;) {
            const Page page = lookup_.page(query, enough_work, limits);
            BOOST_TEST_REQUIRE(!page.end.stopped);
            const std::size_t count = page.lines.size();
            take(page, all);
            if (query.counts || (page.counted && page.offset + count >= page.found)) return all;
            go_on(query, count);
        }
    }
    // The same of a question that is cut by its work, again and again: as '# more:' goes on, page
    // by page of each part.
    std::vector<std::string> parts(const std::string& question) {
        constexpr std::uint64_t little_work = 400;
        Query query = read(question);
        std::vector<std::string> all;
        for (unsigned asked = 0; asked < 5'000; ++asked) {
            const Page page = lookup_.page(query, little_work, limits);
            const std::size_t count = page.lines.size();
            take(page, all);
            if (page.offset + count < page.found) {
                go_on(query, count);
                continue;
            }
            if (!page.end.stopped) return all;
            BOOST_TEST_REQUIRE(!page.end.resume_point.empty());
            query.from = page.end.resume_point;
            query.line.clear();
            query.page = 1;
        }
        BOOST_FAIL("an answer without end");
        return all;
    }
    std::uint64_t spent() { return lookup_.spent(); }

  private:
    static constexpr PageLimits limits{max_line_octets, max_page_octets};

    // To the next page. A long name has no place: lines are counted from the beginning then.
    void go_on(Query& query, std::size_t count) {
        ++query.page;
        query.line = lookup_.place_of_line(query, count, query.page);
    }
    static void take(const Page& page, std::vector<std::string>& all) {
        for (const std::string_view line : page.lines)
            all.emplace_back(line);
    }
    Query read(const std::string& question) {
        const Name name = *Name::from_text(question);
        const ParseResult parsed = read_query(name.labels(), now, 7);
        const auto* const query = std::get_if<Query>(&parsed);
        BOOST_TEST_REQUIRE(query != nullptr, question);
        BOOST_TEST_REQUIRE(!lookup_.use_patterns(*query).has_value(), question);
        return *query;
    }

    History history_;
    Lookup lookup_;
};

inline const std::vector<std::string> questions{
    "like-*paypal*.names",
    "like-*paypal*.names.com",
    "like-*mail*.names.+.bank.test",
    "like-*paybank*.names.*.test",
    R"(like-*login\.com.history.com)",
    "like-bank*.sort-first.names",
    "re-pay-*pal.names",
    "re-^mail[a-z]*owl.names.example",
    "like-*pay*.not-like-*pal*.names",
    "like-*paypal*.a.summary",
    "like-*owl*.mx.history.example",
    "like-*nothing-has-this*.names",
    "like-*www*.pivot",
    "like-*pay*.txt.pivot",
    "like-*ail*@*.txt.pivot",
    R"(like-*bank\.test.ns.pivot)",
    "re-(log|pay)in.names",
    "like-192*.pivot",
    "like-*pay*.sort-last.names.com",
    "re-^mail.sort-duration.history.*.com",
    "like-*pay*.sort-data.txt.pivot",
    "like-*owl*.sort-name.ns.pivot",
    "like-*ail*.summary.*.test",
    R"(like-*2\.1*.summary.192.0.2.0/24)",
    "like-*mail*.by-year.summary.*.com",
    "like-*pay*.by-month.sort-count.summary",
    "like-*paypal*.count.names",
    "like-*owl*.count.sort-count.history.*.example",
    "like-*www*.count.pivot",
};

// The lines of a summary, those of one type (and of one month or year) added up.
inline std::vector<std::string> summed(const std::vector<std::string>& lines, bool of_intervals) {
    struct Row {
        std::string first, last;
        std::uint64_t count = 0;
        std::uint64_t values = 0;
    };
    std::map<std::string, Row> rows;
    for (const std::string& line : lines) {
        std::istringstream in(line);
        Row row;
        std::string type;
        in >> row.first;
        if (!of_intervals) in >> row.last >> row.count;
        in >> row.values >> type;
        BOOST_TEST_REQUIRE(!in.fail(), line);
        const std::string key = of_intervals ? row.first + ' ' + type : type;
        Row& sum = rows.try_emplace(key, Row{row.first, row.last}).first->second;
        sum.first = std::min(sum.first, row.first);
        sum.last = std::max(sum.last, row.last);
        sum.count += row.count;
        sum.values += row.values;
    }
    std::vector<std::string> out;
    for (const auto& [key, row] : rows) {
        out.push_back(key + ' ' + row.first + ' ' + row.last + ' ' + std::to_string(row.count) +
                      ' ' + std::to_string(row.values));
    }
    return out;
}

// The lines of all parts of an answer as one, as a client would put them together: each part
// has an order and sums of its own.
inline std::vector<std::string> together(const std::string& question,
                                         std::vector<std::string> lines) {
    const auto asks = [&](const char* word) { return question.find(word) != std::string::npos; };
    if (asks(".count.")) {
        std::uint64_t sum = 0;
        for (const std::string& line : lines)
            sum += std::stoull(line);
        return {std::to_string(sum)};
    }
    if (asks("summary")) return summed(lines, asks("by-"));
    if (asks("sort-")) std::ranges::sort(lines);
    return lines;
}

// That the store answers as a copy of it does that has no index.
inline void expect_same(const std::filesystem::path& store, std::uint64_t seed) {
    TemporaryDirectory directory;
    const auto plain = directory.path() / "plain";
    copy_store(store, plain, {});
    for (const auto& index : indexes(plain))
        std::filesystem::remove(index);
    HistoryWriter(plain, HistoryWriter::Options{});  // removes that of the young level
    Asked indexed(store);
    Asked walking(plain);
    for (const std::string& question : questions) {
        BOOST_TEST_CONTEXT(question << ", seed " << seed) {
            const auto lines = walking.pages(question);
            BOOST_TEST(indexed.pages(question) == lines, boost::test_tools::per_element());
            const auto expected = together(question, lines);
            BOOST_TEST(together(question, walking.parts(question)) == expected,
                       boost::test_tools::per_element());
            BOOST_TEST(together(question, indexed.parts(question)) == expected,
                       boost::test_tools::per_element());
        }
    }
}

}  // namespace dnshist::test
