// Runs the unit tests of a room; each program links it.
#define BOOST_TEST_MODULE dnshist
#include <boost/test/unit_test.hpp>
