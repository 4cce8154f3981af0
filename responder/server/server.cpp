#include "responder/server/server.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <csignal>
#include <ctime>
#include <deque>
#include <future>
#include <memory>
#include <thread>

#include "conf/warnings.hpp"
#include "responder/observe/log.hpp"
#include "responder/observe/metrics_server.hpp"
#include "responder/observe/query_log.hpp"
#include "responder/observe/service_manager.hpp"
#include "responder/server/service_builder.hpp"
#include "responder/server/watchdog.hpp"
#include "responder/server/worker.hpp"
#include "storage/base/blocked_signals.hpp"

namespace dnshist::responder {

namespace asio = boost::asio;

namespace {

constexpr rlim_t other_descriptors = 64;         // the store, the logs, the metrics
constexpr rlim_t descriptors_of_event_loop = 4;  // of each worker
constexpr rlim_t files_of_levels = 1024;         // of a store of 100 GB, if the system has as many

// Logs what is to be said of the key files.
std::shared_ptr<const TsigKeys> take_keys(TsigKeyFiles files) {
    for (const std::string& warning : files.warnings)
        log_warning(warning);
    if (!files.keys.empty()) {
        log_info(std::to_string(files.keys.size()) +
                 (files.keys.size() == 1 ? " TSIG key" : " TSIG keys"));
    }
    return std::make_shared<const TsigKeys>(std::move(files.keys));
}

// Each TCP connection is an open file. Takes as many of these as the system lets us have; how many
// connections that is, `wanted` at most. The rest is for all else that is to go on meanwhile.
std::size_t allow_connections(std::size_t sockets, unsigned workers, std::size_t wanted) {
    const rlim_t others = sockets + workers * descriptors_of_event_loop + other_descriptors;
    rlimit limit{};
    const rlim_t most = wanted + others + files_of_levels;
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= most) return wanted;
    limit.rlim_cur = std::min(limit.rlim_max, most);
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) ::getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur >= wanted + others) return wanted;
    const std::size_t allowed = limit.rlim_cur - std::min(limit.rlim_cur, others);
    log_warning("the limit of open files, " + std::to_string(limit.rlim_cur) +
                ", is too low for responder.tcp_clients; it should be " +
                std::to_string(wanted + others) +
                " (LimitNOFILE= in the systemd unit); there is room for " +
                std::to_string(allowed) + " TCP connections");
    return allowed;
}

// Logs what a damaged value is, and what finds the others.
DamageReport damage_report() {
    return [often = std::make_shared<OncePerMinute>()](const std::string& where,
                                                       const std::string& what) {
        log_warning(*often, "the store is damaged: " + where + ": " + what +
                                "; it is skipped ('dnshist-zonegen check' finds all such)");
    };
}

class Server {
  public:
    Server(const ServerOptions& options, conf::Settings settings, TsigKeyFiles keys,
           TlsContexts tls);
    ~Server();
    // Opens the sockets and the query log; what stands in the way where it cannot.
    std::optional<Problem> listen();
    // Serves until a signal ends it; what stands in the way where it cannot.
    std::optional<Problem> run();

  private:
    WorkerConfig config(const conf::Settings& settings) const;
    std::optional<Problem> listen_at(const std::vector<conf::Endpoint>& endpoints, Service service);
    void start_workers();
    std::optional<Problem> show_metrics();
    std::optional<StoreReport> store_report();
    void watch_store();
    void wait_for_signal();
    void reload();
    void use(const conf::Settings& fresh);
    std::unique_ptr<QueryLog> renew_query_log(const std::filesystem::path& path);
    void retire(std::unique_ptr<QueryLog> log);

    struct Listening {
        conf::Endpoint endpoint;
        Service service;
    };

    const ServerOptions& options_;
    conf::Settings settings_;
    std::shared_ptr<const TsigKeys> keys_;
    TlsContexts tls_;
    const unsigned worker_count_;
    const CookieSecret cookie_secret_ = random_siphash_key();
    const std::shared_ptr<PageCursors> cursors_ = std::make_shared<PageCursors>();
    SharedHistory store_;
    std::vector<WorkerSockets> sockets_;  // until the workers have them
    std::vector<Listening> listening_;
    std::atomic<std::uint64_t> unwritten_ = 0;  // lines of query logs
    std::unique_ptr<QueryLog> query_log_;
    asio::io_context io_{1};
    asio::signal_set signals_{io_, SIGTERM, SIGINT, SIGHUP};
    std::deque<Worker> workers_;
    std::vector<std::thread> threads_;
    ServiceManager service_manager_{io_};
    Watchdog watchdog_{io_, workers_, store_, service_manager_};
    asio::steady_timer store_timer_{io_};
    std::unique_ptr<MetricsServer> metrics_;
};

Server::Server(const ServerOptions& options, conf::Settings settings, TsigKeyFiles keys,
               TlsContexts tls)
    : options_(options),
      settings_(std::move(settings)),
      keys_(take_keys(std::move(keys))),
      tls_(std::move(tls)),
      worker_count_(worker_count(settings_)),
      store_(settings_.store.directory, damage_report()) {}

