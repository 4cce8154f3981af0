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

// The values in order. The root is never a value.
Rdata with_values(Rdata rdata, std::vector<std::string> values) {
    std::erase(values, name_value({}));
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    rdata.values = std::move(values);
    return rdata;
}

}  // namespace

std::string type_text(unsigned type) {
    constexpr std::array<std::pair<unsigned, const char*>, 9> names{{{type::A, "A"},
                                                                     {type::NS, "NS"},
                                                                     {type::CNAME, "CNAME"},
                                                                     {type::SOA, "SOA"},
                                                                     {type::PTR, "PTR"},
                                                                     {type::MX, "MX"},
                                                                     {type::TXT, "TXT"},
                                                                     {type::AAAA, "AAAA"},
                                                                     {type::WHOIS, "WHOIS"}}};
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

Rdata strings(const std::vector<std::string>& pieces, const std::vector<std::string>& tokens,
              const std::vector<std::string>& names, const std::vector<std::string>& addresses) {
    Rdata rdata{type::TXT, {}, {}, {}};
    for (const std::string& piece : pieces) {
        rdata.text += (rdata.text.empty() ? "" : " ") + ('"' + escaped(piece, "\"\\") + '"');
        rdata.octets += static_cast<char>(piece.size()) + piece;
    }
    std::vector<std::string> values;
    for (const std::string& token : tokens)
        values.push_back(token_value(token));
    for (const std::string& name : names)
        values.push_back(name_value(labels_of(name)));
    for (const std::string& each : addresses)
        values.push_back(address_value(address_octets(each)));
    return with_values(rdata, values);
}

Rdata registration(std::string_view role, std::string_view mailbox,
                   const std::vector<std::string>& pieces, const std::vector<std::string>& tokens,
                   const std::vector<std::string>& names) {
    const Labels user = labels_of(mailbox);
    Rdata rdata = strings(pieces, tokens, names, {});
    std::vector<std::string> values = rdata.values;
    values.push_back(name_value(user));
    rdata.type = type::WHOIS;
    rdata.text = std::string(role) + ' ' + text_of(user) + ' ' + rdata.text;
    rdata.octets =
        static_cast<char>(role.size()) + std::string(role) + wire_of(user) + rdata.octets;
    return with_values(rdata, values);
}

std::string unknown_text(std::string_view octets) {
    std::string text = "\\# " + std::to_string(octets.size()) + ' ';
    for (const char c : octets) {
        constexpr std::string_view digits = "0123456789ABCDEF";
        text += digits[static_cast<unsigned char>(c) / 16U];
        text += digits[static_cast<unsigned char>(c) % 16U];
    }
    return text;
}

Rdata of_unknown_type(std::string octets) {
    std::string text = unknown_text(octets);
    return {type::unknown, std::move(text), std::move(octets), {}};
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
