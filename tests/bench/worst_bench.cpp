// The cost of the most expensive questions at the default work limit, and without it:
// an owner with millions of records, a prefix of everything, all names below com.
//
//     worst_bench [--benchmark_...]
//
// The store has a name with 5,000,000 records and 1,000,000 names with one each. It is created in a
// temporary directory, or kept in the directory DNSHIST_BENCH_STORE and reused by the next run.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "storage/history/history_writer.hpp"
#include "storage/record/rdata.hpp"
#include "tests/bench/bench_store.hpp"
#include "tests/support/ask.hpp"

using namespace dnshist;
using namespace dnshist::responder;

namespace {

constexpr std::uint32_t busy_records = 5'000'000;
constexpr std::uint32_t other_names = 1'000'000;
constexpr Seconds now{1767225600};  // 2026-01-01T00:00:00Z

void fill(const std::filesystem::path& directory) {
    HistoryWriter writer(directory, {.gap = default_gap});
    Batch batch;
    const auto add = [&](const Name& owner, Rrtype type, Octets rdata, std::uint32_t i) {
        const Seconds first{1500000000U + i};
        batch.add({owner.wire(),
                   type,
                   rdata,
                   Witness::sensor,
                   {first, Seconds{first.since_epoch + 86400}},
                   1 + i % 1000});
        if (batch.size() < 600'000) return;
        writer.apply(batch, std::nullopt, {}, now);
        batch.clear();
    };
    const Name busy = Name::from_text("busy.example.com.").value();
    const auto rdata = std::make_unique<Rdata>();
    for (std::uint32_t i = 0; i < busy_records; ++i) {
        const std::uint32_t spread = i * 2654435761U;
        if (i % 2 == 0) {
            const std::array<std::uint8_t, 4> address{
                static_cast<std::uint8_t>(spread >> 24), static_cast<std::uint8_t>(spread >> 16),
                static_cast<std::uint8_t>(spread >> 8), static_cast<std::uint8_t>(spread)};
            add(busy, Rrtype::A, address, i);
        } else {
            rdata->clear();
            if (!rdata_from_text(
                    Rrtype::MX,
                    std::to_string(i % 65536) + " mail" + std::to_string(spread) + ".example.net.",
                    *rdata)) {
                std::abort();
            }
            add(busy, Rrtype::MX, rdata->octets(), i);
        }
    }
    for (std::uint32_t i = 0; i < other_names; ++i) {
        const std::string name = "host" + std::to_string(i * 2654435761U) + ".com.";
        const std::array<std::uint8_t, 4> address{10, static_cast<std::uint8_t>(i >> 16),
                                                  static_cast<std::uint8_t>(i >> 8),
                                                  static_cast<std::uint8_t>(i)};
        add(Name::from_text(name).value(), Rrtype::A, address, i);
    }
    writer.apply(batch, std::nullopt, {}, now);
}

class Bench {
  public:
    static Bench& get() {
        static Bench bench;
        return bench;
    }

    void run(benchmark::State& state, const std::string& question) {
        const auto message = test::request_of(test::ask_from_text(question));
        std::vector<std::uint8_t> room(max_tcp_octets);
        std::size_t octets = 0;
        if (!store_.responder().begin(now)) std::abort();
        for (auto _ : state)
            octets += store_.responder().respond(message, {Transport::tcp}, room).size;
        store_.responder().end();
        state.counters["octets"] =
            static_cast<double>(octets) / static_cast<double>(state.iterations());
    }

  private:
    bench::BenchStore store_{fill};
};

void ask(benchmark::State& state, const std::string& question) {
    Bench::get().run(state, question);
}

#define WORST(name, question) \
    BENCHMARK_CAPTURE(ask, name, std::string("TXT " question))->Unit(benchmark::kMillisecond)

WORST(one_name, "history.busy.example.com.pdns.local");
WORST(one_name_sorted_by_count, "sort-count.history.busy.example.com.pdns.local");
WORST(one_name_last_page, "limit-99.page-1010.history.busy.example.com.pdns.local");
WORST(one_name_runs, "runs.history.busy.example.com.pdns.local");
WORST(one_name_json, "json.limit-99.history.busy.example.com.pdns.local");
WORST(one_name_nothing_passes, "min-100000.on-2019.history.busy.example.com.pdns.local");
WORST(all_below_com, "sort-last.history.*.com.pdns.local");
WORST(all_below_com_nothing_passes, "mx.min-100000.history.*.com.pdns.local");
WORST(children_of_com, "sort-last.history.+.com.pdns.local");
WORST(every_address, "sort-last.pivot.0.0.0.0/0.pdns.local");
WORST(every_address_nothing_passes, "min-100000.pivot.0.0.0.0/0.pdns.local");
WORST(every_name, "sort-last.pivot.*.net.pdns.local");
WORST(one_value_of_one_name, "pivot.mail2654435761.example.net.pdns.local");
WORST(names_of_com, "sort-count.names.com.pdns.local");
WORST(names_of_one_name, "names.busy.example.com.pdns.local");
WORST(summary_of_one_name, "summary.busy.example.com.pdns.local");
WORST(summary_of_com, "summary.*.com.pdns.local");
WORST(summary_of_every_address, "summary.0.0.0.0/0.pdns.local");
WORST(changes_of_one_name, "changes.busy.example.com.pdns.local");
WORST(changes_of_com, "changes.*.com.pdns.local");
BENCHMARK_CAPTURE(ask, at_one_name, std::string("A 2017.at.busy.example.com.pdns.local"))
    ->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
