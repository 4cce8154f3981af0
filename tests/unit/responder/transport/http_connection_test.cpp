// HTTP over real sockets on loopback, out of a cluster that is slow: what waits for it holds nobody
// up, and is answered when it comes.
#include "responder/transport/http_connection.hpp"

#include <sys/socket.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "responder/server/worker.hpp"
#include "storage/cluster/cluster_store.hpp"
#include "storage/object/open_objects.hpp"
#include "tests/support/given.hpp"
#include "tests/unit/responder/server/loopback.hpp"
#include "tests/unit/storage/tablet/memory_objects.hpp"

namespace dnshist::responder {

BOOST_AUTO_TEST_SUITE(http_connection_test)

namespace {

using test::question;

constexpr const char* location = "memory://pool/world";
constexpr int names = 20'000;

// How the cluster fares at present.
class Weather {
  public:
    enum class State : std::uint8_t { fair, held, away };

    void set(State state) {
        const std::lock_guard lock(mutex_);
        state_ = state;
        changed_.notify_all();
    }
    // It goes away after so many reads.
    void leave_after(unsigned reads) {
        const std::lock_guard lock(mutex_);
        left_ = reads;
    }
    // Until reads are held, and there is one.
    void wait_for_held() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return held_ > 0; });
    }
    template <class Read>
    void read(const Read& read) {
        std::unique_lock lock(mutex_);
        ++held_;
        changed_.notify_all();
        changed_.wait(lock, [this] { return state_ != State::held; });
        --held_;
        if (state_ == State::fair && left_ && (*left_)-- == 0) state_ = State::away;
        if (state_ == State::away)
            throw ObjectError(ObjectError::Kind::unreachable, "nobody is there");
        read();
    }

  private:
    std::mutex mutex_;  // of all, and of the objects
    std::condition_variable changed_;
    State state_ = State::fair;
    std::optional<unsigned> left_;
    unsigned held_ = 0;
};

class HeldObjects final : public ObjectStore {
  public:
    HeldObjects(test::MemoryObjects::Objects& objects, Weather& weather)
        : objects_(objects), weather_(weather) {}

    void read(std::span<ObjectRead> reads) override {
        weather_.read([&] { objects_.read(reads); });
    }
    void write(std::span<ObjectWrite> writes) override { objects_.write(writes); }
    void remove(std::span<const std::string> removed) override { objects_.remove(removed); }
    std::vector<std::string> list() override { return objects_.list(); }
    bool try_lock(const std::string&, const std::string&, std::uint32_t) override { return true; }
    void unlock(const std::string&, const std::string&) override {}
    void break_lock(const std::string&) override {}

  private:
    test::MemoryObjects objects_;
    Weather& weather_;
};

FileDescriptor connect(const conf::Endpoint& endpoint, int type) {
    FileDescriptor client = test::connected(endpoint, type);
    BOOST_TEST_REQUIRE(client.get() >= 0);
    return client;
}

void send(const FileDescriptor& client, std::string_view text) {
    BOOST_TEST_REQUIRE(test::send(client, text));
}

// A response with its content.
std::string receive(const FileDescriptor& client) {
    constexpr std::string_view length = "content-length: ";
    std::string text;
    std::array<char, 4096> room;
    const auto is_whole = [&] {
        const std::size_t end = text.find("\r\n\r\n");
        if (end == text.npos) return false;
        const std::size_t at = text.find(length);
        if (at > end) return text.ends_with("\r\n0\r\n\r\n");  // in chunks
        return text.size() == end + 4 + std::stoul(text.substr(at + length.size()));
    };
    while (!is_whole()) {
        const ssize_t count = ::recv(client.get(), room.data(), room.size(), 0);
        BOOST_TEST_REQUIRE(count > 0);
        text.append(room.data(), static_cast<std::size_t>(count));
    }
    return text;
}

std::string get(std::string_view target) {
    return "GET " + std::string(target) + " HTTP/1.1\r\nhost: localhost\r\n\r\n";
}

std::string post(std::string_view name) {
    const std::string message = question(name);
    return "POST /dns-query HTTP/1.1\r\nhost: localhost\r\ncontent-type: "
           "application/dns-message\r\ncontent-length: " +
           std::to_string(message.size()) + "\r\n\r\n" + message;
}

// The response code in the answer to a post().
int rcode_of(const std::string& response) {
    return response.at(response.find("\r\n\r\n") + 7) & 0xf;
}

std::size_t count_of(std::string_view text, std::string_view part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1))
        ++count;
    return count;
}

// One worker in front of a cluster in memory.
struct Serving {
    Serving() {
        add_object_opener("memory", [this](const ObjectLocation&, Patience) {
            return std::make_unique<HeldObjects>(stored, weather);
        });
        test::Given given;
        for (const std::string& line :
             test::expand("n{1.." + std::to_string(names) +
                          "}.example.com. A 192.0.2.1  2019-01-01 .. 2025-01-01")) {
            given.add(line, now_utc());
        }
        given.write(location, now_utc());
        cluster_cache().age = std::chrono::hours(1);  // nothing is read again
        store.emplace(location);
        auto service = std::make_shared<ServiceConfig>();
        service->zones.push_back(Name::from_text("pdns.local").value());
        std::array<WorkerSockets, 1> sockets;
        dns = listen_at({"127.0.0.1", 0}, Service::dns, sockets).value();
        http = listen_at({"127.0.0.1", 0}, Service::http, sockets).value();
        worker.emplace(*store, WorkerConfig{service, {}, {}}, std::move(sockets[0]));
        thread = std::thread([this] { worker->run(); });
    }
    ~Serving() {
        weather.set(Weather::State::fair);
        worker->stop();
        thread.join();
        cluster_cache() = {};
    }

