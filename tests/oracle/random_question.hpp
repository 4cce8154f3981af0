// Random questions about names that are in a store and names that are not.
#pragma once

#include <span>

#include "tests/oracle/question.hpp"
#include "tests/oracle/random.hpp"
#include "tests/oracle/store.hpp"

namespace dnshist::oracle {

Question random_question(Random& random, const Store& store, std::span<const View> views);

// The octets of the name in which it is asked, in letters of any case (0x20).
std::string random_case(Random& random, std::string wire);

}  // namespace dnshist::oracle
