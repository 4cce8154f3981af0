// RDATA, built from its parts: the text in which it is shown, its octets, and the
// values by which a pivot finds it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/oracle/labels.hpp"

namespace dnshist::oracle {

namespace type {
inline constexpr unsigned A = 1, NS = 2, CNAME = 5, SOA = 6, PTR = 12, MX = 15, TXT = 16, AAAA = 28,
                          unknown = 65280, WHOIS = 65300;
}
std::string type_text(unsigned type);

struct Rdata {
    unsigned type = 0;
    std::string text;
    std::string octets;
    std::vector<std::string> values;  // ascending, each once
};

// "192.0.2.1" or "2001:db8::1", in the form in which it is shown.
Rdata address(std::string_view text);
Rdata target(unsigned type, std::string_view name);  // NS, CNAME, PTR
Rdata mail_exchange(unsigned preference, std::string_view name);
Rdata start_of_authority(std::string_view server, std::string_view mailbox, unsigned serial);
// TXT, with the tokens, names and addresses in it, as storage/pivot/pivot_values.hpp says what
// these are.
Rdata strings(const std::vector<std::string>& pieces, const std::vector<std::string>& tokens,
              const std::vector<std::string>& names, const std::vector<std::string>& addresses);
Rdata of_unknown_type(std::string octets);
// WHOIS: a role, a mailbox, and texts with the values in them.
Rdata registration(std::string_view role, std::string_view mailbox,
                   const std::vector<std::string>& pieces, const std::vector<std::string>& tokens,
                   const std::vector<std::string>& names);
// The text of RDATA of a type that is not known (RFC 3597).
std::string unknown_text(std::string_view octets);

// Pivot values: a letter for the kind, then the octets by which they are in order.
std::string address_value(std::string_view octets);  // 4 or 16
std::string name_value(const Labels& name);
std::string token_value(std::string token);

// The octets of an address; empty where the text is none.
std::string address_octets(std::string_view text);

}  // namespace dnshist::oracle
