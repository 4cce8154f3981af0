// Answering allocates nothing, whatever the question.
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "tests/unit/responder/answer/served.hpp"

using namespace dnshist;
using namespace dnshist::responder;

namespace {

std::size_t allocations = 0;

}  // namespace

// Counts every allocation of the process: those of C++ everywhere, and those of C as well but under
// the sanitizers, which have a malloc of their own.
[[gnu::noinline]] void* operator new(std::size_t size) {
    ++allocations;
    void* room = std::malloc(size);
    if (room == nullptr) throw std::bad_alloc();
    return room;
}
[[gnu::noinline]] void operator delete(void* room) noexcept {
    std::free(room);
}
[[gnu::noinline]] void operator delete(void* room, std::size_t) noexcept {
    std::free(room);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
extern "C" void* __libc_malloc(std::size_t size);
extern "C" void* malloc(std::size_t size) {
    ++allocations;
    return __libc_malloc(size);
}
#endif

BOOST_AUTO_TEST_CASE(answering_does_not_allocate) {
    Served served({"example.com. A 192.0.2.{1..120}  2019-01-01 .. 2025-01-01",
                   "example.com. A 192.0.2.1  2009-01-01 .. 2010-01-01  x5  zone",
                   "example.com. MX 10 mail.example.com.  2020-01-01 .. 2024-01-01",
                   "example.com. TXT \"{a*250}\"  2020-01-01 .. 2024-01-01",
                   "example.com. TYPE65280 \\# 40000 {ab*40000}  2020-01-01 .. 2024-01-01"});
    struct Message {
        std::vector<std::uint8_t> octets;
        Transport transport;
    };
    std::vector<Message> asked;
    for (const char* words : {
             "TXT mx.history.example.com.pdns.local",                  // lines
             "TXT limit-5.page-3.a.history.example.com.pdns.local",    // a page, and more
             "TXT runs.a.limit-5.history.example.com.pdns.local",      // runs
             "TXT on-2009.sort-count.history.example.com.pdns.local",  // times, sorted
             "TXT history.example.com.pdns.local",                     // TC
             "TXT history.example.com.pdns.local tcp",                 // 50 lines
             "TXT type65280.history.example.com.pdns.local tcp",       // a note
             "TXT ns.history.example.com.pdns.local",                  // NODATA
             "TXT history.example.net.pdns.local",                     // NXDOMAIN
             "A history.example.com.pdns.local",                       // another type
             "NS example.com.pdns.local",                              // minimised
             "TXT histroy.example.com.pdns.local",                     // almost a view
             "TXT frist-after-2019.history.example.com.pdns.local",    // a mistake
             "TXT pivot.192.0.2.1.pdns.local",
             "TXT history.*.example.com.pdns.local",
             "TXT names.com.pdns.local",
             "TXT sort-last.limit-1.names.com.pdns.local",  // written by a second walk
             "TXT summary.example.com.pdns.local",
             "TXT summary.192.0.2.0/24.pdns.local",
             "TXT changes.example.com.pdns.local tcp",
             "TXT help.pivot.pdns.local",
             "TXT page-99.mx.history.example.com.pdns.local",  // past the end
             "TXT history.192.0.2.1.pdns.local",               // an address
             "ANY pdns.local",                                 // the apex
             "TXT help.pdns.local tcp",
             "TXT stats.pdns.local",
             "TXT version.pdns.local",
             "TXT example.org",  // REFUSED
             "TXT history.example.com.pdns.local class 3",
             "AXFR pdns.local",
             "SOA pdns.local opcode 4",   // NOTIMP
             "SOA pdns.local version 1",  // BADVERS
         }) {
        const test::Ask ask = test::ask_from_text(words);
        asked.push_back({test::request_of(ask), ask.transport});
    }
    asked.push_back({{1, 2, 3}, Transport::udp});
    asked.push_back({std::vector<std::uint8_t>(40, 0xc0), Transport::udp});
    asked.push_back({std::vector<std::uint8_t>(40, 0x01), Transport::udp});  // FORMERR

    // With everything to look at that there is.
    const std::vector<AddressPrefix> everyone{address_prefix_from_text("0.0.0.0/0").value()};
    served.service.access.allow(everyone);
    served.service.access.allow_view(View::pivot, everyone);
    served.service.limits.answers = 1'000'000;
    served.service.limits.work = 1'000'000;
    served.responder->use(served.service);

    std::size_t answered = 0;
    const auto ask_all = [&] {
        answered = 0;
        served.responder->begin(now);
        for (const Message& one : asked) {
            if (served.responder->respond(one.octets, {one.transport}, served.room, Budget::quick)
                    .verdict != Verdict::drop)
                ++answered;
        }
        served.responder->end();
    };
    ask_all();
    BOOST_TEST(answered == asked.size() - 2);

    const std::size_t before = allocations;
    for (int i = 0; i < 10; ++i)
        ask_all();
    const std::size_t after = allocations;
    BOOST_TEST(after - before == 0U);
    // And the counter counts.
    const auto one = std::make_unique<std::vector<std::uint8_t>>(asked.size());
    BOOST_TEST(allocations > after);
}
