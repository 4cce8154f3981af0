// Questions that wait for a part of a cluster hold up nobody, whatever that part is: a block, the
// text of a source, a table of symbols.
#include "responder/dispatch/store_wait.hpp"

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "responder/web/http_service.hpp"
#include "tests/support/ask.hpp"
#include "tests/support/show.hpp"
#include "tests/unit/storage/history/memory_cluster.hpp"

namespace dnshist::responder {

BOOST_AUTO_TEST_SUITE(store_wait_test)

namespace {

using namespace std::chrono_literals;
using test::Cluster;
using test::MemoryObjects;

// Where reads of some objects wait, or fail.
class Gate {
  public:
    void close(const std::string& object) {
        const std::lock_guard lock(mutex_);
        closed_.insert(object);
    }
    void open(bool succeeds = true) {
        const std::lock_guard lock(mutex_);
        closed_.clear();
        fails_ = !succeeds;
        changed_.notify_all();
    }
    // Whoever waits at a gate that nobody opens would wait for ever.
    void pass(const std::string& object) {
        std::unique_lock lock(mutex_);
        if (!closed_.contains(object)) return;
        ++arrived_;
        if (!changed_.wait_for(lock, 20s, [&] { return !closed_.contains(object); })) stuck_ = true;
        if (fails_) throw ObjectError(ObjectError::Kind::unreachable, "an OSD is away");
    }
    unsigned arrived() {
        const std::lock_guard lock(mutex_);
        return arrived_;
    }
    bool is_stuck() {
        const std::lock_guard lock(mutex_);
        return stuck_;
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::set<std::string> closed_;
    bool fails_ = false;
    bool stuck_ = false;
    unsigned arrived_ = 0;
};

// The cluster in memory, read by several threads.
class GatedObjects final : public ObjectStore {
  public:
    explicit GatedObjects(Gate& gate) : gate_(gate) {}

    void read(std::span<ObjectRead> reads) override {
        for (const ObjectRead& each : reads)
            gate_.pass(each.object);
        const std::lock_guard lock(mutex_);
        memory_.read(reads);
    }
    void write(std::span<ObjectWrite>) override {}
    void remove(std::span<const std::string>) override {}
    std::vector<std::string> list() override { return {}; }
    bool try_lock(const std::string&, const std::string&, std::uint32_t) override { return false; }
    void unlock(const std::string&, const std::string&) override {}
    void break_lock(const std::string&) override {}

  private:
    Gate& gate_;
    std::mutex mutex_;
    MemoryObjects memory_{Cluster::the().objects};
};

Gate& the_gate() {
    static Gate gate;
    static const bool is_added = [] {
        add_object_opener("gated", [](const ObjectLocation&, Patience) {
            return std::make_unique<GatedObjects>(gate);
        });
        return true;
    }();
    static_cast<void>(is_added);
    return gate;
}

// A store whose blocks have symbols, and whose records have sources but for plain.example.
void write_store() {
    Cluster::the().clear();
    test::SeenBatch batch;
    for (unsigned i = 0; i < 3000; ++i) {
        test::Seen seen = test::address("n" + std::to_string(i) + ".example.", 1);
        seen.source = {"sensor-" + std::to_string(i % 7), {}, "example."};
        batch.push_back(seen);
    }
    batch.push_back(test::address("plain.example.", 1));
    ClusterWriter writer(test::location, {default_gap, {}, {}});
    test::write_batch(writer, batch);
}

// A worker that opened the store before it had some of its entries.
class Worker {
  public:
    explicit Worker(const std::vector<std::string>& without) {
        write_store();
        auto& objects = Cluster::the().objects;
        MemoryObjects::Objects whole;
        for (const std::string& name : without) {
            whole[name] = objects.at(name);
            BOOST_TEST_REQUIRE(!whole[name].entries.empty());
            objects.at(name).entries.clear();
        }
        the_gate().open();
        auto service = std::make_shared<ServiceConfig>();
        service->zones.push_back(Name::from_text("pdns.local").value());
        store_.emplace("gated://pool/store");
        responder_.emplace(*store_, store_->join([](const std::shared_ptr<History>&) {}), service);
        store_wait_.emplace(io_, *responder_);
        http_.emplace(*responder_, *store_wait_);
        http_->use(std::make_shared<const HttpConfig>());
        for (auto& [name, object] : whole)
            objects.at(name) = std::move(object);
    }
    ~Worker() {
        the_gate().open();
        store_wait_->close();
        store_->end();
    }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    struct Question {
        test::Ask asked;
        std::optional<std::vector<std::string>> answer{};
        unsigned rounds = 0;
        bool is_answered() const { return answer.has_value(); }
        bool has(std::string_view text) const {
            return answer && std::ranges::any_of(*answer, [&](const std::string& line) {
                       return line.find(text) != std::string::npos;
                   });
        }
    };
    std::shared_ptr<Question> ask(std::string_view words) {
        auto question = std::make_shared<Question>(Question{test::ask_from_text(words)});
        attempt(question, {.budget = Budget::whole});
        return question;
    }

