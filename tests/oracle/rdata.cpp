#include "tests/oracle/rdata.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <utility>

namespace dnshist::oracle {

namespace {

std::string number(unsigned value, int octets) {
    std::string out;
    for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8)
        out += static_cast<char>(value >> static_cast<unsigned>(shift) & 0xffU);
    return out;
}

// The values in order. The root is nobody's value.
Rdata with_values(Rdata rdata, std::vector<std::string> values) {
    std::erase(values, name_value({}));
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    rdata.values = std::move(values);
    return rdata;
}

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words(1);
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        if (octet <= ' ' || octet == 0x7f) {
            words.emplace_back();
        } else {
            words.back() += c;
        }
    }
    std::erase(words, "");
    return words;
}

// Every word is a token, and so is what follows '=' or ':' in it: the last where several stand
// together. Semicolons and commas alone are none.
void add_tokens(const std::string& word, std::vector<std::string>& values) {
    const auto is_separator = [](char c) { return c == '=' || c == ':'; };
    const auto add = [&](const std::string& token) {
        if (token.find_first_not_of(";,") != std::string::npos)
            values.push_back(token_value(token));
    };
    add(word);
    for (std::size_t i = 0; i + 1 < word.size(); ++i) {
        if (is_separator(word[i]) && !is_separator(word[i + 1])) add(word.substr(i + 1));
    }
}

// What a term of SPF names: RFC 7208, section 4.6.1.
void add_spf_value(std::string term, std::vector<std::string>& values) {
    term = lower(std::move(term));
    if (std::string_view("+-~?").find(term[0]) != std::string_view::npos) term.erase(0, 1);
    for (const std::string before :
         {"include:", "redirect=", "exists:", "a:", "mx:", "ptr:", "ip4:", "ip6:"}) {
        if (!term.starts_with(before)) continue;
        const std::string what = term.substr(before.size(), term.find('/') - before.size());
        if (before == "ip4:" || before == "ip6:") {
            values.push_back(address_value(address_octets(what)));
        } else if (what.find('%') == std::string::npos) {
            values.push_back(name_value(labels_of(what)));
        }
    }
}

}  // namespace

std::string type_text(unsigned type) {
    constexpr std::array<std::pair<unsigned, const char*>, 8> names{{{type::A, "A"},
                                                                     {type::NS, "NS"},
                                                                     {type::CNAME, "CNAME"},
                                                                     {type::SOA, "SOA"},
                                                                     {type::PTR, "PTR"},
                                                                     {type::MX, "MX"},
                                                                     {type::TXT, "TXT"},
                                                                     {type::AAAA, "AAAA"}}};
    for (const auto& [number, name] : names) {
        if (number == type) return name;
    }
    return "TYPE" + std::to_string(type);
}

Rdata address(std::string_view text) {
    Rdata rdata;
    rdata.octets = address_octets(text);
    rdata.type = rdata.octets.size() == 4 ? type::A : type::AAAA;
    rdata.text = text;
    return with_values(rdata, {address_value(rdata.octets)});
}

Rdata target(unsigned type, std::string_view name) {
    const Labels labels = labels_of(name);
    return with_values({type, text_of(labels), wire_of(labels), {}}, {name_value(labels)});
}

Rdata mail_exchange(unsigned preference, std::string_view name) {
    const Labels labels = labels_of(name);
    return with_values({type::MX,
                        std::to_string(preference) + ' ' + text_of(labels),
                        number(preference, 2) + wire_of(labels),
                        {}},
                       {name_value(labels)});
}

Rdata start_of_authority(std::string_view server, std::string_view mailbox, unsigned serial) {
    const Labels mname = labels_of(server);
    const Labels rname = labels_of(mailbox);
    return with_values({type::SOA,
                        text_of(mname) + ' ' + text_of(rname) + ' ' + std::to_string(serial) +
                            " 7200 900 1209600 300",
                        wire_of(mname) + wire_of(rname) + number(serial, 4) + number(7200, 4) +
                            number(900, 4) + number(1209600, 4) + number(300, 4),
                        {}},
                       {name_value(mname), name_value(rname)});
}

Rdata strings(const std::vector<std::string>& pieces) {
    Rdata rdata{type::TXT, {}, {}, {}};
    std::string whole;
    for (const std::string& piece : pieces) {
        rdata.text += (rdata.text.empty() ? "" : " ") + ('"' + escaped(piece, "\"\\") + '"');
        rdata.octets += static_cast<char>(piece.size()) + piece;
        whole += piece;
    }
    std::vector<std::string> values;
    const std::vector<std::string> words = words_of(whole);
    const bool spf = lower(whole).starts_with("v=spf1 ") || lower(whole) == "v=spf1";
    for (const std::string& word : words) {
        add_tokens(word, values);
        if (spf && &word != words.data()) add_spf_value(word, values);
    }
    return with_values(rdata, values);
}

Rdata of_unknown_type(std::string octets) {
    std::string text = "\\# " + std::to_string(octets.size()) + ' ';
    for (const char c : octets) {
        constexpr std::string_view digits = "0123456789ABCDEF";
        text += digits[static_cast<unsigned char>(c) / 16U];
        text += digits[static_cast<unsigned char>(c) % 16U];
    }
    return {type::unknown, text, std::move(octets), {}};
}

std::string address_value(std::string_view octets) {
    return (octets.size() == 4 ? "4" : "6") + std::string(octets);
}

std::string name_value(const Labels& name) {
    return 'n' + key_of(name);
}

std::string token_value(std::string token) {
    while (token.size() > 1 && (token.back() == ';' || token.back() == ','))
        token.pop_back();
    return 't' + lower(std::move(token)) + '\0';
}

std::string address_octets(std::string_view text) {
    const std::string closed(text);
    std::array<char, 16> octets{};
    if (inet_pton(AF_INET, closed.c_str(), octets.data()) == 1) return {octets.data(), 4};
    if (inet_pton(AF_INET6, closed.c_str(), octets.data()) == 1) return {octets.data(), 16};
    return {};
}

}  // namespace dnshist::oracle
