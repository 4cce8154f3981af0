// Runs each hot path a fixed number of times under callgrind, so that tests/bench/budget can count
// its instructions. Every run executes the same instructions.
//
//     hot_paths DIRECTORY
//
// DIRECTORY was written by make_history and has a store beside the feed, and frames of dnstap. For
// each path a line "NAME RUNS" is printed, then callgrind writes its counts. Each path runs twice
// and the second run is counted, since the first one grows the buffers.
#include <valgrind/callgrind.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "responder/answer/respond.hpp"
#include "storage/history/history.hpp"
#include "storage/history/history_writer.hpp"
#include "tests/support/ask.hpp"
#include "tests/support/temporary_directory.hpp"
#include "zonegen/cof/cof_parser.hpp"
#include "zonegen/dnstap/dnstap_observer.hpp"
#include "zonegen/dnstap/frame_stream.hpp"
#include "zonegen/feed/feed.hpp"

using namespace dnshist;
using namespace dnshist::responder;
using namespace dnshist::zonegen;

namespace {

constexpr Seconds now{1767225600};  // 2026-01-01T00:00:00Z
constexpr std::size_t questions_of_a_kind = 400;
constexpr std::size_t observations = 20'000;
constexpr std::uint8_t nxdomain = 3;

using Message = std::vector<std::uint8_t>;

// Runs `path`, which does its work `runs` times, and counts its instructions.
void count(const char* name, std::size_t runs, const std::function<void()>& path) {
    CALLGRIND_ZERO_STATS;
    path();
    CALLGRIND_DUMP_STATS_AT(name);
    std::printf("%s %zu\n", name, runs);
}

std::vector<Message> questions(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::vector<Message> messages;
    std::string name;
    std::string type;
    while (messages.size() < questions_of_a_kind && in >> name >> type) {
        type += ' ';
        type += name;
        messages.push_back(test::request_of(test::ask_from_text(type)));
    }
    if (messages.empty()) throw std::runtime_error("no questions in " + file.string());
    return messages;
}

class Server {
  public:
    explicit Server(const std::filesystem::path& store) : history_(store) {
        service_.zones.push_back(Name::from_text("pdns.local").value());
        responder_ = std::make_unique<Responder>(history_, service_);
        if (!responder_->begin(now)) throw std::runtime_error("the store cannot be read");
    }

    // The code of the answer.
    std::uint8_t ask(const Message& message) {
        if (responder_->respond(message, {Transport::udp}, room_).verdict != Verdict::send) {
            throw std::runtime_error("no answer");
        }
        return room_[3] & 15U;
    }

    // In batches, as they come in over UDP.
    void count_all(const char* name, const std::vector<Message>& messages) {
        const auto path = [&] {
            for (std::size_t begin = 0; begin < messages.size(); begin += batch_.size()) {
                const std::size_t size = std::min(batch_.size(), messages.size() - begin);
                for (std::size_t i = 0; i < size; ++i)
                    batch_[i].emplace(messages[begin + i]);
                const auto batch = std::span(batch_).first(size);
                responder_->prefetch(batch);
                for (auto& parsed : batch)
                    responder_->respond(*parsed, {Transport::udp}, room_);
            }
        };
        path();
        count(name, messages.size(), path);
    }

  private:
    ServiceConfig service_;
    History history_;
    std::unique_ptr<Responder> responder_;
    std::array<std::optional<ParsedRequest>, 32> batch_;
    std::vector<std::uint8_t> room_ = std::vector<std::uint8_t>(max_tcp_octets);
};

void answer(const std::filesystem::path& directory) {
    Server server(directory / "store");
    std::vector<Message> seen;
    std::vector<Message> never_seen;
    for (const Message& message : questions(directory / "questions.history"))
        (server.ask(message) == nxdomain ? never_seen : seen).push_back(message);
    server.count_all("history", seen);
    server.count_all("nxdomain", never_seen);
    for (const char* kind : {"all", "address", "prefix", "names", "at"})
        server.count_all(kind, questions(directory / ("questions." + std::string(kind))));
}

std::vector<std::string> lines_of(const std::filesystem::path& feed) {
    std::ifstream in(feed);
    std::vector<std::string> lines;
    for (std::string line; lines.size() < observations && std::getline(in, line);) {
        line.resize(line.size() + Feed::padding_octets);  // as a feed has it
        lines.push_back(line);
    }
    return lines;
}

void import(const std::filesystem::path& directory) {
    const std::vector<std::string> lines = lines_of(directory / "feed.json");
    Batch batch;
    CofParser parser([&](const Observation& observation) { batch.add(observation); },
                     [](const Reject&) { throw std::runtime_error("a rejected line"); });
    const auto read = [&] {
        batch.clear();
        for (const std::string& line : lines)
            parser.read(std::string_view(line).substr(0, line.size() - Feed::padding_octets));
    };
    read();
    count("cof", lines.size(), read);

    const test::TemporaryDirectory fresh;
    HistoryWriter writer(fresh.path(), {.gap = default_gap});
    const auto apply = [&] { writer.apply(batch, std::nullopt, {}, now); };
    count("first_import", lines.size(), apply);
    read();
    count("merge", lines.size(), apply);
}

// What listen does with each frame, up to the batch.
void take(const std::filesystem::path& directory) {
    std::ifstream in(directory / "feed.dnstap", std::ios::binary);
    const std::string feed{std::istreambuf_iterator<char>(in), {}};
    Batch batch;
    const Sink sink{[&](const Observation& observation) { batch.add(observation); },
                    [](std::uint64_t, std::string_view, const Reject&) {
                        throw std::runtime_error("a rejected frame");
                    }};
    DnstapObserver observer(DnstapOptions{}, sink);
    std::size_t frames = 0;
    const auto read = [&] {
        batch.clear();
        frames = 0;
        for (Octets ahead = as_octets(feed); !ahead.empty();) {
            const Frame frame = next_frame(ahead);
            if (frame.kind != Frame::Kind::data) throw std::runtime_error("no data frame");
            observer.observe(++frames, frame.payload);
            ahead = ahead.subspan(frame.octets);
        }
    };
    read();
    count("dnstap", frames, read);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fputs("usage: hot_paths DIRECTORY\n", stderr);
        return 2;
    }
    try {
        answer(argv[1]);
        import(argv[1]);
        take(argv[1]);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "hot_paths: %s\n", error.what());
        return 1;
    }
    return 0;
}
