// A FunctionRef calls what it was made from, and copies nothing.
#include "storage/base/function_ref.hpp"

#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>

BOOST_AUTO_TEST_SUITE(function_ref_test)

using namespace dnshist;

namespace {

int twice(FunctionRef<int(int)> function, int of) {
    return function(function(of));
}

}  // namespace

BOOST_AUTO_TEST_CASE(calls_a_lambda_with_its_state) {
    int calls = 0;
    BOOST_TEST(twice([&](int of) { return ++calls, 3 * of; }, 5) == 45);
    BOOST_TEST(calls == 2);
}

// It would have no address that a pointer to an object can hold.
static_assert(!std::is_constructible_v<FunctionRef<int(int)>, int (&)(int)>);

BOOST_AUTO_TEST_CASE(changes_the_object_itself) {
    struct Counter {
        int count = 0;
        void operator()() { ++count; }
    } counter;
    const FunctionRef<void()> function = counter;
    const FunctionRef<void()> copy = function;
    function();
    copy();
    BOOST_TEST(counter.count == 2);
}

BOOST_AUTO_TEST_CASE(passes_on_what_cannot_be_copied) {
    const auto take = [](std::unique_ptr<std::string> text) { return *text; };
    const FunctionRef<std::string(std::unique_ptr<std::string>)> function = take;
    BOOST_TEST(function(std::make_unique<std::string>("a")) == "a");
}

BOOST_AUTO_TEST_SUITE_END()
