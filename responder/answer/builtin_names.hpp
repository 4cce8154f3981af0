// The names that a zone has of its own, beside those that are questions: the apex, help, stats and
// version. Their answers are declared in answer.hpp; here is what they share with the other
// answers.
#pragma once

#include "responder/answer/answer.hpp"

namespace dnshist::responder {

// Whether the lines of text are an answer to this question: QTYPE TXT or ANY.
constexpr bool asks_for_text(const Question& question) noexcept {
    return question.type == Rrtype::TXT || question.type == Rrtype::ANY;
}

// NODATA for another type at a name that has text, with an EDE that says what to ask for.
Verdict answer_other_type(Exchange& exchange);

// The zone's SOA, into the authority section of a negative answer (RFC 2308, section 3).
void add_negative_soa(Exchange& exchange);

}  // namespace dnshist::responder
