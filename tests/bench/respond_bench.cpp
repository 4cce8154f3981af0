// The cost of a whole question without the socket: message, name, lookup, lines, message.
//
//     respond_bench [--benchmark_...]
//
// The store has a million names with three records each and is created in a temporary directory, or
// kept in the directory DNSHIST_BENCH_STORE and reused by the next run. The questions are for
// random names, so that most of them miss the CPU caches, as they would in service.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "storage/history/history_writer.hpp"
#include "storage/record/rdata.hpp"
#include "tests/bench/bench_store.hpp"
#include "tests/support/ask.hpp"

using namespace dnshist;
using namespace dnshist::responder;

namespace {

constexpr std::uint32_t names = 1'000'000;
constexpr std::size_t asked_names = 100'000;
constexpr Seconds now{1767225600};  // 2026-01-01T00:00:00Z

// Names of realistic length: a scrambled number, so that successive questions are far apart in the
// store.
std::string name_of(std::uint32_t i) {
    const std::uint32_t spread = i * 2654435761U;
    return "host" + std::to_string(spread) + ".example" + std::to_string(spread % 1000) + ".com.";
}

// The last three octets of its two addresses.
std::string host_of(std::uint32_t i) {
    return std::to_string(i >> 16U & 255U) + '.' + std::to_string(i >> 8U & 255U) + '.' +
           std::to_string(i & 255U);
}

void fill(const std::filesystem::path& directory) {
    HistoryWriter writer(directory, {.gap = default_gap});
    Batch batch;
    const auto rdata = std::make_unique<Rdata>();
    for (std::uint32_t i = 0; i < names; ++i) {
        const Name owner = Name::from_text(name_of(i)).value();
        const auto add = [&](Rrtype type, const std::string& text, std::uint32_t age) {
            if (!rdata_from_text(type, text, *rdata)) std::abort();
            const Seconds first{1500000000U + i};
            batch.add({owner.wire(),
                       type,
                       rdata->octets(),
                       Witness::sensor,
                       {first, Seconds{first.since_epoch + age}},
                       1 + i % 1000});
        };
        add(Rrtype::A, "10." + host_of(i), 86400);
        add(Rrtype::A, "11." + host_of(i), 172800);
        add(Rrtype::NS, "ns" + std::to_string(i % 5000) + ".example.net.", 864000);
        if (batch.size() >= 600'000 || i + 1 == names) {
            writer.apply(batch, std::nullopt, {}, now);
            batch.clear();
        }
    }
}

class Bench {
  public:
    static Bench& get() {
        static Bench bench;
        return bench;
    }

    // Asks `pattern` of name after name; % stands for the name, & for one of its addresses, ~ for
    // that of its name server.
    void run(benchmark::State& state, const std::string& pattern) {
        std::mt19937 random(1);
        std::vector<std::vector<std::uint8_t>> messages;
        for (std::size_t i = 0; i < asked_names; ++i) {
            const auto name = static_cast<std::uint32_t>(random() % names);
            std::string words = pattern;
            fill_in(words, '%', name_of(name));
            fill_in(words, '&', "10." + host_of(name));
            fill_in(words, '~', "ns" + std::to_string(name % 5000) + ".example.net.");
            messages.push_back(test::request_of(test::ask_from_text(words)));
        }
        std::vector<std::uint8_t> room(max_tcp_octets);
        std::size_t next = 0;
        std::size_t octets = 0;
        if (!store_.responder().begin(now)) std::abort();
        for (auto _ : state) {
            octets += store_.responder().respond(messages[next], {Transport::udp}, room).size;
            if (++next == messages.size()) next = 0;
        }
        store_.responder().end();
        state.counters["octets"] =
            static_cast<double>(octets) / static_cast<double>(state.iterations());
    }

  private:
    static void fill_in(std::string& words, char hole, const std::string& text) {
        const std::size_t at = words.find(hole);
        if (at != std::string::npos) words.replace(at, 1, text);
    }

    bench::BenchStore store_{fill};
};

void ask(benchmark::State& state, const std::string& pattern) {
    Bench::get().run(state, pattern);
}

BENCHMARK_CAPTURE(ask, history, std::string("TXT history.%pdns.local"));
BENCHMARK_CAPTURE(ask, one_type, std::string("TXT ns.history.%pdns.local"));
BENCHMARK_CAPTURE(ask, union_of_types, std::string("TXT a.aaaa.mx.ns.history.%pdns.local"));
BENCHMARK_CAPTURE(ask, visible_at, std::string("TXT on-2017-07.history.%pdns.local"));
BENCHMARK_CAPTURE(ask, runs, std::string("TXT runs.history.%pdns.local"));
BENCHMARK_CAPTURE(ask, json, std::string("TXT json.history.%pdns.local"));
BENCHMARK_CAPTURE(ask, pivot_address, std::string("TXT pivot.&.pdns.local"));
BENCHMARK_CAPTURE(ask, pivot_prefix, std::string("TXT limit-10.pivot.&/28.pdns.local"));
BENCHMARK_CAPTURE(ask, pivot_name, std::string("TXT limit-5.pivot.~pdns.local"));
BENCHMARK_CAPTURE(ask, pivot_nothing, std::string("TXT pivot.hostmaster@%pdns.local"));
BENCHMARK_CAPTURE(ask, names, std::string("TXT names.%pdns.local"));
BENCHMARK_CAPTURE(ask, names_page, std::string("TXT limit-10.names.com.pdns.local"));
BENCHMARK_CAPTURE(ask, summary, std::string("TXT summary.%pdns.local"));
BENCHMARK_CAPTURE(ask, summary_prefix, std::string("TXT summary.&/24.pdns.local"));
BENCHMARK_CAPTURE(ask, changes, std::string("TXT changes.%pdns.local"));
BENCHMARK_CAPTURE(ask, at, std::string("A 2017-07.at.%pdns.local"));
BENCHMARK_CAPTURE(ask, help, std::string("TXT help.names.pdns.local"));
BENCHMARK_CAPTURE(ask, nodata, std::string("TXT mx.history.%pdns.local"));
BENCHMARK_CAPTURE(ask, nxdomain, std::string("TXT history.nobody.%pdns.local"));
BENCHMARK_CAPTURE(ask, minimised, std::string("NS %pdns.local"));
BENCHMARK_CAPTURE(ask, mistake, std::string("TXT frist-after-2019.history.%pdns.local"));
BENCHMARK_CAPTURE(ask, apex_soa, std::string("SOA pdns.local"));

}  // namespace

BENCHMARK_MAIN();