    // Whether a question that needs nothing of the cluster is answered.
    bool answers_cheap_ones() const {
        const FileDescriptor client = connect(dns, SOCK_DGRAM);
        send(client, question("help.pdns.local"));
        std::array<char, 4096> room;
        return ::recv(client.get(), room.data(), room.size(), 0) > 12 && (room[3] & 0xf) == 0;
    }
    std::string ask(const std::string& request) const {
        const FileDescriptor client = connect(http, SOCK_STREAM);
        send(client, request);
        return receive(client);
    }

    test::MemoryObjects::Objects stored;
    Weather weather;
    std::optional<SharedHistory> store;
    conf::Endpoint dns;
    conf::Endpoint http;
    std::optional<Worker> worker;
    std::thread thread;
};

constexpr const char* all = "/dnsdb/v2/lookup/rrset/name/*.example.com";
constexpr std::size_t most_records = 10'000;  // of a request that does not say how many
constexpr std::string_view object = R"({"obj":)";

// How it came in chunks depends on when it was read.
std::string content_of(const std::string& response) {
    std::string_view rest = response;
    rest.remove_prefix(rest.find("\r\n\r\n") + 4);
    if (response.find("transfer-encoding: chunked") == response.npos) return std::string(rest);
    std::string content;
    while (const std::size_t size = std::stoul(std::string(rest.substr(0, 4)), nullptr, 16)) {
        rest.remove_prefix(rest.find("\r\n") + 2);
        content += rest.substr(0, size);
        rest.remove_prefix(size + 2);
    }
    return content;
}
}  // namespace

BOOST_FIXTURE_TEST_CASE(requests_that_wait_for_a_cluster_hold_nobody_up, Serving) {
    weather.set(Weather::State::held);
    const FileDescriptor doh = connect(http, SOCK_STREAM);
    const FileDescriptor rest = connect(http, SOCK_STREAM);
    send(doh, post("history.n7.example.com.pdns.local"));
    send(rest, get(all));
    weather.wait_for_held();
    for (int asked = 0; asked < 5; ++asked)
        BOOST_TEST(answers_cheap_ones());
    weather.set(Weather::State::fair);
    BOOST_TEST(rcode_of(receive(doh)) == 0);
    const std::string answer = receive(rest);
    BOOST_TEST(answer.starts_with("HTTP/1.1 200"));
    BOOST_TEST(count_of(content_of(answer), object) == most_records);
}

// More than one batch of datagrams, each from a client of its own.
BOOST_FIXTURE_TEST_CASE(questions_that_waited_together_all_get_their_own_answers, Serving) {
    weather.set(Weather::State::held);
    std::vector<FileDescriptor> clients;
    const auto name = [](std::size_t number) {
        return "history.n" + std::to_string(1 + number * 200) + ".example.com.pdns.local";
    };
    for (std::size_t number = 0; number < 80; ++number) {
        clients.push_back(connect(dns, SOCK_DGRAM));
        send(clients.back(), question(name(number)));
    }
    weather.wait_for_held();
    weather.set(Weather::State::fair);
    for (std::size_t number = 0; number < clients.size(); ++number) {
        std::array<char, 4096> room;
        const ssize_t count = ::recv(clients[number].get(), room.data(), room.size(), 0);
        BOOST_TEST_REQUIRE(count > 12);
        const std::string_view answer(room.data(), static_cast<std::size_t>(count));
        BOOST_TEST((answer[3] & 0xf) == 0);
        const std::string asked = question(name(number));
        BOOST_TEST(answer.substr(12, asked.size() - 12) == asked.substr(12));
    }
}

BOOST_FIXTURE_TEST_CASE(a_cluster_that_is_away_is_said_and_then_answers_again, Serving) {
    weather.set(Weather::State::away);
    BOOST_TEST(rcode_of(ask(post("history.n7.example.com.pdns.local"))) == 2);
    for (const char* target :
         {all, "/lookup/rrset/name/n7.example.com", "/pdns/query/n7.example.com", "/info"}) {
        BOOST_TEST(ask(get(target)).starts_with("HTTP/1.1 503"), target);
    }
    BOOST_TEST(answers_cheap_ones());
    weather.set(Weather::State::fair);
    BOOST_TEST(rcode_of(ask(post("history.n7.example.com.pdns.local"))) == 0);
    BOOST_TEST(ask(get(all)).starts_with("HTTP/1.1 200"));
}

BOOST_FIXTURE_TEST_CASE(a_stream_that_has_begun_says_that_it_failed, Serving) {
    weather.leave_after(3);
    const std::string answer = ask(get(all));
    BOOST_TEST(answer.starts_with("HTTP/1.1 200"));
    BOOST_TEST(count_of(answer, R"({"cond":"failed")") == 1U);
    const std::size_t given = count_of(content_of(answer), object);
    BOOST_TEST(given > 0U);
    BOOST_TEST(given < most_records);
}

// The second time nothing is missing.
BOOST_FIXTURE_TEST_CASE(an_answer_is_the_same_whether_it_waited_or_not, Serving) {
    for (const char* target :
         {all, "/dnsdb/v2/summarize/rrset/name/*.example.com",
          "/dnsdb/v2/glob/rrnames/n1*.example.com", "/lookup/rdata/ip/192.0.2.1?limit=3000",
          "/lookup/rrset/name/never.example.com", "/pdns/query/n7.example.com"}) {
        const std::string waited = ask(get(target));
        const std::string again = ask(get(target));
        BOOST_TEST(content_of(waited) == content_of(again), target);
    }
    BOOST_TEST(content_of(ask(get("/dnsdb/v2/summarize/rrset/name/*.example.com?limit=0")))
                   .find(R"("num_results":20000)") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dnshist::responder
