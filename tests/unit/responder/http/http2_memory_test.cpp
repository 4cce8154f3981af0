#include "responder/http/http2_memory.hpp"

#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <cstring>
#include <span>

namespace dnshist::responder {

BOOST_AUTO_TEST_SUITE(http2_memory_test)

namespace {

constexpr std::size_t buffer_octets = 16384 + 10;  // as nghttp2 has it

std::uint8_t* make_buffer() {
    nghttp2_mem& memory = *http2_memory();
    return static_cast<std::uint8_t*>(memory.realloc(nullptr, buffer_octets, memory.mem_user_data));
}

}  // namespace

// The kernel has pages without content for what was given back.
BOOST_AUTO_TEST_CASE(the_pages_within_a_buffer_are_given_back) {
    nghttp2_mem& memory = *http2_memory();
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    for (int i = 0; i < 3; ++i) {
        std::uint8_t* const buffer = make_buffer();
        BOOST_TEST_REQUIRE((buffer != nullptr));
        const std::size_t first = (page - reinterpret_cast<std::uintptr_t>(buffer) % page) % page;
        if (first < buffer_octets) {
            const std::span whole(buffer + first, (buffer_octets - first) / page * page);
            BOOST_TEST(std::ranges::all_of(whole, [](std::uint8_t octet) { return octet == 0; }));
        }
        std::memset(buffer, 'x', buffer_octets);
        memory.free(buffer, memory.mem_user_data);
    }
}

BOOST_AUTO_TEST_CASE(a_buffer_that_grows_keeps_what_it_holds) {
    nghttp2_mem& memory = *http2_memory();
    std::uint8_t* buffer = make_buffer();
    std::memset(buffer, 'x', buffer_octets);
    buffer =
        static_cast<std::uint8_t*>(memory.realloc(buffer, 2 * buffer_octets, memory.mem_user_data));
    BOOST_TEST(std::ranges::all_of(std::span(buffer, buffer_octets),
                                   [](std::uint8_t octet) { return octet == 'x'; }));
    memory.free(buffer, memory.mem_user_data);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dnshist::responder
