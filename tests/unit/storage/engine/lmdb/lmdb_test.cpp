// Files that are not what they should be: cut short, replaced, copied over, damaged. Each is an
// exception, and none ends the process.
#include "storage/engine/lmdb/lmdb.hpp"

#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <fstream>

#include "tests/support/temporary_directory.hpp"

namespace dnshist::lmdb {

BOOST_AUTO_TEST_SUITE(lmdb_test)

namespace {

constexpr std::size_t reserve = std::size_t{1} << 24;
constexpr unsigned readers = 8;

// An environment with one database of values that are longer than a page, unless told otherwise.
struct Store {
    test::TemporaryDirectory directory;
    std::filesystem::path data = directory.path() / "data.mdb";

    std::size_t value_octets = 10'000;

    Environment open(unsigned flags = MDB_RDONLY) const {
        return {directory.path(), flags | MDB_NOTLS, reserve, 2, readers};
    }
    // Puts values under the octets `first` to `last`, in a transaction; or removes them.
    void change(std::uint8_t first, std::uint8_t last, bool put = true) const {
        const Environment environment = open(0);
        Transaction transaction(environment, 0);
        const MDB_dbi database = transaction.open_database("values", true).value();
        for (unsigned key = first; key <= last; ++key) {
            const std::array octet{static_cast<std::uint8_t>(key)};
            const std::vector<std::uint8_t> value(value_octets, octet[0]);
            put ? transaction.put(database, octet, value) : transaction.remove(database, octet);
        }
        transaction.commit();
    }
    std::uint64_t octets() const { return std::filesystem::file_size(data); }
    void cut(std::uint64_t octets) const { std::filesystem::resize_file(data, octets); }
};

// How many values there are, each read to its end.
std::size_t count(Transaction& transaction) {
    const MDB_dbi database = transaction.open_database("values", false).value();
    Cursor cursor(transaction, database);
    std::size_t found = 0;
    for (bool any = cursor.first(); any; any = cursor.next()) {
        const Octets value = cursor.value();
        found += value.front() == value.back() ? 1U : 0U;
    }
    transaction.expect_no_lost_page();
    return found;
}

auto says(std::string words) {
    return [words = std::move(words)](const Error& error) {
        BOOST_TEST_MESSAGE(error.what());
        return std::string(error.what()).find(words) != std::string::npos;
    };
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_file_that_is_cut_short_is_refused_before_it_is_read) {
    const Store store;
    store.change(1, 9);
    store.cut(store.octets() - 1);
    BOOST_CHECK_EXCEPTION(store.open(), Error, says("data.mdb is cut short: it has "));
    BOOST_CHECK_EXCEPTION(store.open(0), Error, says("data.mdb is cut short: it has "));
}

BOOST_AUTO_TEST_CASE(a_file_that_lacks_only_free_pages_is_whole) {
    const Store store;
    store.change(1, 2);
    store.change(3, 90);
    store.change(3, 90, false);
    // The list of free pages moves to the front, where there is room now.
    for (int turn = 0; turn < 4; ++turn)
        store.change(1, 1);
    store.cut(store.octets() - (std::size_t{20} * 4096));
    const Environment environment = store.open();
    Transaction transaction(environment, MDB_RDONLY);
    BOOST_TEST(count(transaction) == 2);
}

BOOST_AUTO_TEST_CASE(a_page_that_goes_away_under_a_reader_does_not_end_the_process) {
    const Store store;
    store.change(1, 9);
    const Environment environment = store.open();
    Transaction transaction(environment, MDB_RDONLY);
    BOOST_TEST(count(transaction) == 9);
    const MDB_dbi database = transaction.open_database("values", false).value();
    const Octets value = transaction.get(database, std::array<std::uint8_t, 1>{5}).value();
    store.cut(8192);
    BOOST_TEST(int{value.back()} == 0);
    BOOST_CHECK_EXCEPTION(transaction.expect_no_lost_page(), Error, says("a page went away"));
    BOOST_CHECK_EXCEPTION(environment.expect_sound_files(), Error, says("cut short"));
    transaction.reset();
    BOOST_CHECK_EXCEPTION(transaction.renew(), Error, says("a page went away"));
}

BOOST_AUTO_TEST_CASE(nothing_is_committed_that_was_read_from_a_page_that_went_away) {
    const Store store;
    store.change(1, 9);
    const Environment environment = store.open(0);
    Transaction transaction(environment, 0);
    const MDB_dbi database = transaction.open_database("values", true).value();
    const Octets value = transaction.get(database, std::array<std::uint8_t, 1>{5}).value();
    store.cut(8192);
    BOOST_TEST(int{value.back()} == 0);
    BOOST_CHECK_EXCEPTION(transaction.commit(), Error, says("a page went away"));
}

BOOST_AUTO_TEST_CASE(files_that_were_removed_or_replaced_are_noticed) {
    const Store store;
    store.change(1, 9);
    const Store other;
    other.change(1, 3);
    for (const char* name : {"data.mdb", "lock.mdb"}) {
        const Environment environment = store.open();
        BOOST_CHECK_NO_THROW(environment.expect_sound_files());
        const auto path = store.directory.path() / name;
        std::filesystem::rename(path, store.directory.path() / "away");
        BOOST_CHECK_EXCEPTION(environment.expect_sound_files(), Error,
                              says(std::string(name) + " was removed"));
        std::filesystem::copy_file(other.directory.path() / name, path);
        BOOST_CHECK_EXCEPTION(environment.expect_sound_files(), Error,
                              says(std::string(name) + " was replaced by another file"));
        std::filesystem::remove(path);
        std::filesystem::rename(store.directory.path() / "away", path);
        BOOST_CHECK_NO_THROW(environment.expect_sound_files());
    }
}

BOOST_AUTO_TEST_CASE(a_file_that_was_copied_over_is_noticed) {
    for (const int transactions : {1, 9}) {
        const Store store;
        for (std::uint8_t key = 1; key < 6; ++key)
            store.change(key, key);
        const Store other;
        for (int turn = 0; turn < transactions; ++turn)
            other.change(1, 1);
        const Environment environment = store.open();
        Transaction transaction(environment, MDB_RDONLY);
        transaction.reset();
        std::ofstream(store.data, std::ios::binary)
            << std::ifstream(other.data, std::ios::binary).rdbuf();
        BOOST_CHECK_EXCEPTION(transaction.renew(), Error, says("it was copied over"));
        BOOST_CHECK_EXCEPTION(Transaction(environment, MDB_RDONLY), Error,
                              says("it was copied over"));
    }
}

// LMDB would abort() here.
BOOST_AUTO_TEST_CASE(a_page_that_cannot_be_is_an_exception) {
    Store store;
    store.value_octets = 1000;  // so that there are many leaves
    store.change(1, 90);
    const std::size_t pages = store.octets() / 4096;
    std::size_t refused = 0;
    for (std::size_t page = 2; page < pages; ++page) {
        // The flags of the page: neither a leaf nor a branch nor anything else.
        std::fstream file(store.data, std::ios::binary | std::ios::in | std::ios::out);
        const auto at = static_cast<std::streamoff>(page * 4096 + 10);
        std::array<char, 2> flags{};
        file.seekg(at).read(flags.data(), 2);
        file.seekp(at).write("\0\0", 2).flush();
        try {
            const Environment environment = store.open();
            Transaction transaction(environment, MDB_RDONLY);
            count(transaction);
        } catch (const Error& error) {
            ++refused;
            BOOST_TEST(error.code() == MDB_CORRUPTED);
        }
        file.seekp(at).write(flags.data(), 2);
    }
    BOOST_TEST(refused > 20U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dnshist::lmdb
