// The question that was probably meant by one that is none, or that finds nothing: what was pasted
// is made into a name or a value (pasted_text.hpp), filters go before the view, and the view is one
// that takes the subject.
//
//     mx.harbour.example              mx.history.harbour.example
//     history.on-2023.mx.example.com  on-2023.mx.history.example.com
//     203.0.113.66                    pivot.203.0.113.66
//     2023.at.203.0.113.0/24          on-2023.pivot.203.0.113.0/24
//     history.hxxp://www[.]x.test/    history.www.x.test
//     names.shop*.example             names.*.example
#pragma once

#include <optional>

#include "storage/base/octet_buffer.hpp"
#include "storage/base/octets.hpp"
#include "storage/base/text_writer.hpp"
#include "storage/record/name.hpp"
#include "storage/text/time.hpp"

namespace dnshist {

struct SuggestedQuestion {
    // As read_query() takes them, and reads them without an error; empty where what was asked for
    // is impossible, and nothing like it can be asked for.
    OctetBuffer<max_name_octets> labels;
    // The subject is not written as names and values are. If false, it may well be one that
    // was never seen.
    bool is_certain = false;
};

// Takes the labels that read_query() takes. Nothing where there is no better question.
std::optional<SuggestedQuestion> suggest_question(Octets labels, Seconds now);

// A quick test: whether the question has a view and an ordinary name behind it, for which nothing
// else was meant.
bool is_ordinary(Octets labels, Seconds now) noexcept;

// Writes labels as they are typed to dig: what must be escaped is, but for '@', which need not be.
void write_question(TextWriter& out, Octets labels) noexcept;

}  // namespace dnshist
