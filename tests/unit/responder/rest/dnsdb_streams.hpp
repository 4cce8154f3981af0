// A store for the DNSDB API, and the streams of objects that it answers with.
#pragma once

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tests/unit/responder/rest/asked.hpp"

namespace dnshist::test {

inline const std::vector<std::string> store{
    "www.example.com. A 192.0.2.1  2020-01-01 .. 2021-01-01 x12",
    "www.example.com. A 192.0.2.2  2021-02-01 .. 2021-03-01 x3",
    "www.example.com. A 192.0.2.2  2022-02-01 .. 2022-03-01 x4",
    "www.example.com. AAAA 2001:db8::1  2020-01-01 .. 2021-01-01 x1",
    "www.example.com. DS 1 8 2 aa  2020-01-01 .. 2021-01-01 x1",
    "mail.example.com. A 192.0.2.77  2020-01-01 .. 2021-01-01 x5",
    "example.com. MX 10 mail.example.com.  2020-01-01 .. 2021-01-01 x3",
    "zoned.example. NS ns.example.  2022-01-01 .. 2023-01-01 x5 zone",
};

inline const std::string begin = R"({"cond":"begin"})";
inline const std::string succeeded = R"({"cond":"succeeded"})";

// The objects of a stream; checks what is around them.
inline std::vector<std::string> objects(const Reply& reply, const std::string& last = succeeded) {
    BOOST_TEST(reply.status == 200U);
    std::vector<std::string> lines = reply.lines();
    BOOST_REQUIRE(lines.size() >= 2U);
    BOOST_TEST(lines.front() == begin);
    BOOST_TEST(lines.back() == last);
    return {lines.begin() + 1, lines.end() - 1};
}

}  // namespace dnshist::test
