// The options that a feed was read with, as text and back.
#include "zonegen/import/reading.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

BOOST_AUTO_TEST_SUITE(reading_test)

using namespace dnshist;
using namespace dnshist::zonegen;

namespace {

AddressPrefix prefix(std::string_view text) {
    return *address_prefix_from_text(text);
}

Reading reading_of(FeedFormat format) {
    Reading reading;
    reading.format = format;
    return reading;
}

// The meaning of the text, written anew.
std::string again(const std::string& text) {
    const auto reading = reading_from_text(text);
    return reading ? reading_text(*reading) : "nothing";
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_option_that_matters_is_kept) {
    Reading capture = reading_of(FeedFormat::pcap);
    BOOST_TEST(reading_text(capture) == "pcap\n");
    capture.options.trust = Trust::unasked;
    capture.options.resolvers = {prefix("2001:db8::/32"), prefix("192.0.2.0/24")};
    capture.options.mirrors = {prefix("192.0.2.7")};
    capture.ahead = 7;
    capture.filter = make_record_filter({"example.com"}, {}).value();
    const std::string text = reading_text(capture);
    BOOST_TEST(text ==
               "pcap trust=unasked resolvers=2001:db8::/32,::ffff:192.0.2.0/120 "
               "mirrors=::ffff:192.0.2.7/128 ahead=7\ninclude example.com\n");
    BOOST_TEST(again(text) == text);
    BOOST_TEST((reading_from_text(text)->options.resolvers[1] == prefix("192.0.2.0/24")));

    Reading zone = reading_of(FeedFormat::zone);
    zone.options.trust = Trust::everything;  // of no matter there
    zone.options.origin = Name::from_text("example.com").value();
    zone.options.zone_includes = true;
    BOOST_TEST(again(reading_text(zone)) == "zone origin=example.com. includes\n");

    Reading registrations = reading_of(FeedFormat::rdap);
    registrations.options.when = Seconds{1559347200};
    BOOST_TEST(reading_text(registrations) == "rdap\n");
    registrations.items_have_times = true;
    BOOST_TEST(again(reading_text(registrations)) == "rdap at=2019-06-01T00:00:00Z\n");
}

BOOST_AUTO_TEST_CASE(what_is_of_another_version_is_not_understood) {
    for (const char* const text :
         {"", "csv\n", "cof unknown=1\n", "pcap resolvers=a\n", "pcap ahead=1x\n",
          "pcap trust=much\n", "rdap at=never\n", "cof\nunless a\n"}) {
        BOOST_TEST(!reading_from_text(text).has_value(), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
