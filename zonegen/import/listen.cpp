#include "zonegen/import/listen.hpp"

#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <string>
#include <thread>
#include <utility>

#include "zonegen/dnstap/dnstap_server.hpp"
#include "zonegen/dnstap/read_pause.hpp"
#include "zonegen/import/live_batches.hpp"
#include "zonegen/import/summary.hpp"

namespace dnshist::zonegen {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::minutes between_reports{1};
constexpr std::chrono::minutes between_complaints{1};

class Listening {
  public:
    Listening(HistoryWriter& writer, const ListenOptions& options, RejectReport& rejects,
              Terminal& terminal, int stop_descriptor)
        : options_(options),
          times_(options.times),
          rejects_(rejects),
          terminal_(terminal),
          batches_(writer, Counts::add, options.window_observations,
                   {[this] { asio::post(io_, [this] { server_.resume(); }); },
                    [this](const std::string& why) {
                        asio::post(io_, [this, why] { complain_of_store(why); });
                    }}),
          server_(io_, options.dnstap, {.senders = options.senders}, receiver()),
          turn_(io_),
          report_(io_),
          stop_(io_, ::dup(stop_descriptor)) {}

    bool run() {
        for (const conf::DnstapPlace& place : options_.places) {
            const auto where = server_.listen(place);
            if (!where) {
                terminal_.complain(where.error().text);
                server_.stop();
                return false;
            }
            terminal_.say("listening for dnstap at " + conf::dnstap_place_text(*where));
        }
        ::sd_notify(0, "READY=1");
        stop_.async_wait(asio::posix::stream_descriptor::wait_read, [this](const auto& error) {
            if (!error) stop();
        });
        turn_regularly();
        report_regularly();
        serve();
        return conclude();
    }

  private:
    // Until it is stopped. The thread sleeps through the pauses: Asio would be woken in them.
    void serve() {
        ReadPause pause;
        std::uint64_t before = 0;
        while (io_.run_one() != 0) {
            io_.poll();
            const std::uint64_t received =
                server_.octets() - std::exchange(before, server_.octets());
            const auto rest = pause.after(received);
            if (!stopping_ && rest.count() != 0) std::this_thread::sleep_for(rest);
        }
    }

    DnstapReceiver receiver() {
        return {.observe = [this](const Observation& observation) { observe(observation); },
                .refuse =
                    [this](const std::string& sender, std::uint64_t frame, std::string_view record,
                           const Reject& reject) { rejects_.add(sender, frame, record, reject); },
                .check_time = [this](Period seen) { return times_.check(seen); },
                .full = [this] { return batches_.full(); },
                .log = [this](const std::string& line) { terminal_.say(line); }};
    }

    void observe(const Observation& observation) {
        if (!options_.filter.keeps(observation.owner, observation.type)) {
            ++left_out_;
            return;
        }
        batches_.add(observation);
        ++observations_;
    }

    // Every half window: the batch that is written and the one that is filled make up a window.
    void turn_regularly() {
        turn_.expires_after(std::chrono::milliseconds(options_.window) * 500);
        turn_.async_wait([this](const auto& error) {
            if (error || stopping_) return;
            batches_.turn();
            turn_regularly();
        });
    }

    void report_regularly() {
        report_.expires_after(between_reports);
        report_.async_wait([this](const auto& error) {
            if (error || stopping_) return;
            if (server_.frames() != frames_reported_) terminal_.say(summary());
            frames_reported_ = server_.frames();
            report_regularly();
        });
    }

    void stop() {
        ::sd_notify(0, "STOPPING=1");
        stopping_ = true;
        turn_.cancel();
        report_.cancel();
        server_.stop();
    }

    void complain_of_store(const std::string& why) {
        const auto now = std::chrono::steady_clock::now();
        if (complained_ && now - *complained_ < between_complaints) return;
        complained_ = now;
        terminal_.complain(why);
    }

    bool conclude() {
        const std::uint64_t lost = batches_.finish();
        io_.restart();
        io_.poll();
        std::string told = summary();
        if (const std::string unwanted = server_.passed_over(); !unwanted.empty()) {
            told += "\npassed over, by kind of message: " + unwanted;
        }
        terminal_.say(told + reasons_text(rejects_));
        if (lost == 0) return true;
        terminal_.complain(std::to_string(lost) +
                           " observations could not be written and are lost");
        return false;
    }

    std::string summary() {
        const Intake written = batches_.written();
        std::string text = std::to_string(server_.frames()) + " frames, " +
                           std::to_string(observations_) + " observations, " +
                           std::to_string(written.observations) +
                           " of them written: " + std::to_string(written.new_records) +
                           " new records, " + std::to_string(written.merged_records) + " merged; " +
                           std::to_string(rejects_.total()) + " rejected; ";
        if (left_out_ != 0) text += std::to_string(left_out_) + " left out; ";
        if (written.refused_children != 0)
            text += std::to_string(written.refused_children) +
                    " of names above the limit of new children; ";
        text += std::to_string(server_.senders()) + " senders";
        if (written.writing && written.writing->observations != 0)
            text += "; written: " + writing_text(*written.writing);
        return text;
    }

    const ListenOptions& options_;
    TimeLimit times_;
    RejectReport& rejects_;
    Terminal& terminal_;
    asio::io_context io_{1};
    LiveBatches batches_;
    DnstapServer server_;
    asio::steady_timer turn_;
    asio::steady_timer report_;
    asio::posix::stream_descriptor stop_;
    bool stopping_ = false;
    std::uint64_t observations_ = 0;
    std::uint64_t left_out_ = 0;
    std::uint64_t frames_reported_ = 0;
    std::optional<std::chrono::steady_clock::time_point> complained_;
};

}  // namespace

bool listen(HistoryWriter& writer, const ListenOptions& options, RejectReport& rejects,
            Terminal& terminal, int stop_descriptor) {
    return Listening(writer, options, rejects, terminal, stop_descriptor).run();
}

}  // namespace dnshist::zonegen
