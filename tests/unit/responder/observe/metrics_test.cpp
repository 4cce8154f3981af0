// The text that Prometheus gets; that it gets it over HTTP is for a system test.
#include "responder/observe/metrics.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <boost/test/unit_test.hpp>

namespace dnshist::responder {

BOOST_AUTO_TEST_SUITE(metrics_test)

namespace {

using namespace std::chrono_literals;

struct Shown {
    std::array<Counters, 2> workers;
    std::optional<StoreReport> store;
    std::atomic<std::uint64_t> unwritten = 0;

    std::string text() {
        MetricsSources sources;
        sources.workers = {&workers[0], &workers[1]};
        sources.store = [this] { return store; };
        sources.unwritten = &unwritten;
        return prometheus::TextSerializer().Serialize(Metrics(std::move(sources)).Collect());
    }
    bool has(const std::string& line) {
        return ("\n" + text()).find("\n" + line + "\n") != std::string::npos;
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(workers_are_added_up) {
    Shown shown;
    shown.workers[0].count(Transport::udp, {.kind = QueryKind::history});
    shown.workers[1].count(Transport::udp, {.kind = QueryKind::history});
    shown.workers[1].count(Transport::tcp, {.kind = QueryKind::none, .rcode = Rcode::refused});
    shown.workers[0].tcp_open.set(3);
    shown.workers[1].tcp_open.set(4);
    shown.workers[0].drop(Drop::too_long, 7);
    shown.workers[1].unlogged.add(2);
    shown.unwritten = 5;
    using namespace std::string_literals;
    for (const std::string& line : {
             "dnshist_workers 2"s,
             "dnshist_questions_total{transport=\"udp\",view=\"history\",rcode=\"NOERROR\"} 2"s,
             "dnshist_questions_total{transport=\"tcp\",view=\"none\",rcode=\"REFUSED\"} 1"s,
             "dnshist_questions_total{transport=\"tcp\",view=\"at\",rcode=\"NOERROR\"} 0"s,
             "dnshist_tcp_connections_open 7"s,
             "dnshist_dropped_total{reason=\"too_long\"} 7"s,
             "dnshist_dropped_total{reason=\"limited\"} 0"s,
             "dnshist_query_log_lost_total{reason=\"slow\"} 2"s,
             "dnshist_query_log_lost_total{reason=\"failed\"} 5"s,
             "# TYPE dnshist_questions_total counter"s,
             "# TYPE dnshist_answer_seconds histogram"s,
         }) {
        BOOST_TEST(shown.has(line), line << " is not in:\n" << shown.text());
    }
}

BOOST_AUTO_TEST_CASE(times_are_a_histogram) {
    Shown shown;
    shown.workers[0].timing(Budget::whole).add(1us);
    shown.workers[1].timing(Budget::whole).add(3us);
    shown.workers[1].timing(Budget::whole).add(1s);
    for (const std::string line : {
             "dnshist_answer_seconds_bucket{effort=\"whole\",le=\"2e-06\"} 1",
             "dnshist_answer_seconds_bucket{effort=\"whole\",le=\"5e-06\"} 2",
             "dnshist_answer_seconds_bucket{effort=\"whole\",le=\"0.05\"} 2",
             "dnshist_answer_seconds_bucket{effort=\"whole\",le=\"+Inf\"} 3",
             "dnshist_answer_seconds_count{effort=\"whole\"} 3",
             "dnshist_answer_seconds_count{effort=\"quick\"} 0",
         }) {
        BOOST_TEST(shown.has(line), line << " is not in:\n" << shown.text());
    }
}

BOOST_AUTO_TEST_CASE(a_store_that_cannot_be_read_is_said_to_be_down) {
    Shown shown;
    BOOST_TEST(shown.has("dnshist_store_up 0"));
    BOOST_TEST(shown.text().find("dnshist_store_names") == std::string::npos);
    shown.store.emplace();
    shown.store->statistics.names = 17;
    shown.store->statistics.written = Seconds{1'600'000'000};
    shown.store->slots = {3, 1024};
    shown.store->levels.young = 4096;
    shown.store->levels.old = {{.files = 2, .octets = 50}, {.files = 3, .octets = 600}};
    shown.store->levels.observations = 70;
    for (const std::string line :
         {"dnshist_store_up 1", "dnshist_store_names 17",
          "dnshist_store_written_timestamp_seconds 1600000000", "dnshist_store_reader_slots_used 3",
          "dnshist_store_reader_slots 1024", "dnshist_store_level_bytes{level=\"young\"} 4096",
          "dnshist_store_level_bytes{level=\"2\"} 600", "dnshist_store_level_files{level=\"1\"} 2",
          "dnshist_store_merging 0", "dnshist_store_observations_total 70"}) {
        BOOST_TEST(shown.has(line), line << " is not in:\n" << shown.text());
    }
}

BOOST_AUTO_TEST_CASE(what_fails_while_it_is_scraped_ends_there) {
    MetricsSources sources;
    sources.store = []() -> std::optional<StoreReport> { throw std::runtime_error("no"); };
    const Metrics metrics(std::move(sources));
    BOOST_TEST(metrics.Collect().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dnshist::responder
