#include "responder/dispatch/batch_responder.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include "responder/observe/log.hpp"
#include "storage/tablet/tablet_reader.hpp"

namespace dnshist::responder {

namespace {

OncePerMinute failures;

// A question that has waited so often needs more than is kept even for such.
constexpr unsigned most_rounds = 32;

}  // namespace

BatchResponder::BatchResponder(SharedHistory& store, std::shared_ptr<History> history,
                               std::shared_ptr<const ServiceConfig> service)
    : store_(store),
      history_(std::move(history)),
      service_(std::move(service)),
      responder_(*history_, *service_) {}

void BatchResponder::use(std::shared_ptr<const ServiceConfig> service) {
    responder_.use(*service);
    service_ = std::move(service);
}

void BatchResponder::use(std::shared_ptr<History> history) {
    responder_.use(history.get());
    history_ = std::move(history);
}

void BatchResponder::log_to(std::shared_ptr<QueryLogRings> query_log) {
    if (query_log == query_log_) return;
    ring_ = query_log ? query_log->add() : nullptr;
    query_log_ = std::move(query_log);
}

bool BatchResponder::begin() noexcept {
    try {
        const Seconds now = now_utc();
        const auto uptime = std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::steady_clock::now().time_since_epoch());
        if (!responder_.begin(now, uptime)) {
            store_.reopen(responder_.trouble());
            use(std::shared_ptr<History>());
            responder_.begin(now, uptime);
        }
        return true;
    } catch (const std::exception& error) {
        log_warning(failures, std::string("questions are left without an answer: ") + error.what());
        return false;
    }
}

void BatchResponder::end() noexcept {
    if (!responder_.trouble().empty()) {
        log_warning(failures, "questions are answered with SERVFAIL: " + responder_.trouble());
    }
    responder_.end();
    if (std::exchange(logged_, false)) query_log_->notify();
}

void BatchResponder::prefetch(std::span<std::optional<ParsedRequest>> batch) noexcept {
    try {
        responder_.prefetch(batch);
    } catch (const std::exception&) {
        // The fault shows again, and is reported, when the first of them is answered.
    }
}

Response BatchResponder::respond(ParsedRequest& parsed, const Client& client,
                                 std::span<std::uint8_t> room, Budget budget) noexcept {
    try {
        if (!is_timed(budget)) {
            const Response response = responder_.respond(parsed, client, room, budget);
            count(client, budget, response.verdict);
            return response;
        }
        const auto before = Clock::now();
        const Response response = responder_.respond(parsed, client, room, budget);
        const auto taken = Clock::now() - before;
        count(client, budget, response.verdict);
        if (response.verdict != Verdict::send) return response;
        counters_.timing(budget).add(taken);
        if (ring_) log(client, response.size, taken);
        return response;
    } catch (const std::exception& error) {
        log_warning(failures, std::string("a question is left without an answer: ") + error.what());
        counters_.drop(Drop::failed);
        return {Verdict::fail};
    }
}

void BatchResponder::read_later(std::function<void()> arrived) {
    responder_.read_later(std::move(arrived));
}

void BatchResponder::answer_again(const Waited& waited) {
    Lookup* const store = responder_.store();
    TabletReader* const tablets = store == nullptr ? nullptr : store->snapshot().tablets();
    if (tablets == nullptr) return;
    tablets->take_awaited();  // of those before
    if (!waited.failure.empty()) {
        tablets->fail(waited.failure);
    } else if (waited.rounds >= most_rounds) {
        tablets->fail("a question needs too much of it at once; a larger store.cache may help");
    } else {
        tablets->set_round(waited.rounds);
    }
}

void BatchResponder::do_not_wait() {
    Waited waited;
    waited.failure = "too many questions wait for it";
    answer_again(waited);
}

StoreTicket BatchResponder::awaited() noexcept {
    return responder_.store()->snapshot().tablets()->take_awaited().value_or(0);
}

bool BatchResponder::awaits() noexcept {
    Lookup* const store = responder_.store();
    TabletReader* const tablets = store == nullptr ? nullptr : store->snapshot().tablets();
    return tablets != nullptr && tablets->is_awaited();
}

std::vector<BatchResponder::Arrival> BatchResponder::take_arrivals() {
    std::vector<Arrival> arrivals;
    Lookup* const store = responder_.store();
    TabletReader* const tablets = store == nullptr ? nullptr : store->snapshot().tablets();
    if (tablets == nullptr) return arrivals;
    for (TabletReader::Arrival& arrival : tablets->take_arrivals())
        arrivals.push_back({arrival.ticket, std::move(arrival.failure)});
    return arrivals;
}

bool BatchResponder::is_timed(Budget budget) noexcept {
    if (budget != Budget::quick || ring_) return true;
    if (until_sample_ > 0) {
        --until_sample_;
        return false;
    }
    until_sample_ = quick_sample - 1;
    return true;
}

void BatchResponder::count(const Client& client, Budget budget, Verdict verdict) noexcept {
    switch (verdict) {
        case Verdict::defer:
            return counters_.deferred.add();
        case Verdict::wait:
            return counters_.waited.add();
        case Verdict::fail:  // counted where it is caught
            return;
        case Verdict::drop:
            return counters_.drop(responder_.outcome().limited ? Drop::limited : Drop::undeserved);
        case Verdict::send:
            break;
    }
    counters_.count(client.transport, responder_.outcome());
    if (budget == Budget::cut) counters_.cut.add();
}

void BatchResponder::note(const Client& client, const LoggedHttp& http, std::size_t octets,
                          Clock::duration taken) noexcept {
    auto& responses = counters_.http_responses[static_cast<std::size_t>(client.transport)];
    responses[std::min<std::size_t>(http.status / 100, responses.size() - 1)].add();
    if (!ring_) return;
    LoggedQuestion logged;
    logged.http = http;
    push(logged, client, octets, taken);
}

void BatchResponder::log(const Client& client, std::size_t size, Clock::duration taken) noexcept {
    LoggedQuestion logged;
    const QueryOutcome& outcome = responder_.outcome();
    logged.type = outcome.type;
    logged.rcode = outcome.rcode;
    logged.name.assign(outcome.qname);
    push(logged, client, size, taken);
}

void BatchResponder::push(LoggedQuestion& logged, const Client& client, std::size_t size,
                          Clock::duration taken) noexcept {
    using std::chrono::duration_cast;
    using std::chrono::microseconds;
    logged.time =
        duration_cast<microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    logged.client = client;
    logged.octets = static_cast<std::uint32_t>(size);
    logged.microseconds = static_cast<std::uint32_t>(duration_cast<microseconds>(taken).count());
    if (!ring_->push(logged)) return counters_.unlogged.add();
    logged_ = true;
}

std::optional<StoreReport> BatchResponder::report() noexcept {
    if (!begin()) return std::nullopt;
    std::optional<StoreReport> report;
    try {
        if (responder_.trouble().empty())
            report = {responder_.statistics(), responder_.levels(), history_->reader_slots()};
    } catch (const std::exception&) {
        // begin() or the next question says what is wrong
    }
    end();
    return report;
}

}  // namespace dnshist::responder
