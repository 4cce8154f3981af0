// Workers over real sockets on loopback, where a system test cannot reach: a store that outgrows
// the address space that the process which serves it has reserved.
#include "responder/server/worker.hpp"

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <deque>
#include <sstream>
#include <string>
#include <thread>

#include "storage/history/history.hpp"
#include "storage/history/history_writer.hpp"
#include "storage/record/rdata.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/unit/responder/server/loopback.hpp"

namespace dnshist::responder {

BOOST_AUTO_TEST_SUITE(worker_test)

namespace {

constexpr unsigned worker_count = 3;
constexpr std::uint8_t noerror = 0;
constexpr std::uint8_t servfail = 2;
constexpr std::uint8_t nxdomain = 3;

void write(const std::filesystem::path& store, const std::string& suffix, int names) {
    HistoryWriter writer(store, {});
    Batch batch;
    const std::array<std::uint8_t, 4> address = {192, 0, 2, 1};
    for (int number = 0; number < names; ++number) {
        const Name owner = Name::from_text("n" + std::to_string(number) + suffix).value();
        batch.add({owner.wire(), Rrtype::A, address, Witness::sensor, {{1000}, {2000}}});
    }
    writer.apply(batch, std::nullopt, {}, Seconds{3000});
}

// Writes stores in a process of its own, since LMDB allows a process one opening of a store. Begun
// before there are threads: the child of a process with threads may not allocate memory (fork(2)).
class StoreWriter {
  public:
    StoreWriter() {
        std::array<int, 2> ends{};
        BOOST_TEST_REQUIRE(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) ==
                           0);
        FileDescriptor theirs(ends[1]);
        ours_ = FileDescriptor(ends[0]);
        child_ = ::fork();
        BOOST_TEST_REQUIRE(child_ >= 0);
        if (child_ != 0) return;
        ours_ = {};
        serve(theirs.get());
        ::_exit(0);
    }
    ~StoreWriter() {
        ours_ = {};
        ::waitpid(child_, nullptr, 0);
    }
    StoreWriter(const StoreWriter&) = delete;
    StoreWriter& operator=(const StoreWriter&) = delete;

    void grow(const std::filesystem::path& store, const std::string& suffix, int names) {
        const std::string task = store.string() + ' ' + suffix + ' ' + std::to_string(names);
        char done = 0;
        BOOST_TEST_REQUIRE(::send(ours_.get(), task.data(), task.size(), MSG_NOSIGNAL) > 0);
        BOOST_TEST_REQUIRE(::recv(ours_.get(), &done, 1, 0) == 1);
        BOOST_TEST_REQUIRE(done == 'y');
    }

  private:
    static void serve(int tasks) {
        std::array<char, 4096> task;
        for (ssize_t size = 0; (size = ::recv(tasks, task.data(), task.size(), 0)) > 0;) {
            std::istringstream words(std::string(task.data(), static_cast<std::size_t>(size)));
            std::string store;
            std::string suffix;
            int names = 0;
            words >> store >> suffix >> names;
            char done = 'y';
            try {
                write(store, suffix, names);
            } catch (const std::exception&) {
                done = 'n';
            }
            if (::send(tasks, &done, 1, MSG_NOSIGNAL) != 1) return;
        }
    }

    FileDescriptor ours_;
    pid_t child_ = -1;
};

// Asks from a socket of its own, so that one worker or another answers. The response code, or
// nothing within ten seconds. For any thread, which Boost.Test's macros are not.
std::optional<std::uint8_t> ask(const conf::Endpoint& endpoint, const std::string& name) {
    const FileDescriptor client = test::connected(endpoint, SOCK_DGRAM);
    if (!test::send(client, test::question(name))) return std::nullopt;
    std::array<std::uint8_t, 4096> room;
    if (::recv(client.get(), room.data(), room.size(), 0) < 12) return std::nullopt;
    return static_cast<std::uint8_t>(room[3] & 0xf);
}

// A responder of several workers, without the signals and the log of a server.
struct Serving {
    explicit Serving(const std::filesystem::path& directory, std::size_t reserve)
        : store(directory, {}, reserve) {
        auto service = std::make_shared<ServiceConfig>();
        service->zones.push_back(Name::from_text("pdns.local").value());
        std::array<WorkerSockets, worker_count> sockets;
        endpoint = listen_at({"127.0.0.1", 0}, Service::dns, sockets).value();
        for (WorkerSockets& of_worker : sockets)
            workers.emplace_back(store, WorkerConfig{service, {}, {}}, std::move(of_worker));
        for (Worker& worker : workers)
            threads.emplace_back([&worker] { worker.run(); });
    }
    ~Serving() {
        for (Worker& worker : workers)
            worker.stop();
        for (std::thread& thread : threads)
            thread.join();
    }

