// The lines of each view, all pages in one, in the order that the question asks for.
#pragma once

#include <string>
#include <vector>

#include "tests/oracle/question.hpp"
#include "tests/oracle/store.hpp"

namespace dnshist::oracle {

std::string time_text_of(Time time);
std::string json_string(std::string_view text);

// The records that a question is about and that pass its filters, in the store's order: that of
// their keys, and for a pivot first that of the values at which they are met.
std::vector<const Record*> found_records(const Store& store, const Question& question);

std::vector<std::string> history_lines(const Store& store, const Question& question);  // and pivot
std::vector<std::string> names_lines(const Store& store, const Question& question);
std::vector<std::string> summary_lines(const Store& store, const Question& question);
std::vector<std::string> seen_lines(const Store& store, const Question& question);
// Those of a summary by month or year.
std::vector<std::string> interval_lines(const Store& store, const Question& question);
std::vector<std::string> changes_lines(const Store& store, const Question& question);

}  // namespace dnshist::oracle
