// A question of the language as a structure, and the name in which it is asked.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/oracle/calendar.hpp"
#include "tests/oracle/labels.hpp"
#include "tests/oracle/record.hpp"

namespace dnshist::oracle {

enum class View { history, pivot, names, summary, changes, at, seen, cohost };
inline constexpr std::size_t view_count = 8;
const char* word_of(View view);

enum class Order { last, first, count, name, data, duration };
const char* word_of(Order order);

// Which owners a question about a name is about.
enum class Reach { name, at_or_below, below, one_below };

struct Subject {
    Labels labels;  // as the question has them
    Labels name;    // what they name, in lower case
    Reach reach = Reach::name;
    // The kind of value that the question is about, if it is about records that hold one.
    std::function<bool(const std::string&)> wants;
    // The address whose reverse name this is, as a value.
    std::string address = {};
};

Subject of_name(const Labels& name);
// The same with the mark that lets it be one that looks like an address, or like another mark.
Subject of_exact_name(const Labels& name);
// Whether a name without that mark would be read as something else.
bool looks_like_another(const Labels& name);
// The same where the view takes the values of a pivot too.
bool looks_like_a_value(const Labels& name);
Subject of_names_at_or_below(const Labels& name);
Subject of_names_below(const Labels& name);
Subject of_names_one_below(const Labels& name);
Subject of_reverse_name(const std::string& address);

Subject of_address(const std::string& address);
Subject of_prefix(const std::string& address, unsigned length);
Subject of_values_below(const Labels& name);
Subject of_token_prefix(const std::string& beginning);
// *@DOMAIN: names below the domain, and tokens that end so behind a user.
Subject of_mailboxes(const std::string& domain);
// A name, a mailbox user@domain, a token: all that such a text may be.
Subject of_text(const Labels& text);

struct Question {
    View view = View::history;
    Subject subject;
    std::string qtype = "TXT";
    bool sees_personal = false;  // who asks may see registrations

    // Filters.
    std::vector<unsigned> types;  // none: every type
    std::vector<unsigned> types_left_out;
    std::string part;  // like-*PART*: what the owner, or the value in a pivot, has in it
    std::optional<Moment> after, before, on;
    std::optional<Moment> first_after, first_before, last_after, last_before;
    std::optional<std::uint64_t> min;
    std::optional<std::uint64_t> limit;
    std::optional<std::uint64_t> page;
    std::optional<Order> order;
    bool runs = false;
    bool json = false;
    bool counts = false;
    std::string sums_by;      // "month" or "year" of by-month and by-year
    bool is_mistake = false;  // one of the words breaks the language
    // The words of all that, in the order in which they are asked.
    Labels words;

    // The time in front of `at`.
    Moment when;

    Labels name() const;
    // It names the type of registrations, and who asks may not see these.
    bool is_refused() const;
};

inline const Labels zone{"pdns", "local"};

// The windows that after-T and before-T make, and the others; all of time where nothing is said.
Interval window(const std::optional<Moment>& after, const std::optional<Moment>& before);
Interval window(const std::optional<Moment>& on);

bool is_about(const Subject& subject, const Record& record);
// The least of the record's values that the subject wants.
const std::string& met_at(const Subject& subject, const Record& record);

}  // namespace dnshist::oracle
