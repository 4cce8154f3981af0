// Random questions about names that are in a store and names that are not.
#pragma once

#include <span>

#include "tests/oracle/question.hpp"
#include "tests/oracle/random.hpp"
#include "tests/oracle/store.hpp"

namespace dnshist::oracle {

Question random_question(Random& random, const Store& store, std::span<const View> views);

}  // namespace dnshist::oracle
