// The view `at`: real records as they were at a time.
#pragma once

#include <string>
#include <vector>

#include "tests/oracle/question.hpp"
#include "tests/oracle/store.hpp"

namespace dnshist::oracle {

// The response as show.hpp shows it.
std::vector<std::string> records_at(const Store& store, const Question& question);

}  // namespace dnshist::oracle
