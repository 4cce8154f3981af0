// A response as a golden case has it: one line for the code and flags, one for each record
// (tests/README.md).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "storage/base/octets.hpp"
#include "tests/support/ask.hpp"

namespace dnshist::test {

// Read by ldns, which shares no code with our writer. Throws std::runtime_error if the response is
// no message, or is not one to this question: another ID, another question (to the letter, in the
// case in which it was asked), no OPT though one was asked for, longer than the client takes.
std::vector<std::string> show_response(Octets response, const Ask& ask, std::uint32_t usual_ttl);

}  // namespace dnshist::test