    SharedHistory store;
    conf::Endpoint endpoint;
    std::deque<Worker> workers;
    std::vector<std::thread> threads;
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_store_that_is_outgrown_is_opened_anew) {
    StoreWriter writer;
    const test::TemporaryDirectory directory;
    const auto store = directory.path() / "store";
    writer.grow(store, ".first.example", 1);
    std::optional<Serving> serving(std::in_place, store, std::size_t{64} << 10);
    const std::string late = "history.n7.late.example.pdns.local";
    BOOST_TEST(ask(serving->endpoint, late).value() == nxdomain);

    writer.grow(store, ".late.example", 10'000);
    BOOST_TEST(ask(serving->endpoint, late).value() == servfail);
    // Until every worker has the new one.
    for (int answered = 0; answered < 20;) {
        const std::uint8_t rcode = ask(serving->endpoint, late).value();
        BOOST_TEST_REQUIRE((rcode == noerror || rcode == servfail));
        answered = rcode == noerror ? answered + 1 : 0;
    }
    const conf::Endpoint endpoint = serving->endpoint;
    serving.reset();
    std::array<WorkerSockets, 1> sockets;
    BOOST_TEST(listen_at(endpoint, Service::dns, sockets).has_value());
}

BOOST_AUTO_TEST_CASE(a_store_that_is_removed_is_missed_until_there_is_another) {
    StoreWriter writer;
    const test::TemporaryDirectory directory;
    const auto store = directory.path() / "store";
    writer.grow(store, ".first.example", 1);
    Serving serving(store, usual_reserve);
    const std::string first = "history.n0.first.example.pdns.local";
    const std::string second = "history.n0.second.example.pdns.local";
    BOOST_TEST(ask(serving.endpoint, first).value() == noerror);
    serving.store.look();
    BOOST_TEST(serving.store.is_open());

    std::filesystem::remove_all(store);
    serving.store.look();
    // Workers are told by a message.
    while (ask(serving.endpoint, first).value() == noerror)
        std::this_thread::yield();
    serving.store.look();
    BOOST_TEST(!serving.store.is_open());
    for (int asked = 0; asked < 20; ++asked)
        BOOST_TEST(ask(serving.endpoint, first).value() == servfail);

    writer.grow(store, ".second.example", 1);
    serving.store.look();
    BOOST_TEST(serving.store.is_open());
    BOOST_TEST(serving.store.reopened() == 1U);
    while (ask(serving.endpoint, second).value() == servfail)
        std::this_thread::yield();
    for (int asked = 0; asked < 20; ++asked) {
        const std::uint8_t rcode = ask(serving.endpoint, first).value();
        BOOST_TEST((rcode == nxdomain || rcode == servfail));
    }
}

// No answer is made of the zeros that are read then, and the process lives.
BOOST_AUTO_TEST_CASE(a_store_that_is_cut_short_is_answered_with_servfail) {
    StoreWriter writer;
    const test::TemporaryDirectory directory;
    const auto store = directory.path() / "store";
    writer.grow(store, ".first.example", 10'000);
    const auto whole = directory.path() / "whole";
    std::filesystem::copy_file(store / "data.mdb", whole);
    Serving serving(store, usual_reserve);
    const auto name = [](int number) {
        return "history.n" + std::to_string(number) + ".first.example.pdns.local";
    };
    BOOST_TEST(ask(serving.endpoint, name(1)).value() == noerror);
    std::filesystem::resize_file(store / "data.mdb", 8192);
    for (int number = 0; number < 200; ++number)
        BOOST_TEST(ask(serving.endpoint, name(number * 50)).value() == servfail);
    serving.store.look();
    BOOST_TEST(!serving.store.is_open());
    std::filesystem::copy_file(whole, store / "data.mdb",
                               std::filesystem::copy_options::overwrite_existing);
    serving.store.look();
    BOOST_TEST(serving.store.is_open());
    while (ask(serving.endpoint, name(1)).value() == servfail)
        std::this_thread::yield();
    BOOST_TEST(ask(serving.endpoint, name(1)).value() != nxdomain);
}

BOOST_AUTO_TEST_CASE(a_store_that_is_copied_over_gives_no_false_answer) {
    StoreWriter writer;
    const test::TemporaryDirectory directory;
    const auto store = directory.path() / "store";
    writer.grow(store, ".first.example", 1);
    writer.grow(store, ".more.example", 1);
    const auto other = directory.path() / "other";
    writer.grow(other, ".other.example", 1);
    Serving serving(store, usual_reserve);
    BOOST_TEST(ask(serving.endpoint, "history.n0.first.example.pdns.local").value() == noerror);
    std::filesystem::copy_file(other / "data.mdb", store / "data.mdb",
                               std::filesystem::copy_options::overwrite_existing);
    const std::string late = "history.n0.other.example.pdns.local";
    for (int answered = 0; answered < 20;) {
        const std::uint8_t rcode = ask(serving.endpoint, late).value();
        BOOST_TEST_REQUIRE((rcode == noerror || rcode == servfail));
        answered = rcode == noerror ? answered + 1 : 0;
    }
}

// Many clients ask while the store grows again and again: every question has a response, SERVFAIL
// where the store was just opened anew.
BOOST_AUTO_TEST_CASE(no_question_is_lost_while_the_store_grows) {
    StoreWriter writer;
    const test::TemporaryDirectory directory;
    const auto store = directory.path() / "store";
    writer.grow(store, ".first.example", 1);
    Serving serving(store, std::size_t{64} << 10);
    std::atomic<bool> done = false;
    std::atomic<int> wrong = 0;
    std::atomic<int> failed = 0;
    std::atomic<int> asked = 0;
    std::vector<std::thread> clients;
    clients.reserve(3);
    for (int number = 0; number < 3; ++number) {
        clients.emplace_back([&] {
            while (!done) {
                ++asked;
                const auto rcode = ask(serving.endpoint, "history.n0.first.example.pdns.local");
                if (rcode == servfail) {
                    ++failed;
                } else if (rcode != noerror) {
                    ++wrong;
                }
            }
        });
    }
    for (int round = 0; round < 5; ++round) {
        writer.grow(store, ".r" + std::to_string(round) + ".example", 1000 << round);
        const int before = asked;
        while (asked < before + 30)
            std::this_thread::yield();
    }
    done = true;
    for (std::thread& client : clients)
        client.join();
    BOOST_TEST(wrong == 0);
    BOOST_TEST(failed > 0);
    const std::string last = "history.n9.r4.example.pdns.local";
    while (ask(serving.endpoint, last).value() == servfail)
        std::this_thread::yield();
    BOOST_TEST(ask(serving.endpoint, last).value() != nxdomain);
    BOOST_TEST(asked > 100);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dnshist::responder
