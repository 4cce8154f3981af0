// Records that others have written: feeds in COF, and what tshark and dnspython saw in packets.
// They are read, and come back as the same octets.
//
// The files are not part of the project: the folder is $DNSHIST_SHARED_DATA, or ../shared/data
// beside the source. Where it is absent the test says SKIPPED, and so does ctest.
#include <simdjson.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <set>
#include <string>

#include "storage/pivot/pivot_values.hpp"
#include "storage/record/rdata.hpp"

using namespace dnshist;

namespace {

std::filesystem::path data_folder() {
    const char* const given = std::getenv("DNSHIST_SHARED_DATA");
    return given != nullptr ? std::filesystem::path(given)
                            : std::filesystem::path(DNSHIST_SOURCE_DIR) / "../shared/data";
}

// RDATA that is known to be refused, as "TYPE RDATA": WKS has no text here but the generic form.
const std::set<std::string> refused = {"WKS 192.168.0.1 17 0 1 2 53",
                                       "WKS 192.168.0.1 6 0 1 2 21 23"};

struct Count {
    std::size_t read = 0;
    std::size_t refused = 0;
    std::size_t values = 0;
};

void check_record(Rrtype type, std::string_view text, Count& count) {
    static const auto rdata = std::make_unique<Rdata>();
    static const auto again = std::make_unique<Rdata>();
    const std::string name = rrtype_text(type) + " " + std::string(text);
    BOOST_TEST_CONTEXT(name) {
        const Result<void> read = rdata_from_text(type, text, *rdata);
        if (!read) {
            ++count.refused;
            BOOST_TEST(refused.contains(name), read.error().text);
            return;
        }
        ++count.read;
        const std::string written = rdata_text(type, rdata->octets());
        BOOST_TEST_REQUIRE(rdata_from_text(type, written, *again).has_value());
        BOOST_TEST(equal(rdata->octets(), again->octets()));
        for_each_pivot_value(type, rdata->octets(), [&](const PivotValue&) { ++count.values; });
    }
}

void check_object(simdjson::dom::element object, Count& count) {
    for (const char* wrapper : {"message", "obj"}) {
        simdjson::dom::element inside;
        if (object[wrapper].get(inside) == simdjson::SUCCESS) return check_object(inside, count);
    }
    std::string_view rrname;
    std::string_view rrtype;
    std::string_view rrclass;
    simdjson::dom::element rdata;
    const bool record = (object["rrname"].get(rrname) == simdjson::SUCCESS ||
                         object["owner"].get(rrname) == simdjson::SUCCESS) &&
                        (object["rrtype"].get(rrtype) == simdjson::SUCCESS ||
                         object["type"].get(rrtype) == simdjson::SUCCESS) &&
                        (object["rdata"].get(rdata) == simdjson::SUCCESS ||
                         object["rrdata"].get(rdata) == simdjson::SUCCESS);
    if (!record) return;
    if (object["cls"].get(rrclass) == simdjson::SUCCESS && rrclass != "IN") return;
    const Result<Name> owner = Name::from_text(rrname);
    BOOST_TEST(owner.has_value(), rrname);
    const std::optional<Rrtype> type = rrtype_from_text(rrtype);
    BOOST_TEST_REQUIRE(type.has_value(), rrtype);
    simdjson::dom::array list;
    if (rdata.get(list) != simdjson::SUCCESS) {
        return check_record(*type, std::string_view(rdata), count);
    }
    for (const simdjson::dom::element one : list) {
        check_record(*type, std::string_view(one), count);
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_record_is_read_and_written_back) {
    if (!std::filesystem::is_directory(data_folder())) {
        std::cerr << "SKIPPED: no records at " << data_folder()
                  << "; set DNSHIST_SHARED_DATA to their folder\n";
        return;
    }
    Count count;
    for (const char* folder : {"cof", "pcap-truth"}) {
        for (const auto& file : std::filesystem::directory_iterator(data_folder() / folder)) {
            if (file.path().extension() != ".ndjson") continue;
            simdjson::dom::parser parser;
            simdjson::dom::document_stream objects;
            simdjson::padded_string text = simdjson::padded_string::load(file.path().string());
            BOOST_TEST_REQUIRE(parser.parse_many(text).get(objects) == simdjson::SUCCESS);
            BOOST_TEST_CONTEXT(file.path().filename()) {
                for (auto object : objects)
                    check_object(object.value(), count);
            }
        }
    }
    BOOST_TEST_MESSAGE(count.read << " read, " << count.refused << " refused, " << count.values
                                  << " pivot values");
    BOOST_TEST(count.read > 50'000U);
}
