// Stores that cannot be opened say why, and what to do.
#include "storage/cluster/cluster_store.hpp"

#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>

#include "storage/history/history.hpp"
#include "tests/unit/storage/tablet/memory_objects.hpp"

BOOST_AUTO_TEST_SUITE(cluster_store_test)

using namespace dnshist;

namespace {

// Objects in memory are opened as memory://POOL/NAMESPACE.
struct Fixture {
    Fixture() {
        add_object_opener("memory", [this](const ObjectLocation&, Patience) {
            return std::make_unique<test::MemoryObjects>(stored);
        });
    }

    // What the error says.
    std::string opening(const std::string& location) const {
        try {
            const History history(location);
            return "it was opened";
        } catch (const StoreError& error) {
            return error.what();
        }
    }
    bool says(const std::string& text, const std::string& location = "memory://pool/world") const {
        const std::string error = opening(location);
        BOOST_TEST_INFO(error);
        return error.find(text) != std::string::npos;
    }

    test::MemoryObjects::Objects stored;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(an_empty_namespace_has_no_store, Fixture) {
    BOOST_TEST(says("there is no store"));
    BOOST_TEST(says("memory://pool/world"));
}

BOOST_FIXTURE_TEST_CASE(a_store_that_was_made_is_opened, Fixture) {
    ClusterStore::make("memory://pool/world", 60);
    BOOST_TEST(says("it was opened"));
}

BOOST_FIXTURE_TEST_CASE(a_copy_that_was_broken_off_is_no_store, Fixture) {
    stored[copying_object];
    BOOST_TEST(says("'dnshist-zonegen copy' again"));
}

BOOST_FIXTURE_TEST_CASE(a_store_of_another_layout_names_both, Fixture) {
    ClusterStore::make("memory://pool/world", 60);
    stored[root_object].head[0] = 9;
    BOOST_TEST(says("has layout 9, this program knows layout 1"));
    BOOST_TEST(says("use the version of dnshist that wrote it"));
}

BOOST_FIXTURE_TEST_CASE(a_store_without_its_directory_is_to_be_made_again, Fixture) {
    ClusterStore::make("memory://pool/world", 60);
    std::erase_if(stored, [](const auto& object) { return object.first[0] == 'd'; });
    History history("memory://pool/world");
    Snapshot snapshot(history);
    const NameKey name = Name::from_text("www.example.com.")->key();
    BOOST_CHECK_EXCEPTION(snapshot.has_records(name), StoreError, [](const StoreError& error) {
        return std::string(error.what()).find("make it again from a copy") != std::string::npos;
    });
}

BOOST_FIXTURE_TEST_CASE(a_location_that_is_not_whole_says_how_it_is_written, Fixture) {
    for (const char* location : {"rados://pool", "rados:///world", "rados://a/b/c", "memory://"})
        BOOST_TEST(says("rados://POOL/NAMESPACE", location));
    BOOST_TEST(says("no kind of store is called 'redis'", "redis://a/b"));
}

BOOST_AUTO_TEST_SUITE_END()
