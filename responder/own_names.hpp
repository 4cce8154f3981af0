// The names that a zone has of its own, beside those that are questions: the apex, help, stats and
// version. Their answers are declared in answer.hpp; here is what they share with the other
// answers.
#pragma once

#include <cstdint>
#include <string_view>

#include "responder/answer.hpp"

namespace dnshist {

// Whether the lines of text are an answer to this question: QTYPE TXT or ANY.
constexpr bool asks_for_text(const Question& question) noexcept {
    return question.type == Rrtype::TXT || question.type == Rrtype::ANY;
}

// "help.pdns.local": presentation form without the final dot, as one types it to dig.
void write_own_name(TextWriter& out, std::string_view name, const Name& zone) noexcept;

// NODATA for who asks for another type at a name that has text, with a word of advice.
std::size_t answer_other_type(Exchange& exchange);

// A line of text as it is put together, and added as one TXT record.
class Line {
  public:
    explicit Line(Exchange& exchange) noexcept : exchange_(exchange), out_({octets_, room}) {}
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;
    ~Line() { exchange_.response.add_txt(exchange_.service.ttl, out_.text()); }

    Line& operator<<(std::string_view text) noexcept {
        out_.put(text);
        return *this;
    }
    Line& operator<<(std::uint64_t number) noexcept {
        out_.put_decimal(number);
        return *this;
    }
    Line& operator<<(Seconds time) noexcept {
        write_time(out_, time);
        return *this;
    }
    // Within the zone: "help.pdns.local".
    Line& name(std::string_view name) noexcept {
        write_own_name(out_, name, exchange_.zone);
        return *this;
    }

    // ".pdns.local".
    Line& zone() noexcept { return name({}); }

  private:
    static constexpr std::size_t room = 1280;

    Exchange& exchange_;
    char octets_[room];
    TextWriter out_;
};

// The zone's SOA, into the authority section of a negative answer (RFC 2308, section 3).
void add_negative_soa(Exchange& exchange);

}  // namespace dnshist
