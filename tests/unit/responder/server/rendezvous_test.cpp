#include "responder/server/rendezvous.hpp"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <deque>
#include <optional>
#include <thread>

namespace dnshist::responder {

namespace {

// A member as a worker is one: works in turns, and looks between them whether it is summoned.
struct Member {
    std::mutex mutex;
    std::deque<Rendezvous::Round> summoned;

    std::optional<Rendezvous::Round> next() {
        const std::lock_guard lock(mutex);
        if (summoned.empty()) return std::nullopt;
        const auto round = summoned.front();
        summoned.pop_front();
        return round;
    }
};

void join(Rendezvous& rendezvous, Member& member) {
    rendezvous.join([&member](Rendezvous::Round round) {
        const std::lock_guard lock(member.mutex);
        member.summoned.push_back(round);
    });
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_single_member_acts_at_once) {
    int acted = 0;
    Rendezvous rendezvous([&] { ++acted; });
    Member member;
    join(rendezvous, member);
    rendezvous.gather();
    BOOST_TEST(acted == 1);
    rendezvous.attend(*member.next());  // its own summons, which is over
    BOOST_TEST(acted == 1);
    rendezvous.gather();
    BOOST_TEST(acted == 2);
}

// Members read in turns, call each other at times, and leave one after the other. Whenever one
// acts, none reads.
BOOST_AUTO_TEST_CASE(nobody_works_while_one_acts) {
    constexpr int members = 4;
    constexpr int turns = 3000;
    std::atomic<int> reading = 0;
    std::atomic<int> read_while_acting = 0;
    int acted = 0;
    Rendezvous rendezvous([&] {
        ++acted;
        if (reading != 0) ++read_while_acting;
    });
    std::array<Member, members> all;
    for (Member& member : all)
        join(rendezvous, member);

    std::vector<std::thread> threads;
    threads.reserve(members);
    for (int number = 0; number < members; ++number) {
        threads.emplace_back([&, number] {
            Member& self = all.at(static_cast<std::size_t>(number));
            for (int turn = 0; turn < turns * (number + 1); ++turn) {
                ++reading;
                --reading;
                if (turn % (100 + number) == 0) rendezvous.gather();
                while (const auto round = self.next())
                    rendezvous.attend(*round);
            }
            rendezvous.leave();
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    BOOST_TEST(read_while_acting == 0);
    // The member that stays longest calls so often; what others call at the same time is one with
    // it.
    BOOST_TEST(acted >= turns * members / (100 + members));
}

BOOST_AUTO_TEST_CASE(who_has_left_is_not_waited_for) {
    int acted = 0;
    Rendezvous rendezvous([&] { ++acted; });
    Member first;
    Member second;
    join(rendezvous, first);
    join(rendezvous, second);
    std::thread waiting([&] { rendezvous.gather(); });
    while (!second.next())
        std::this_thread::yield();
    rendezvous.leave();
    waiting.join();
    BOOST_TEST(acted == 1);
}

}  // namespace dnshist::responder