Server::~Server() {
    for (Worker& worker : workers_)
        worker.stop();
    metrics_.reset();  // it looks at the workers, which are there still
    for (std::thread& thread : threads_)
        thread.join();
}

std::optional<Problem> Server::listen_at(const std::vector<conf::Endpoint>& endpoints,
                                         Service service) {
    for (const conf::Endpoint& endpoint : endpoints) {
        if (endpoint.address == "::1" && endpoints.size() > 1 && without_ipv6()) {
            log_warning("not listening on " + conf::endpoint_text(endpoint) +
                        ": this machine has no IPv6");
            continue;
        }
        const auto taken = responder::listen_at(endpoint, service, sockets_);
        if (!taken) return taken.error();
        listening_.push_back({*taken, service});
    }
    return std::nullopt;
}

std::optional<Problem> Server::listen() {
    sockets_.resize(worker_count_);
    const conf::ResponderSettings& from = settings_.responder;
    if (auto problem = listen_at(from.listen, Service::dns)) return problem;
    if (auto problem = listen_at(from.listen_tls, Service::dns_over_tls)) return problem;
    if (auto problem = listen_at(settings_.http.listen_tls, Service::https)) return problem;
    if (auto problem = listen_at(settings_.http.listen, Service::http)) return problem;
    const std::filesystem::path& path = settings_.responder.query_log;
    if (path.empty()) return std::nullopt;
    auto log = QueryLog::open(path, unwritten_);
    if (!log) return log.error();
    query_log_ = *std::move(log);
    return std::nullopt;
}

WorkerConfig Server::config(const conf::Settings& settings) const {
    for (const std::string& warning : conf::warnings_of(settings))
        log_warning(warning);
    if (const auto warning = expiry_warning(tls_, std::time(nullptr))) log_warning(*warning);
    const std::size_t connections = allow_connections(
        listening_.size() * worker_count_ * 2, worker_count_, settings.responder.tcp_clients);
    return {build_service(settings, keys_, worker_count_, cookie_secret_),
            build_tcp_limits(settings, connections, worker_count_), tls_,
            build_http(settings, cursors_), query_log_ ? query_log_->rings() : nullptr};
}

void Server::start_workers() {
    const WorkerConfig shared = config(settings_);
    for (WorkerSockets& sockets : sockets_)
        workers_.emplace_back(store_, shared, std::move(sockets));
    const BlockedSignals blocked;
    for (Worker& worker : workers_)
        threads_.emplace_back([&worker] { worker.run(); });
}

// From a thread of the metrics' own. A worker answers within a moment, unless it is stuck.
std::optional<StoreReport> Server::store_report() {
    if (!store_.answers()) return std::nullopt;
    const auto report = std::make_shared<std::promise<std::optional<StoreReport>>>();
    auto future = report->get_future();
    workers_.front().call(
        [report](BatchResponder& answering) { report->set_value(answering.report()); });
    if (future.wait_for(std::chrono::seconds(1)) != std::future_status::ready) return std::nullopt;
    return future.get();
}

std::optional<Problem> Server::show_metrics() {
    if (!settings_.responder.metrics) return std::nullopt;
    const conf::Endpoint& endpoint = *settings_.responder.metrics;
    MetricsSources sources;
    for (const Worker& worker : workers_)
        sources.workers.push_back(&worker.counters());
    sources.store = [this] { return store_report(); };
    sources.cluster = [this] { return store_.cluster_reading(); };
    sources.reopened = [this] { return store_.reopened(); };
    sources.unwritten = &unwritten_;
    auto metrics = MetricsServer::listen(endpoint, std::move(sources));
    if (!metrics) return metrics.error();
    metrics_ = *std::move(metrics);
    log_info("showing metrics at http://" + host_and_port(metrics_->endpoint()) + "/metrics");
    if (!is_loopback(endpoint)) {
        log_warning(
            "responder.metrics is not a loopback address: whoever reaches it sees how "
            "much is asked, and of what kind");
    }
    return std::nullopt;
}

std::optional<Problem> Server::run() {
    start_workers();
    if (auto problem = show_metrics()) return problem;
    std::string zones;
    for (const Name& zone : settings_.responder.zones)
        zones += " " + zone.text();
    log_info("serving" + zones + " from " + settings_.store.directory.string() + " with " +
             std::to_string(worker_count_) + (worker_count_ == 1 ? " thread" : " threads"));
    for (const Listening& at : listening_)
        log_info("listening on " + conf::endpoint_text(at.endpoint) + " (" +
                 std::string(service_text(at.service)) + ")");
    warn_of_search(settings_, [this] { return store_report(); });
    service_manager_.tell_ready();
    watchdog_.start();
    watch_store();
    wait_for_signal();
    io_.run();
    return std::nullopt;
}

// The files of the store may change while nobody asks, and a store that could not be opened may be
// there again.
void Server::watch_store() {
    store_timer_.expires_after(std::chrono::seconds(1));
    store_timer_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        if (store_.look()) {
            for (Worker& worker : workers_)
                worker.call([](BatchResponder& answering) { answering.renew(); });
        }
        watch_store();
    });
}