    struct Requested {
        std::optional<unsigned> status;
        std::string text{};
        std::unique_ptr<HttpBody> body{};
        bool is_ended = false;
    };
    std::shared_ptr<Requested> get(const std::string& path) {
        auto requested = std::make_shared<Requested>();
        attempt(requested, path, {.budget = Budget::whole});
        return requested;
    }

    // Works until it is so; false where that takes too long.
    template <class Condition>
    bool work_until(Condition&& is_so) {
        const auto latest = std::chrono::steady_clock::now() + 10s;
        while (!is_so() && std::chrono::steady_clock::now() < latest)
            io_.run_one_for(20ms);
        io_.restart();
        return is_so();
    }

  private:
    void attempt(const std::shared_ptr<Question>& question, const Waited& waited) {
        BOOST_TEST_REQUIRE(responder_->begin());
        if (waited.rounds != 0 || !waited.failure.empty()) responder_->answer_again(waited);
        const Response response =
            responder_->respond(test::request_of(question->asked), {}, room_, waited.budget);
        question->rounds = waited.rounds;
        if (response.verdict == Verdict::wait) {
            store_wait_->join(responder_->awaited(), waited,
                              [this, question](const Waited& again) { attempt(question, again); });
        } else {
            BOOST_TEST((response.verdict == Verdict::send));
            question->answer = test::show_response(Octets(room_).first(response.size),
                                                   question->asked, responder_->service().ttl);
        }
        responder_->end();
    }

    void attempt(const std::shared_ptr<Requested>& requested, const std::string& path,
                 const Waited& waited) {
        constexpr OwnAddress loopback{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 2};
        HttpRequest request;
        request.method = "GET";
        request.path = path;
        request.authority = "localhost:8480";
        request.client.transport = Transport::https;
        BOOST_TEST_REQUIRE(responder_->begin());
        auto response = http_->respond(request, loopback, waited,
                                       // The body holds this, and is held by what was requested.
                                       [this, weak = std::weak_ptr(requested)] {
                                           if (const auto kept = weak.lock()) read(kept);
                                       });
        if (response) {
            requested->status = response->status;
            requested->text = response->content;
            requested->body = std::move(response->body);
            requested->is_ended = requested->body == nullptr;
        } else {
            store_wait_->join(
                responder_->awaited(), waited,
                [this, requested, path](const Waited& again) { attempt(requested, path, again); });
        }
        responder_->end();
        if (!requested->is_ended && requested->body) read(requested);
    }

    void read(const std::shared_ptr<Requested>& requested) {
        while (!requested->is_ended) {
            BOOST_TEST_REQUIRE(responder_->begin());
            const auto piece = requested->body->read(room_, responder_->store(), now_utc());
            responder_->end();
            requested->text.append(reinterpret_cast<const char*>(room_.data()), piece.octets);
            requested->is_ended = piece.ended || piece.failed;
            if (piece.rest == HttpBody::Rest::wake) return;
        }
    }

