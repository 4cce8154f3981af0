#include "tests/oracle/question.hpp"

#include <algorithm>
#include <array>

namespace dnshist::oracle {

namespace {

Labels in_lower_case(Labels name) {
    for (std::string& label : name)
        label = lower(label);
    return name;
}

}  // namespace

const char* word_of(View view) {
    constexpr std::array words{"history", "pivot", "names", "summary",
                               "changes", "at",    "seen",  "cohost"};
    return words[static_cast<std::size_t>(view)];
}

const char* word_of(Order order) {
    constexpr std::array words{"last", "first", "count", "name", "data", "duration"};
    return words[static_cast<std::size_t>(order)];
}

Subject of_name(const Labels& name) {
    return {name, name, Reach::name, {}};
}

Subject of_exact_name(const Labels& name) {
    return {concatenated({"="}, name), name, Reach::name, {}};
}

bool looks_like_another(const Labels& name) {
    return !name.empty() && (name[0] == "*" || name[0] == "+" || name[0] == "=" ||
                             !address_octets(joined_with_dots(name)).empty());
}

bool looks_like_a_value(const Labels& name) {
    const std::string text = joined_with_dots(name);
    return looks_like_another(name) || text.find_first_of("@=") != std::string::npos ||
           text.ends_with('*');
}

Subject of_names_at_or_below(const Labels& name) {
    return {name, name, Reach::at_or_below, {}};
}

Subject of_names_below(const Labels& name) {
    return {concatenated({"*"}, name), name, Reach::below, {}};
}

Subject of_names_one_below(const Labels& name) {
    return {concatenated({"+"}, name), name, Reach::one_below, {}};
}

// RFC 1035, section 3.5, and RFC 3596, section 2.5.
Subject of_reverse_name(const std::string& address) {
    const std::string octets = address_octets(address);
    Labels name = octets.size() == 4 ? Labels{"in-addr", "arpa"} : Labels{"ip6", "arpa"};
    for (const char c : octets) {
        const auto octet = static_cast<unsigned char>(c);
        if (octets.size() == 4) {
            name.insert(name.begin(), std::to_string(octet));
        } else {
            constexpr std::string_view digits = "0123456789abcdef";
            name.insert(name.begin(), std::string(1, digits[octet / 16U]));
            name.insert(name.begin(), std::string(1, digits[octet % 16U]));
        }
    }
    return {split_at_dots(address), name, Reach::name, {}, address};
}

Subject of_address(const std::string& address) {
    const std::string value = address_value(address_octets(address));
    const Labels labels = split_at_dots(address);
    const std::string name = name_value(labels);
    return {labels, labels, Reach::name,
            [=](const std::string& v) { return v == value || v == name; }};
}

Subject of_prefix(const std::string& address, unsigned length) {
    const std::string octets = address_octets(address);
    const auto bit = [](const std::string& of, unsigned i) {
        return (unsigned{static_cast<unsigned char>(of[i / 8])} >> (7 - i % 8) & 1U) != 0;
    };
    const Labels labels = split_at_dots(address + '/' + std::to_string(length));
    return {labels, labels, Reach::name, [=](const std::string& value) {
                if (value[0] != address_value(octets)[0]) return false;
                for (unsigned i = 0; i < length; ++i) {
                    if (bit(value.substr(1), i) != bit(octets, i)) return false;
                }
                return true;
            }};
}

Subject of_values_below(const Labels& name) {
    const std::string value = name_value(name);
    const std::string subtree = value.substr(0, value.size() - 1);
    return {concatenated({"*"}, name), name, Reach::name,
            [=](const std::string& v) { return v.starts_with(subtree) && v != value; }};
}

Subject of_token_prefix(const std::string& beginning) {
    const std::string value = 't' + lower(beginning);
    const Labels labels = split_at_dots(beginning + '*');
    return {labels, in_lower_case(labels), Reach::name,
            [=](const std::string& v) { return v.starts_with(value); }};
}

Subject of_mailboxes(const std::string& domain) {
    const Labels labels = split_at_dots("*@" + domain);
    const std::string name = name_value(split_at_dots(domain));
    const std::string subtree = name.substr(0, name.size() - 1);
    const auto is_user = [](const std::string& text) {
        return !text.empty() && text.find('@') == std::string::npos;
    };
    return {labels, labels, Reach::name, [=](const std::string& v) {
                if (v[0] == 'n') {
                    return v.starts_with(subtree) && v != name && is_user(v.substr(subtree.size()));
                }
                const std::string text = v.substr(1, v.size() - 2);
                if (v[0] != 't' || text.size() <= domain.size() || !text.ends_with(domain)) {
                    return false;
                }
                const std::size_t mark = text.size() - domain.size() - 1;
                return (text[mark] == '@' || text[mark] == '.') && is_user(text.substr(0, mark));
            }};
}

// The value of the address whose reverse name it is (RFC 1035, section 3.5, and RFC 3596, section
// 2.5); empty for any other name.
std::string value_of_reverse_name(const Labels& name) {
    const bool is_ipv4 = name.size() == 6;
    if (!is_ipv4 && name.size() != 34) return {};
    std::string address;
    for (std::size_t i = name.size() - 2; i-- > 0;) {
        const bool ends_group = i > 0 && (is_ipv4 || i % 4 == 0);
        address += name[i];
        if (ends_group) address += is_ipv4 ? '.' : ':';
    }
    const std::string octets = address_octets(address);
    const bool is_reverse = !octets.empty() && of_reverse_name(address).name == in_lower_case(name);
    return is_reverse ? address_value(octets) : std::string();
}

Subject of_text(const Labels& labels) {
    const std::string text = joined_with_dots(labels);
    const std::string token = token_value(text);
    Labels name = labels;
    if (const std::size_t at = text.rfind('@'); at != std::string::npos) {
        // The user is one label, whatever dots it has.
        name = concatenated({text.substr(0, at)}, split_at_dots(text.substr(at + 1)));
    }
    const std::string value = name_value(in_lower_case(name));
    const std::string as_it_stands = name_value(in_lower_case(labels));
    const std::string address = value_of_reverse_name(labels);
    return {labels, in_lower_case(labels), Reach::name, [=](const std::string& v) {
                return v == value || v == as_it_stands || v == token ||
                       (!address.empty() && v == address);
            }};
}

Labels Question::name() const {
    Labels labels = words;
    labels.emplace_back(word_of(view));
    return concatenated(concatenated(labels, subject.labels), zone);
}

bool Question::is_refused() const {
    const bool names_them = view == View::at ? qtype == type_text(type::WHOIS)
                                             : std::ranges::find(types, type::WHOIS) != types.end();
    return names_them && !sees_personal;
}

Interval window(const std::optional<Moment>& after, const std::optional<Moment>& before) {
    return {after ? after->period.begin : 0, before ? before->period.begin - 1 : last_second};
}

Interval window(const std::optional<Moment>& on) {
    return on ? on->period : Interval{0, last_second};
}

bool is_about(const Subject& subject, const Record& record) {
    if (subject.wants) return std::ranges::any_of(record.rdata.values, subject.wants);
    const std::size_t more = record.owner.size() - subject.name.size();
    switch (subject.reach) {
        case Reach::name:
            return record.owner == subject.name;
        case Reach::at_or_below:
            return is_at_or_below(record.owner, subject.name);
        case Reach::below:
            return is_at_or_below(record.owner, subject.name) && more > 0;
        case Reach::one_below:
            return is_at_or_below(record.owner, subject.name) && more == 1;
    }
    return false;
}

const std::string& met_at(const Subject& subject, const Record& record) {
    return *std::ranges::find_if(record.rdata.values, subject.wants);
}

}  // namespace dnshist::oracle
