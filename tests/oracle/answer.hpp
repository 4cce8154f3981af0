// The answer to a question, computed in the most obvious way, whatever it costs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/oracle/question.hpp"
#include "tests/oracle/store.hpp"

namespace dnshist::oracle {

inline constexpr std::uint32_t ttl = 300;
inline constexpr std::uint64_t default_limit = 50;

// How the hint begins; the question that it names is not modelled.
inline constexpr const char* hint_of_registrations = "ede: 0 \"only registrations were found";

// The response to the question as show.hpp shows it. For a mistake, only how the error line begins.
std::vector<std::string> answer(const Store& store, const Question& question);

// Whether the question is a search about the root: where that finds nothing, an error names the
// question that was meant. One that is too long to be named is none.
bool is_about_the_root_alone(const Question& question);

// The lines of all pages, in order; of every view but `at`.
std::vector<std::string> all_lines(const Store& store, const Question& question);

// The response without lines: the subject is known, or not.
std::vector<std::string> nothing(bool known);

// Where nothing was found at the reverse name of the address that was asked for: the EDE that names
// the pivot of the address, if something points at it.
std::string hint_of_pivot(const Store& store, const Question& question);

// A line as show.hpp shows a TXT record: in quotes, in pieces of 255 octets.
std::string shown(const std::string& line);
// The lines of a summary, some of them of the same type, as they are when taken together.
std::vector<std::string> summed_up(const std::vector<std::string>& summary_lines);

}  // namespace dnshist::oracle