    std::vector<std::uint8_t> room_ = std::vector<std::uint8_t>(max_tcp_octets);
    boost::asio::io_context io_;
    std::optional<SharedHistory> store_;
    std::optional<BatchResponder> responder_;
    std::optional<StoreWait> store_wait_;
    std::optional<HttpService> http_;
};

std::string json_of(const std::string& name) {
    return "TXT json.history." + name + ".pdns.local";
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_new_source_is_waited_for_and_holds_up_nobody) {
    Worker worker({sources_object});
    the_gate().close(sources_object);
    const auto question = worker.ask(json_of("n5.example"));
    BOOST_TEST(worker.work_until([] { return the_gate().arrived() > 0; }));
    BOOST_TEST(worker.ask("TXT help.pdns.local")->is_answered());
    const auto plain = worker.ask(json_of("plain.example"));
    BOOST_TEST(worker.work_until([&] { return plain->is_answered(); }));
    BOOST_TEST(plain->has("192.0.2."));
    BOOST_TEST(!question->is_answered());
    BOOST_TEST(!the_gate().is_stuck());
    the_gate().open();
    BOOST_TEST(worker.work_until([&] { return question->is_answered(); }));
    BOOST_TEST(question->has("sensor-5"));
    // From now on it is at hand.
    const auto again = worker.ask(json_of("n5.example"));
    BOOST_TEST(again->has("sensor-5"));
    BOOST_TEST(again->rounds == 0U);
}

BOOST_AUTO_TEST_CASE(new_symbols_are_waited_for_and_hold_up_nobody) {
    Worker worker({TabletSymbols::object});
    the_gate().close(TabletSymbols::object);
    const unsigned before = the_gate().arrived();
    const auto question = worker.ask(json_of("n5.example"));
    BOOST_TEST(worker.work_until([&] { return the_gate().arrived() > before; }));
    BOOST_TEST(worker.ask("TXT help.pdns.local")->is_answered());
    BOOST_TEST(!question->is_answered());
    BOOST_TEST(!the_gate().is_stuck());
    the_gate().open();
    BOOST_TEST(worker.work_until([&] { return question->is_answered(); }));
    BOOST_TEST(question->has("sensor-5"));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_servfail) {
    for (const char* const object : {sources_object, TabletSymbols::object}) {
        Worker worker({object});
        the_gate().close(object);
        const unsigned before = the_gate().arrived();
        const auto question = worker.ask(json_of("n5.example"));
        BOOST_TEST(worker.work_until([&] { return the_gate().arrived() > before; }));
        the_gate().open(false);
        BOOST_TEST(worker.work_until([&] { return question->is_answered(); }));
        BOOST_TEST(question->has("SERVFAIL"));
        the_gate().open();
        const auto again = worker.ask(json_of("n5.example"));
        BOOST_TEST(worker.work_until([&] { return again->is_answered(); }));
        BOOST_TEST(again->has("sensor-5"));
    }
}

// A number that no source has is damage, and is not looked for again and again.
BOOST_AUTO_TEST_CASE(a_source_that_is_nowhere_is_left_out) {
    Worker worker({sources_object});
    Cluster::the().objects.at(sources_object).entries.clear();
    const auto question = worker.ask(json_of("n5.example"));
    BOOST_TEST(worker.work_until([&] { return question->is_answered(); }));
    BOOST_TEST(question->has("192.0.2."));
    BOOST_TEST(!question->has("sensor-5"));
    BOOST_TEST(worker.ask(json_of("n5.example"))->is_answered());
}

// No record is given twice, or without its source.
BOOST_AUTO_TEST_CASE(a_body_over_http_waits_for_its_sources_too) {
    Worker worker({sources_object});
    the_gate().close(sources_object);
    const unsigned before = the_gate().arrived();
    const auto requested = worker.get("/dnsdb/v2/lookup/rrset/name/*.example");
    BOOST_TEST(worker.work_until([&] { return the_gate().arrived() > before; }));
    BOOST_TEST(worker.ask("TXT help.pdns.local")->is_answered());
    BOOST_TEST(!requested->is_ended);
    the_gate().open();
    BOOST_TEST(worker.work_until([&] { return requested->is_ended; }));
    BOOST_TEST(requested->status.value_or(0) == 200U);
    const auto count = [&](std::string_view text) {
        std::size_t found = 0;
        for (std::size_t at = 0; (at = requested->text.find(text, at)) != std::string::npos; ++at)
            ++found;
        return found;
    };
    BOOST_TEST(count("\"rrname\"") == 3001U);
    BOOST_TEST(count("\"bailiwick\":\"example.\"") == 3000U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dnshist::responder
