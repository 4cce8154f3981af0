#include "responder/answering.hpp"

#include <chrono>
#include <exception>

#include "responder/log.hpp"

namespace dnshist {

namespace {

OncePerMinute failures;

}  // namespace

Answering::Answering(History& history, std::shared_ptr<const Service> service, Rendezvous& followed)
    : service_(std::move(service)), responder_(history, *service_), followed_(followed) {}

void Answering::use(std::shared_ptr<const Service> service) {
    responder_.use(*service);
    service_ = std::move(service);
}

bool Answering::begin() noexcept {
    try {
        const Seconds now = now_utc();
        const auto uptime = std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::steady_clock::now().time_since_epoch());
        if (responder_.begin(now, uptime)) return true;
        followed_.gather();
        return responder_.begin(now, uptime);
    } catch (const std::exception& error) {
        log_warning(failures, std::string("questions are left without an answer: ") + error.what());
        return false;
    }
}

void Answering::end() noexcept {
    if (!responder_.trouble().empty()) {
        log_warning(failures, "questions are answered with SERVFAIL: " + responder_.trouble());
    }
    responder_.end();
}

std::size_t Answering::respond(Octets request, const Client& client, std::span<std::uint8_t> room,
                               Effort effort) noexcept {
    try {
        return responder_.respond(request, client, room, effort);
    } catch (const std::exception& error) {
        log_warning(failures, std::string("a question is left without an answer: ") + error.what());
        return 0;
    }
}

}  // namespace dnshist
