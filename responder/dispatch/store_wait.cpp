#include "responder/dispatch/store_wait.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <utility>
#include <vector>

namespace dnshist::responder {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

// With what a look takes, no question waits for more than two seconds.
constexpr auto patience = 1800ms;
constexpr auto look = 100ms;
constexpr const char* too_late = "a part of it did not arrive within two seconds; see 'ceph -s'";

}  // namespace

StoreWait::StoreWait(asio::io_context& io, BatchResponder& responder)
    : io_(io), responder_(responder), timer_(io) {
    // The event loop outlives the reader, which may call this as long as it is there.
    responder.read_later([this, loop = &io_] { asio::post(*loop, [this] { take_arrivals(); }); });
}

void StoreWait::join(StoreTicket ticket, Waited waited, Turn turn) {
    waiting_.emplace(ticket, Entry{std::move(waited), std::move(turn)});
    if (!std::exchange(watches_, true)) watch();
}

asio::awaitable<Waited> StoreWait::wait(StoreTicket ticket, Waited waited) {
    return asio::async_initiate<const asio::use_awaitable_t<>&, void(Waited)>(
        [this, ticket, waited = std::move(waited)](auto handler) {
            const auto resume = std::make_shared<decltype(handler)>(std::move(handler));
            join(ticket, waited, [resume](Waited again) { std::move (*resume)(std::move(again)); });
        },
        asio::use_awaitable);
}

void StoreWait::take_arrivals() {
    responder_.renew();
    for (const auto& [ticket, failure] : responder_.take_arrivals())
        call(ticket, failure);
}

void StoreWait::call(StoreTicket ticket, const std::string& failure) {
    const auto [begin, end] = waiting_.equal_range(ticket);
    std::vector<Entry> entries;
    for (auto each = begin; each != end; ++each)
        entries.push_back(std::move(each->second));
    waiting_.erase(begin, end);
    for (Entry& entry : entries) {
        ++entry.waited.rounds;
        entry.waited.failure = failure;
        entry.turn(std::move(entry.waited));
    }
}

void StoreWait::watch() {
    timer_.expires_after(look);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        give_up_late();
        watches_ = !waiting_.empty();
        if (watches_) watch();
    });
}

void StoreWait::give_up_late() {
    const auto latest = std::chrono::steady_clock::now() - patience;
    std::vector<Entry> late;
    std::erase_if(waiting_, [&](auto& each) {
        if (each.second.waited.since > latest) return false;
        late.push_back(std::move(each.second));
        return true;
    });
    for (Entry& entry : late) {
        entry.waited.failure = too_late;
        entry.turn(std::move(entry.waited));
    }
}

void StoreWait::close() {
    closed_ = true;
    timer_.cancel();
    for (auto& [ticket, entry] : std::exchange(waiting_, {})) {
        entry.waited.failure = "the responder is stopping";
        entry.turn(std::move(entry.waited));
    }
}

}  // namespace dnshist::responder
