// A response as a golden case has it: one line for the code and flags, one for each record.
//
//     NOERROR aa tc
//     "text"                           a TXT record of the answer: the question's name, usual TTL
//     5 "text"                         the same with another TTL
//     answer: OWNER TTL TYPE RDATA     any other record of the answer
//     authority: OWNER TTL TYPE RDATA
//     ede: 0 "text"
//     option: CODE HEX                 any other option of OPT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "storage/base/octets.hpp"
#include "tests/support/ask.hpp"

namespace dnshist::test {

// Read by ldns, which knows nothing of how we write. Throws std::runtime_error where the response
// is no message, or is not one to this question: another ID, another question (to the letter, in
// the case in which it was asked), no OPT where one was asked for, longer than the client takes.
std::vector<std::string> show_response(Octets response, const Ask& ask, std::uint32_t usual_ttl);

}  // namespace dnshist::test
