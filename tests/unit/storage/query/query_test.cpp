// Names read as queries; the golden cases show the rest.
#include "storage/query/query.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>
#include <vector>

BOOST_AUTO_TEST_SUITE(query_test)

using namespace dnshist;

namespace {

constexpr Seconds now{1767225600};  // 2026-01-01T00:00:00Z

ParseResult read(std::string_view text) {
    const Name name = Name::from_text(text).value();
    return read_query(name.wire().first(name.wire().size() - 1), now, 50);
}

Query query(std::string_view text) {
    const ParseResult result = read(text);
    if (const auto* error = std::get_if<QueryError>(&result)) BOOST_FAIL(error->text());
    BOOST_REQUIRE(std::holds_alternative<Query>(result));
    return std::get<Query>(result);
}

std::string error_text(std::string_view text) {
    const ParseResult result = read(text);
    BOOST_REQUIRE_MESSAGE(std::holds_alternative<QueryError>(result), text);
    return std::string(std::get<QueryError>(result).text());
}

bool unfinished(std::string_view text) {
    return std::holds_alternative<Unfinished>(read(text));
}

std::vector<unsigned> types(const Query& query) {
    std::vector<unsigned> numbers;
    for (const Rrtype type : query.types.types())
        numbers.push_back(number(type));
    return numbers;
}

BOOST_AUTO_TEST_CASE(the_first_view_word_ends_the_filters) {
    const Query plain = query("history.example.com");
    BOOST_TEST((plain.view == View::history));
    BOOST_TEST(plain.subject.text() == "example.com.");
    BOOST_TEST(plain.types.every());
    BOOST_TEST(plain.limit == 50);
    BOOST_TEST(plain.page == 1);

    BOOST_TEST(query("history.history.com").subject.text() == "history.com.");
    BOOST_TEST(query("a.history.mx.history.com").subject.text() == "mx.history.com.");
    BOOST_TEST(query("HISTORY.Example.COM").subject.text() == "example.com.");
    BOOST_TEST(query("history").subject.text() == ".");
    BOOST_TEST(unfinished("com"));
    BOOST_TEST(unfinished("mx.example.com"));
    BOOST_TEST(unfinished("historyx.example.com"));
}

BOOST_AUTO_TEST_CASE(types_make_a_union) {
    using Numbers = std::vector<unsigned>;
    BOOST_TEST(types(query("mx.history.example.com")) == Numbers({15}));
    BOOST_TEST(types(query("mx.a.type65.a.MX.history.example.com")) == Numbers({1, 15, 65}));
    BOOST_TEST(query("any.history.example.com").types.every());
    BOOST_TEST(query("mx.any.a.history.example.com").types.every());
    // A name has room for so many.
    std::string many;
    Numbers expected;
    for (unsigned i = 300; i < 325; ++i) {
        many += "type" + std::to_string(i) + '.';
        expected.push_back(i);
    }
    BOOST_TEST(types(query(many + "history.example.com")) == expected);
}

BOOST_AUTO_TEST_CASE(types_that_no_zone_holds_are_no_filter) {
    for (const char* word : {"axfr", "opt", "type255", "type250", "maila"}) {
        BOOST_TEST(error_text(std::string(word) + ".history.com").starts_with("no record type"));
    }
}

BOOST_AUTO_TEST_CASE(pages_and_limits_are_numbers_in_bounds) {
    const Query paged = query("page-3.limit-99.history.com");
    BOOST_TEST(paged.page == 3);
    BOOST_TEST(paged.limit == 99);
    for (const char* word : {"limit-0", "limit-100", "limit-", "limit--1", "limit-1x", "limit-+1",
                             "limit-99999999999999999999"}) {
        BOOST_TEST(error_text(std::string(word) + ".history.com")
                       .starts_with("limit-N takes a number from 1 to 99, not '"));
    }
    BOOST_TEST(error_text("page-0.history.com") == "page-N takes a number from 1, not '0'");
    BOOST_TEST(error_text("page-4294967296.history.com").starts_with("page-N takes"));
    BOOST_TEST(error_text("page-1.limit-5.page-2.history.com") ==
               "the filter page-N is given twice");
    BOOST_TEST(query("min-18446744073709551615.history.com").min_count == UINT64_MAX);
    BOOST_TEST(error_text("min-18446744073709551616.history.com").starts_with("min-N takes"));
}

BOOST_AUTO_TEST_CASE(a_default_limit_out_of_bounds_is_brought_back) {
    const Name name = Name::from_text("history.com").value();
    const Octets labels = name.wire().first(name.wire().size() - 1);
    BOOST_TEST(std::get<Query>(read_query(labels, now, 0)).limit == 1);
    BOOST_TEST(std::get<Query>(read_query(labels, now, 1000)).limit == max_limit);
}

BOOST_AUTO_TEST_CASE(after_means_from_its_start_and_before_means_before_it) {
    const Query both = query("after-2019.before-2021.history.com");
    BOOST_TEST(both.visible.begin.since_epoch == 1546300800);
    BOOST_TEST(both.visible.end.since_epoch == 1609459199);
    const Query on = query("on-2019-06.history.com");
    BOOST_TEST(on.on.begin.since_epoch == 1559347200);
    BOOST_TEST(on.on.end.since_epoch == 1561939199);
    const Query periods =
        query("first-after-@10.first-before-@20.last-after-@30.last-before-90d.history.com");
    BOOST_TEST(periods.first.begin.since_epoch == 10);
    BOOST_TEST(periods.first.end.since_epoch == 19);
    BOOST_TEST(periods.last.begin.since_epoch == 30);
    BOOST_TEST(periods.last.end.since_epoch == now.since_epoch - 90 * 86400 - 1);
    BOOST_TEST((periods.visible == all_time));
    BOOST_TEST(query("after-2019-06-01T12:00:00Z.history.com").visible.begin.since_epoch ==
               1559390400);
    BOOST_TEST(query("before-1970.history.com").nothing);
    BOOST_TEST(!query("before-@1.history.com").nothing);
    BOOST_TEST(error_text("on-soon.history.com").starts_with("on-T takes a time"));
}

BOOST_AUTO_TEST_CASE(sorts_are_words) {
    BOOST_TEST((query("sort-count.history.com").order == Order::count));
    BOOST_TEST((query("history.com").order == Order::last));
    BOOST_TEST(error_text("sort-size.history.com") ==
               "sort-X takes last, first, count, name, data or duration, not 'size'");
}

BOOST_AUTO_TEST_CASE(an_address_stands_for_its_reverse_name) {
    BOOST_TEST(query("history.192.0.2.10").subject.text() == "10.2.0.192.in-addr.arpa.");
    BOOST_TEST(query("ptr.history.2001:db8::1").subject.text() ==
               "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.");
    BOOST_TEST(query("history.192.0.2").subject.text() == "192.0.2.");
    BOOST_TEST(error_text("history.192.0.2.256").starts_with("'192.0.2.256' is no IPv4 address"));
    BOOST_TEST(error_text("history.192.0.2.0/24") ==
               "a name is wanted here, not a prefix or a range of addresses");
    BOOST_TEST(query("history.1.192.0.2.10").subject.text() == "1.192.0.2.10.");
    BOOST_TEST(query("history.192.0.2.10\\000").subject.text() == "192.0.2.10\\000.");
}

BOOST_AUTO_TEST_CASE(a_misspelt_word_finds_the_nearest) {
    BOOST_TEST(error_text("mxx.history.com") ==
               "no record type or filter 'mxx'; did you mean 'mx'?");
    BOOST_TEST(error_text("lmit-5.history.com") ==
               "no record type or filter 'lmit-5'; did you mean 'limit-N'?");
    BOOST_TEST(error_text("frist-after-2019.history.com") ==
               "no record type or filter 'frist-after-2019'; did you mean 'first-after-T'?");
    BOOST_TEST(error_text("rnus.history.com") ==
               "no record type or filter 'rnus'; did you mean 'runs'?");
    BOOST_TEST(error_text("x.history.com") == "no record type or filter 'x'");
    BOOST_TEST(error_text("www.history.com") == "no record type or filter 'www'");
    BOOST_TEST(error_text("limit.history.com").ends_with("did you mean 'limit-N'?"));
    // A hostile word is shown completely and is printable.
    BOOST_TEST(error_text("\\001\\\"\\..history.com") == "no record type or filter '\\001\\\".'");
    const std::string long_word = error_text(std::string(63, '\x01') + ".history.com");
    BOOST_TEST(long_word.size() ==
               std::string_view("no record type or filter ''").size() + std::size_t{63} * 4);

    BOOST_TEST(std::get<Unfinished>(read("histroy.example.com")).suggestion == "history");
    BOOST_TEST(std::get<Unfinished>(read("mx.hisory.example.com")).suggestion == "history");
    BOOST_TEST(std::get<Unfinished>(read("it.example.com")).suggestion.empty());
}

BOOST_AUTO_TEST_CASE(a_mark_before_a_name_means_many_names) {
    BOOST_TEST((query("history.*.example.com").scope == Scope::below));
    BOOST_TEST(query("history.*.example.com").subject.text() == "example.com.");
    BOOST_TEST((query("history.+.example.com").scope == Scope::children));
    BOOST_TEST(query("history.+").subject.text() == ".");
    BOOST_TEST((query("history.*.com").order == Order::name));
    BOOST_TEST((query("sort-last.history.*.com").order == Order::last));
    // Elsewhere a star is an ordinary label.
    BOOST_TEST(query("history.a.*.example.com").subject.text() == "a.*.example.com.");
}

BOOST_AUTO_TEST_CASE(each_view_has_its_order_and_reach) {
    BOOST_TEST((query("history.com").order == Order::last));
    BOOST_TEST((query("pivot.example.com").order == Order::name));
    BOOST_TEST((query("summary.com").order == Order::name));
    BOOST_TEST((query("changes.com").order == Order::oldest));
    BOOST_TEST((query("names.com").order == Order::name));
    BOOST_TEST((query("names.com").scope == Scope::subtree));
    BOOST_TEST((query("names.*.com").scope == Scope::below));
    BOOST_TEST((query("names.+.com").scope == Scope::children));
    BOOST_TEST((query("summary.com").scope == Scope::name));
    BOOST_TEST((query("summary.192.0.2.1").scope == Scope::values));
    BOOST_TEST((query("summary.192.0.2.0/24").scope == Scope::values));
    BOOST_TEST((query("changes.192.0.2.1").scope == Scope::values));
    BOOST_TEST((query("names.j@example.com").scope == Scope::values));
    BOOST_TEST((query("history.example.*").scope == Scope::suffixes));
    BOOST_TEST((query("names.=.example.*").scope == Scope::subtree));
    BOOST_TEST((query("cohost.example.com").scope == Scope::shared));
    BOOST_TEST((query("lookalike.example.com").scope == Scope::lookalikes));
    BOOST_TEST(error_text("runs.names.com").starts_with("'runs' goes with history and pivot"));
    BOOST_TEST(error_text("runs.summary.com").starts_with("'runs' goes with history and pivot"));
    BOOST_TEST(query("runs.changes.com").runs);
}

BOOST_AUTO_TEST_CASE(a_resume_point_may_take_several_labels) {
    BOOST_TEST(query("from-x00.a.from-x0g.history.com").from.octets().size() == 2U);
    // A time is no place: what is meant is said.
    BOOST_TEST(error_text("from-2020.history.com") ==
               "from-X takes a place, as a remark '# more:' names it, not '2020'; did you mean "
               "'after-2020'?");
    BOOST_TEST(error_text("from-20200101.history.com").ends_with("'after-2020-01-01'?"));
    BOOST_TEST(error_text("from-2020-1.history.com").ends_with("'after-2020-01'?"));
    BOOST_TEST(error_text("from-90d.history.com").ends_with("'after-90d'?"));
    BOOST_TEST(error_text("from-x.history.com").starts_with("from-X takes a place"));
    BOOST_TEST(error_text("from-.history.com").starts_with("from-X takes a place"));
}

BOOST_AUTO_TEST_CASE(at_takes_one_time_and_nothing_else) {
    BOOST_TEST((query("2019.at.example.com").view == View::at));
    BOOST_TEST(query("2019.at.example.com").subject.text() == "example.com.");
    BOOST_TEST((query("@100.at.example.com").on == Period{Seconds{100}, Seconds{100}}));
    BOOST_TEST(query("2019.at.*.example.com").subject.text() == "*.example.com.");
    BOOST_TEST(query("2019.at.at.example.com").subject.text() == "at.example.com.");
    BOOST_TEST(error_text("at.example.com").starts_with("the view 'at' wants one time"));
    BOOST_TEST(error_text("mx.2019.at.example.com").starts_with("the view 'at' wants one time"));
    BOOST_TEST(error_text("2019-13.at.example.com").starts_with("'2019-13' is no time"));
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