// A signal that comes during a reload is kept by the signal set, and is one more reload. Signals of
// one number that come before the process runs at all are one (signal(7)): the reload that follows
// begins after the last of them, and so reads what that was sent for.
void Server::wait_for_signal() {
    signals_.async_wait([this](const boost::system::error_code& error, int signal) {
        if (error) return;
        if (signal == SIGHUP) {
            reload();
            return wait_for_signal();
        }
        log_info("stopping");
        watchdog_.stop();
        store_timer_.cancel();
        service_manager_.tell_stopping();
    });
}

void Server::reload() {
    service_manager_.tell_reloading();
    const auto fresh = read_settings(options_);
    if (!fresh) {
        if (query_log_) renew_query_log(query_log_->path());
        log_error("the configuration stays as it was: " + fresh.error().text);
    } else {
        use(*fresh);
    }
    service_manager_.tell_ready();
}

void Server::use(const conf::Settings& fresh) {
    const auto needs_restart = [](const char* key, bool changed) {
        if (changed) log_warning(std::string(key) + " changes with the next restart");
    };
    const conf::ResponderSettings& from = fresh.responder;
    needs_restart("store.directory", fresh.store.directory != settings_.store.directory);
    needs_restart("a key for Ceph", is_other_cluster(fresh.store, settings_.store));
    needs_restart("responder.listen", from.listen != settings_.responder.listen);
    needs_restart("responder.listen_tls", from.listen_tls != settings_.responder.listen_tls);
    needs_restart("http.listen", fresh.http.listen != settings_.http.listen);
    needs_restart("http.listen_tls", fresh.http.listen_tls != settings_.http.listen_tls);
    needs_restart("responder.threads", from.threads != settings_.responder.threads);
    needs_restart("responder.metrics", from.metrics != settings_.responder.metrics);
    if (auto keys = read_keys(fresh)) {
        keys_ = take_keys(*std::move(keys));
    } else {
        log_error("the TSIG keys stay as they were: " + keys.error().text);
    }
    if (auto tls = read_tls(fresh)) {
        // If there is none any more, the sockets that listen keep the last one until they are
        // closed by a restart.
        if (tls->dns) tls_.dns = std::move(tls->dns);
        if (tls->http) tls_.http = std::move(tls->http);
    } else {
        log_error("the certificate stays as it was: " + tls.error().text);
    }
    auto before = renew_query_log(from.query_log);
    const WorkerConfig shared = config(fresh);
    for (Worker& worker : workers_)
        worker.use(shared);
    retire(std::move(before));
    log_info("the configuration was read again");
}

// Opens the query log anew, or another in its place, or none; the one that was before, if it is to
// end. Where the new one cannot be opened, it stays as it was.
std::unique_ptr<QueryLog> Server::renew_query_log(const std::filesystem::path& path) {
    std::optional<Problem> problem;
    if (query_log_ && query_log_->path() == path) {
        problem = query_log_->reopen();
    } else if (path.empty()) {
        return std::move(query_log_);
    } else if (auto log = QueryLog::open(path, unwritten_)) {
        return std::exchange(query_log_, *std::move(log));
    } else {
        problem = log.error();
    }
    if (problem) log_error(problem->text + "; logging goes on as it was");
    return nullptr;
}

// Ends the log once every worker has turned to the new one, and from this thread: it may have to
// wait for the disk.
void Server::retire(std::unique_ptr<QueryLog> log) {
    if (!log) return;
    const std::shared_ptr<QueryLog> last(std::move(log));
    for (Worker& worker : workers_) {
        worker.call([this, held = last](BatchResponder&) mutable {
            asio::post(io_, [released = std::move(held)]() mutable { released.reset(); });
        });
    }
}

}  // namespace

Result<conf::Settings> read_settings(const ServerOptions& options) {
    auto settings = conf::read_settings(options.config);
    if (!settings) return settings;
    if (options.store) settings->store.directory = *options.store;
    if (!options.listen.empty()) settings->responder.listen = options.listen;
    if (!options.zones.empty()) settings->responder.zones = options.zones;
    return settings;
}

int serve(const ServerOptions& options) {
    try {
        std::signal(SIGPIPE, SIG_IGN);  // a log that nobody reads any more
        auto settings = read_settings(options);
        if (!settings) {
            log_error(settings.error().text);
            return 1;
        }
        prepare_cluster(*settings);
        auto keys = read_keys(*settings);
        if (!keys) {
            log_error(keys.error().text);
            return 1;
        }
        auto tls = read_tls(*settings);
        if (!tls) {
            log_error(tls.error().text);
            return 1;
        }
        Server server(options, *std::move(settings), *std::move(keys), *std::move(tls));
        if (const auto problem = server.listen()) {
            log_error(problem->text);
            return 1;
        }
        if (const auto problem = server.run()) {
            log_error(problem->text);
            return 1;
        }
    } catch (const std::exception& error) {
        log_error(error.what());
        return 1;
    }
    log_info("stopped");
    return 0;
}

}  // namespace dnshist::responder
