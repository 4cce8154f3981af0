// Each number of a page that LMDB would trust, changed to one that cannot be.
#include "storage/engine/lmdb/sound_pages.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <cstring>
#include <fstream>
#include <limits>
#include <vector>

#include "tests/support/temporary_directory.hpp"

namespace dnshist::lmdb {

BOOST_AUTO_TEST_SUITE(sound_pages_test)

namespace {

constexpr std::size_t page_octets = 4096;
constexpr std::size_t all = std::numeric_limits<std::size_t>::max();

// A named database of values of which some are on pages of their own.
struct Store {
    test::TemporaryDirectory directory;
    std::filesystem::path data = directory.path() / "data.mdb";

    Store() {
        const Environment environment = open(0);
        for (const unsigned first : {0U, 100U}) {
            Transaction transaction(environment, 0);
            const MDB_dbi database = transaction.open_database("values", true).value();
            for (unsigned key = first; key < first + 100; ++key) {
                const std::array octet{static_cast<std::uint8_t>(key)};
                const std::vector<std::uint8_t> value(key % 10 == 0 ? 9000 : 900, octet[0]);
                transaction.put(database, octet, value);
            }
            transaction.commit();
        }
    }
    Environment open(unsigned flags = MDB_RDONLY) const {
        return {directory.path(), flags | MDB_NOTLS, std::size_t{1} << 24, 2, 8};
    }
    std::uint16_t number(std::size_t page, std::size_t at) const {
        std::ifstream file(data, std::ios::binary);
        std::uint16_t number = 0;
        file.seekg(static_cast<std::streamoff>(page * page_octets + at));
        file.read(reinterpret_cast<char*>(&number), sizeof number);
        return number;
    }
    void set(std::size_t page, std::size_t at, std::uint16_t number) const {
        std::fstream file(data, std::ios::binary | std::ios::in | std::ios::out);
        file.seekp(static_cast<std::streamoff>(page * page_octets + at));
        file.write(reinterpret_cast<const char*>(&number), sizeof number);
    }
    // What is said of the page when it has this number there; empty: nothing.
    std::string damage(std::size_t page, std::size_t at, std::uint16_t bad) const {
        const std::uint16_t good = number(page, at);
        set(page, at, bad);
        std::string said;
        try {
            expect_sound_pages(open());
        } catch (const Error& error) {
            said = error.what();
        }
        set(page, at, good);
        return said;
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(pages_that_are_whole) {
    const Store store;
    BOOST_CHECK_NO_THROW(expect_sound_pages(store.open()));
    BOOST_CHECK_NO_THROW(expect_sound_pages(store.open(), {}, 0));
}

BOOST_AUTO_TEST_CASE(every_number_of_a_page_is_looked_at) {
    const Store store;
    const std::size_t pages = std::filesystem::file_size(store.data) / page_octets;
    std::size_t leaves = 0;
    std::size_t branches = 0;
    for (std::size_t page = 2; page < pages; ++page) {
        const std::uint16_t kind = store.number(page, 10);
        // Pages that are free are not read.
        const bool is_node_page = kind == 1 || kind == 2;
        if (!is_node_page || store.damage(page, 0, 0xffff).empty()) continue;
        ++(kind == 2 ? leaves : branches);
        const auto says = [&](std::size_t at, std::uint16_t bad, const char* what) {
            const std::string said = store.damage(page, at, bad);
            BOOST_TEST(said == "page " + std::to_string(page) + " of data.mdb is damaged: " + what);
        };
        says(0, 0xffff, "it is another page");
        says(10, 0, "it is of another kind");
        says(10, static_cast<std::uint16_t>(kind ^ 3U), "it is of another kind");
        says(12, 15, "its bounds cannot be");
        says(12, 5000, "its bounds cannot be");
        says(14, 5000, "its bounds cannot be");
        says(16, 4090, "an entry is not within it");
        const std::size_t node = store.number(page, 16);
        says(node + 6, 60'000, "a key is not within it");
        if (kind == 1) {
            says(node, 60'000, "it refers to a page that there is not");
        } else {
            says(node + 4, 4, "an entry has no such kind");
            const bool is_long = (store.number(page, node + 4) & 1) != 0;
            says(node + 2, 1000,
                 is_long ? "a value is on pages that there are not" : "a value is not within it");
        }
    }
    BOOST_TEST(leaves > 20U);
    BOOST_TEST(branches > 0U);
}

// Another program's file is no damaged store; what it is, is said by those who look at its
// databases.
BOOST_AUTO_TEST_CASE(databases_with_duplicates_are_not_read) {
    const Store store;
    const Environment environment = store.open(0);
    Transaction transaction(environment, 0);
    MDB_dbi database = 0;
    check("mdb_dbi_open",
          mdb_dbi_open(transaction.get(), "others", MDB_CREATE | MDB_DUPSORT, &database));
    for (std::uint8_t value = 0; value < 100; ++value)
        transaction.put(database, as_octets("key"), Octets(&value, 1));
    transaction.commit();
    BOOST_CHECK_NO_THROW(expect_sound_pages(environment));
}

BOOST_AUTO_TEST_CASE(only_the_trees_that_are_named) {
    const Store store;
    const std::size_t pages = std::filesystem::file_size(store.data) / page_octets;
    const auto page_of_values = [&] {
        for (std::size_t page = 2; page < pages; ++page)
            if (store.number(page, 10) == 1 && !store.damage(page, 0, 0xffff).empty()) return page;
        return std::size_t{0};
    }();
    BOOST_TEST_REQUIRE(page_of_values != 0U);
    store.set(page_of_values, 0, 0xffff);
    constexpr std::array others{"others"};
    constexpr std::array values{"others", "values"};
    BOOST_CHECK_NO_THROW(expect_sound_pages(store.open(), others, all));
    BOOST_CHECK_THROW(expect_sound_pages(store.open(), values, all), Error);
}

// The roots are read first.
BOOST_AUTO_TEST_CASE(as_many_pages_as_are_wanted) {
    const Store store;
    const std::size_t pages = std::filesystem::file_size(store.data) / page_octets;
    std::size_t found = 0;
    std::size_t found_soon = 0;
    for (std::size_t page = 2; page < pages; ++page) {
        const std::uint16_t good = store.number(page, 0);
        store.set(page, 0, 0xffff);
        const auto finds = [&](std::size_t most) {
            try {
                expect_sound_pages(store.open(), {}, most);
            } catch (const Error&) {
                return 1U;
            }
            return 0U;
        };
        found += finds(all);
        found_soon += finds(3);
        store.set(page, 0, good);
    }
    BOOST_TEST(found_soon == 3U);
    BOOST_TEST(found > 20U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dnshist::lmdb
