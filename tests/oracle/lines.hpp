// The lines of each view, all pages in one, in the order that the question asks for.
#pragma once

#include <string>
#include <vector>

#include "tests/oracle/question.hpp"
#include "tests/oracle/store.hpp"

namespace dnshist::oracle {

std::string time_text_of(Time time);
std::string json_string(std::string_view text);

// FIRST LAST COUNT, of a line that stands for one record or several.
struct Sum {
    Time first = last_second;
    Time last = 0;
    std::uint64_t count = 0;
    std::uint64_t records = 0;

    void add(const Record& record);
    std::string text() const;
    // `what` the count is of.
    std::string json(const char* what = "count") const;
};
// Whether a line precedes another one that is equal to it in the store's order.
bool stands_before(Order order, const Sum& a, const Sum& b);
// The first eight octets of RDATA.
std::string beginning(const Rdata& rdata);
// The members of a COF object that say which record it is.
std::string json_record(const Record& record);

// The filters of a question, without those that say when a record was visible.
bool passes_filters(const Question& question, const Record& record);

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
std::vector<std::string> cohost_lines(const Store& store, const Question& question);

}  // namespace dnshist::oracle
