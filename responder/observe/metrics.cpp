#include "responder/observe/metrics.hpp"

#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <utility>

#include "storage/text/time.hpp"

namespace dnshist::responder {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;
using Workers = std::vector<const Counters*>;

constexpr double nano = 1e-9;

MetricFamily family(const char* name, const char* help, MetricType type) {
    MetricFamily made;
    made.name = name;
    made.help = help;
    made.type = type;
    return made;
}

void add_counter(MetricFamily& to, Labels labels, std::uint64_t value) {
    ClientMetric metric;
    metric.label = std::move(labels);
    metric.counter.value = static_cast<double>(value);
    to.metric.push_back(std::move(metric));
}

MetricFamily counter(const char* name, const char* help, std::uint64_t value) {
    MetricFamily made = family(name, help, MetricType::Counter);
    add_counter(made, {}, value);
    return made;
}

MetricFamily gauge(const char* name, const char* help, double value, Labels labels = {}) {
    MetricFamily made = family(name, help, MetricType::Gauge);
    ClientMetric metric;
    metric.label = std::move(labels);
    metric.gauge.value = value;
    made.metric.push_back(std::move(metric));
    return made;
}

template <class Read>
std::uint64_t sum(const Workers& workers, Read read) {
    std::uint64_t total = 0;
    for (const Counters* worker : workers)
        total += read(*worker);
    return total;
}

MetricFamily questions(const Workers& workers) {
    MetricFamily made =
        family("dnshist_questions_total",
               "Questions answered, by transport, by the view that they ask for (own: a name of "
               "the zone's own, none: no view) and by response code.",
               MetricType::Counter);
    for (const Transport transport :
         {Transport::udp, Transport::tcp, Transport::tls, Transport::https, Transport::http}) {
        for (std::size_t view = 0; view < query_kinds; ++view) {
            const auto kind = static_cast<QueryKind>(view);
            for (std::size_t rcode = 0; rcode <= rcodes; ++rcode) {
                const std::uint64_t count = sum(workers, [&](const Counters& worker) {
                    return worker.answered(transport, kind, rcode);
                });
                // A count of zero is shown for NOERROR alone, so that its rate begins at zero.
                if (count == 0 && rcode != 0) continue;
                add_counter(made,
                            {{"transport", std::string(transport_text(transport))},
                             {"view", std::string(kind_text(kind))},
                             {"rcode", std::string(rcode_text(static_cast<Rcode>(rcode)))}},
                            count);
            }
        }
    }
    return made;
}

MetricFamily http_responses(const Workers& workers) {
    MetricFamily made =
        family("dnshist_http_responses_total",
               "Responses over HTTP that are no DNS messages (the REST APIs, the page, "
               "refusals), by transport and by class of the status.",
               MetricType::Counter);
    for (const Transport transport : {Transport::https, Transport::http}) {
        for (std::size_t status = 2; status <= 5; ++status) {
            add_counter(
                made,
                {{"transport", std::string(transport_text(transport))},
                 {"status", std::to_string(status) + "xx"}},
                sum(workers, [&](const Counters& worker) {
                    return worker.http_responses[static_cast<std::size_t>(transport)][status].get();
                }));
        }
    }
    return made;
}

ClientMetric::Histogram histogram(const Workers& workers, Budget budget) {
    ClientMetric::Histogram made;
    for (std::size_t i = 0; i <= Timing::bounds.size(); ++i) {
        made.sample_count +=
            sum(workers, [&](const Counters& worker) { return worker.timing(budget).bucket(i); });
        if (i == Timing::bounds.size()) break;
        made.bucket.push_back({made.sample_count, static_cast<double>(Timing::bounds[i]) * nano});
    }
    made.bucket.push_back({made.sample_count, std::numeric_limits<double>::infinity()});
    made.sample_sum = nano * static_cast<double>(sum(workers, [&](const Counters& worker) {
                          return worker.timing(budget).nanoseconds();
                      }));
    return made;
}

MetricFamily answer_seconds(const Workers& workers) {
    MetricFamily made =
        family("dnshist_answer_seconds",
               "Time to look up and write an answer, by effort: whole questions are those of the "
               "slow lane, cut ones were answered in part. Of quick ones one in 16 is timed (all "
               "with a query log), of the others each.",
               MetricType::Histogram);
    constexpr std::array<std::pair<Budget, const char*>, 3> budgets{
        {{Budget::quick, "quick"}, {Budget::whole, "whole"}, {Budget::cut, "cut"}}};
    for (const auto& [budget, text] : budgets) {
        ClientMetric metric;
        metric.label = {{"effort", text}};
        metric.histogram = histogram(workers, budget);
        made.metric.push_back(std::move(metric));
    }
    return made;
}

MetricFamily dropped(const Workers& workers) {
    MetricFamily made = family(
        "dnshist_dropped_total",
        "Messages without an answer: undeserved (no request), too_long, failed (store or memory), "
        "unsent (the kernel took no more) and limited (the client asks too often).",
        MetricType::Counter);
    constexpr std::array<const char*, drop_reasons> texts{"undeserved", "too_long", "failed",
                                                          "unsent", "limited"};
    for (std::size_t reason = 0; reason < drop_reasons; ++reason) {
        add_counter(made, {{"reason", texts[reason]}}, sum(workers, [&](const Counters& worker) {
                        return worker.drops[reason].get();
                    }));
    }
    return made;
}

void add_levels(std::vector<MetricFamily>& to, const LevelStatistics& levels) {
    MetricFamily octets = family("dnshist_store_level_bytes",
                                 "Octets of each level of the store: young blocks, and files of "
                                 "levels 1 and 2.",
                                 MetricType::Gauge);
    MetricFamily files =
        family("dnshist_store_level_files", "Files of each old level.", MetricType::Gauge);
    const auto add = [](MetricFamily& gauges, std::string level, std::uint64_t value) {
        ClientMetric metric;
        metric.label = {{"level", std::move(level)}};
        metric.gauge.value = static_cast<double>(value);
        gauges.metric.push_back(std::move(metric));
    };
    add(octets, "young", levels.young);
    for (std::size_t i = 0; i < levels.old.size(); ++i) {
        add(octets, std::to_string(i + 1), levels.old[i].octets);
        add(files, std::to_string(i + 1), levels.old[i].files);
    }
    to.push_back(std::move(octets));
    if (!levels.old.empty()) to.push_back(std::move(files));
    to.push_back(gauge("dnshist_store_merging",
                       "Whether a merge of levels has begun that is to go on.", levels.merging));
    to.push_back(gauge("dnshist_store_merge_behind_bytes",
                       "Octets of young blocks that this merge has yet to come to, about.",
                       static_cast<double>(levels.behind)));
    to.push_back(gauge("dnshist_store_merge_debt_bytes",
                       "Octets written into young blocks since the last merge began.",
                       static_cast<double>(levels.debt)));
    to.push_back(gauge("dnshist_store_merge_debt_limit_bytes",
                       "The debt above which import and listen merge before they take in more.",
                       static_cast<double>(levels.most_debt)));
    to.push_back(counter("dnshist_store_observations_total",
                         "Observations that the store has taken in.", levels.observations));
    to.push_back(counter("dnshist_store_written_bytes_total",
                         "Octets written to the disk for these, merges included.", levels.written));
    to.push_back(counter("dnshist_store_damaged_total",
                         "Damaged parts of levels that merges could not read and left behind in "
                         "level.*.mdb.damaged.",
                         levels.damaged));
}

void add_store(std::vector<MetricFamily>& to, const StoreReport& report) {
    const StoreStatistics& store = report.statistics;
    to.push_back(gauge("dnshist_store_names", "Distinct owner names in the store.",
                       static_cast<double>(store.names)));
    to.push_back(gauge("dnshist_store_records", "Distinct records in the store.",
                       static_cast<double>(store.records)));
    to.push_back(gauge("dnshist_store_bytes", "Octets of the store's files that are in use.",
                       static_cast<double>(store.octets)));
    if (store.written) {
        const double written = store.written->since_epoch;
        to.push_back(gauge("dnshist_store_written_timestamp_seconds",
                           "When the store was last written, in seconds since 1970.", written));
        to.push_back(gauge("dnshist_store_age_seconds", "Seconds since the store was last written.",
                           std::max(0.0, static_cast<double>(now_utc().since_epoch) - written)));
    }
    to.push_back(gauge("dnshist_store_reader_slots_used",
                       "Places for readers of the store that are taken, of all processes.",
                       report.slots.used));
    to.push_back(gauge("dnshist_store_reader_slots",
                       "Places for readers that the store has; where all are taken nobody else "
                       "can read.",
                       report.slots.total));
}

void add_cluster(std::vector<MetricFamily>& to, const ClusterReading& reading) {
    to.push_back(counter("dnshist_cluster_round_trips_total",
                         "Times that something waited for the cluster.", reading.round_trips));
    to.push_back(counter("dnshist_cluster_reads_total", "Reads of objects in these round trips.",
                         reading.reads));
    to.push_back(counter("dnshist_cluster_failures_total",
                         "Round trips without an answer: it came too late, or was an error.",
                         reading.failures));
    to.push_back(counter("dnshist_cluster_splits_total",
                         "Reads that were repeated, as a writer had cut the tablet in two.",
                         reading.splits));
    to.push_back(counter("dnshist_cluster_cache_hits_total",
                         "Lookups that were answered from memory.", reading.hits));
    to.push_back(counter("dnshist_cluster_cache_misses_total", "Lookups that needed a read.",
                         reading.misses));
    to.push_back(gauge("dnshist_cluster_cache_bytes", "Memory of what is kept, about.",
                       static_cast<double>(reading.cached_octets)));
    to.push_back(gauge("dnshist_cluster_cache_age_seconds",
                       "Seconds since the oldest of what is kept was read.",
                       reading.cached_seconds));
    to.push_back(gauge("dnshist_cluster_tablets", "Tablets of the store that are known.",
                       static_cast<double>(reading.tablets)));
}

std::vector<MetricFamily> collect(const MetricsSources& sources) {
    const Workers& workers = sources.workers;
    const auto total = [&](Count Counters::*which) {
        return sum(workers, [&](const Counters& worker) { return (worker.*which).get(); });
    };
    std::vector<MetricFamily> all;
    all.push_back(
        gauge("dnshist_build_info", "The version that runs.", 1, {{"version", DNSHIST_VERSION}}));
    all.push_back(
        gauge("dnshist_workers", "Threads that answer.", static_cast<double>(workers.size())));
    all.push_back(questions(workers));
    all.push_back(http_responses(workers));
    all.push_back(answer_seconds(workers));
    all.push_back(counter("dnshist_truncated_total",
                          "Answers over UDP with TC set, to be asked for again over TCP.",
                          total(&Counters::truncated)));
    all.push_back(counter("dnshist_put_off_total",
                          "Questions that cost much and were put off, into the slow lane where "
                          "it had room.",
                          total(&Counters::deferred)));
    all.push_back(counter("dnshist_store_waits_total",
                          "Times that questions waited until a part of a store in a cluster was "
                          "read.",
                          total(&Counters::waited)));
    all.push_back(counter("dnshist_cut_total",
                          "Questions put off that were answered in part, with a note of how to "
                          "go on, as the slow lane was full or the server ending.",
                          total(&Counters::cut)));
    all.push_back(dropped(workers));
    all.push_back(counter("dnshist_tcp_connections_total", "TCP connections taken.",
                          total(&Counters::tcp_accepted)));
    all.push_back(gauge("dnshist_tcp_connections_open", "TCP connections that are open.",
                        static_cast<double>(total(&Counters::tcp_open))));
    MetricFamily unlogged =
        family("dnshist_query_log_lost_total",
               "Questions that the query log does not have: the disk was too slow, or failed.",
               MetricType::Counter);
    add_counter(unlogged, {{"reason", "slow"}}, total(&Counters::unlogged));
    add_counter(unlogged, {{"reason", "failed"}},
                sources.unwritten == nullptr ? 0 : sources.unwritten->load());
    all.push_back(std::move(unlogged));

    all.push_back(counter("dnshist_store_reopened_total",
                          "How often the store was opened anew: it was removed, replaced, cut "
                          "short, or outgrew its address space.",
                          sources.reopened ? sources.reopened() : 0));
    const auto report = sources.store();
    const auto cluster = sources.cluster ? sources.cluster() : std::nullopt;
    all.push_back(gauge("dnshist_store_up", "Whether the store can be read.", report ? 1 : 0));
    if (report) {
        add_store(all, *report);
        if (!cluster) add_levels(all, report->levels);
    }
    if (cluster) add_cluster(all, *cluster);
    return all;
}

}  // namespace

std::vector<MetricFamily> Metrics::Collect() const {
    try {
        return collect(sources_);
    } catch (const std::exception&) {
        return {};  // nobody above us catches it
    }
}

}  // namespace dnshist::responder
