// The cost of a record as text: parsed once per imported record, written once per record in an
// answer.
#include <benchmark/benchmark.h>

#include <array>
#include <memory>
#include <string>

#include "storage/pivot/pivot_values.hpp"
#include "storage/record/line/cof.hpp"
#include "storage/record/line/record_line.hpp"
#include "storage/record/name.hpp"
#include "storage/record/rdata.hpp"
#include "storage/record/rrtype.hpp"
#include "storage/text/time.hpp"

using namespace dnshist;

namespace {

const Name owner = Name::from_text("www.some-example.co.uk").value();

void name_from_text(benchmark::State& state) {
    for (auto _ : state)
        benchmark::DoNotOptimize(Name::from_text("www.Some-Example.co.uk."));
}

void name_key(benchmark::State& state) {
    for (auto _ : state)
        benchmark::DoNotOptimize(owner.key());
}

void key_name_written(benchmark::State& state) {
    const NameKey key = owner.key();
    std::array<char, 1024> room;
    for (auto _ : state) {
        TextWriter out(room);
        write_key_name(out, key.octets());
        benchmark::DoNotOptimize(out.size());
    }
}

void rrtype_read(benchmark::State& state) {
    for (auto _ : state) {
        std::string_view text = "AAAA";
        benchmark::DoNotOptimize(text);
        benchmark::DoNotOptimize(rrtype_from_text(text));
    }
}

void time_written(benchmark::State& state) {
    std::array<char, 32> room;
    Seconds time{1559390400};
    for (auto _ : state) {
        TextWriter out(room);
        write_time(out, time);
        time.since_epoch += 86399;
        benchmark::DoNotOptimize(out.size());
    }
}

void timestamp_read(benchmark::State& state) {
    for (auto _ : state) {
        std::string_view text = "2018-03-27 10:43:28";
        benchmark::DoNotOptimize(text);
        benchmark::DoNotOptimize(timestamp_from_text(text));
    }
}

void rdata_read(benchmark::State& state, Rrtype type, std::string_view text) {
    const auto rdata = std::make_unique<Rdata>();
    for (auto _ : state)
        benchmark::DoNotOptimize(rdata_from_text(type, text, *rdata));
}

std::string wire(Rrtype type, std::string_view text) {
    const auto rdata = std::make_unique<Rdata>();
    rdata_from_text(type, text, *rdata).value();
    return std::string(as_text(rdata->octets()));
}

void rdata_taken(benchmark::State& state, Rrtype type, std::string_view text) {
    const std::string octets = wire(type, text);
    const auto rdata = std::make_unique<Rdata>();
    for (auto _ : state) {
        benchmark::DoNotOptimize(rdata_from_wire(type, as_octets(octets), *rdata));
    }
}

void rdata_written(benchmark::State& state, Rrtype type, std::string_view text) {
    const std::string octets = wire(type, text);
    std::array<char, 4096> room;
    for (auto _ : state) {
        TextWriter out(room);
        write_rdata(out, type, as_octets(octets));
        benchmark::DoNotOptimize(out.size());
    }
}

void pivots_found(benchmark::State& state, Rrtype type, std::string_view text) {
    const std::string octets = wire(type, text);
    for (auto _ : state) {
        std::size_t count = 0;
        for_each_pivot_value(type, as_octets(octets),
                             [&](const PivotValue& value) { count += value.octets().size(); });
        benchmark::DoNotOptimize(count);
    }
}

void line_written(benchmark::State& state, Rrtype type, std::string_view text) {
    const std::string octets = wire(type, text);
    const std::string name = owner.text();
    std::array<char, 4096> room;
    for (auto _ : state) {
        TextWriter out(room);
        write_line(out, {{1454284800}, {1575105164}}, 812, name, type, as_octets(octets));
        benchmark::DoNotOptimize(out.size());
    }
}

void cof_written(benchmark::State& state, Rrtype type, std::string_view text) {
    const std::string octets = wire(type, text);
    const NameKey key = owner.key();
    const Sightings sightings{.sensor = Visibility({{1454284800}, {1575105164}}, 812), .zone = {}};
    std::string out;
    for (auto _ : state) {
        out.clear();
        append_cof(out, key.octets(), type, as_octets(octets), sightings, {});
        benchmark::DoNotOptimize(out.data());
    }
}

struct Example {
    const char* name;
    Rrtype type;
    const char* text;
};
constexpr std::array examples = std::to_array<Example>({
    {"A", Rrtype::A, "192.0.2.17"},
    {"AAAA", Rrtype::AAAA, "2001:db8:12:8000::1a2b"},
    {"NS", Rrtype::NS, "ns1.some-example.net."},
    {"MX", Rrtype::MX, "10 mail.some-example.net."},
    {"SOA", Rrtype::SOA, "ns1.example.net. admin.example.net. 2019110200 1800 900 604800 86400"},
    {"TXT", Rrtype::TXT, "\"v=spf1 include:_spf.example.com ip4:192.0.2.0/24 -all\""},
    {"DS", Rrtype::DS,
     "60454 8 2 3672C35CFA8FF14C9C223B84277BD645C0AF54BAD5790375FE797161E4801479"},
    {"HTTPS", Rrtype::HTTPS, "1 . alpn=\"h3,h2\" ipv4hint=192.0.2.1,192.0.2.2"},
    {"LOC", Rrtype::LOC, "52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m"},
});

template <class Measured>
void measure(const char* what, Measured measured) {
    for (const Example& example : examples) {
        const std::string name = std::string(what) + "/" + example.name;
        benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) {
            measured(state, example.type, example.text);
        });
    }
}

BENCHMARK(name_from_text);
BENCHMARK(name_key);
BENCHMARK(key_name_written);
BENCHMARK(rrtype_read);
BENCHMARK(time_written);
BENCHMARK(timestamp_read);

}  // namespace

int main(int argc, char** argv) {
    measure("rdata_read", rdata_read);
    measure("rdata_taken", rdata_taken);
    measure("rdata_written", rdata_written);
    measure("pivots_found", pivots_found);
    measure("line_written", line_written);
    measure("cof_written", cof_written);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
