#include "tests/support/ask.hpp"

#include <ldns/dname.h>

#include <algorithm>
#include <memory>
#include <sstream>
#include <stdexcept>

#include "storage/record/rdata.hpp"
#include "storage/text/address.hpp"
#include "storage/text/base_encoding.hpp"

namespace dnshist::test {

namespace {

// storage's own names are in lower case; the question's must keep its case.
std::vector<std::uint8_t> wire_name(const std::string& text) {
    const std::unique_ptr<ldns_rdf, decltype(&ldns_rdf_deep_free)> name(
        ldns_dname_new_frm_str(text.c_str()), ldns_rdf_deep_free);
    if (!name) throw std::runtime_error("no name: " + text);
    const std::uint8_t* octets = ldns_rdf_data(name.get());
    return {octets, octets + ldns_rdf_size(name.get())};
}

template <class Number>
Number next_number(std::istringstream& in) {
    unsigned number = 0;
    if (!(in >> number)) throw std::runtime_error("a number is missing in: " + in.str());
    return static_cast<Number>(number);
}

void put_u16(std::vector<std::uint8_t>& out, unsigned value) {
    out.push_back(static_cast<std::uint8_t>(value >> 8U));
    out.push_back(static_cast<std::uint8_t>(value));
}

void add_option(Ask& ask, std::istringstream& in) {
    put_u16(ask.options, next_number<std::uint16_t>(in));
    std::string digits;
    Rdata octets;
    if (!(in >> digits) || (digits != "-" && !read_hex(digits, octets))) {
        throw std::runtime_error("no option: " + in.str());
    }
    put_u16(ask.options, static_cast<unsigned>(octets.octets().size()));
    ask.options.insert(ask.options.end(), octets.octets().begin(), octets.octets().end());
}

std::array<std::uint8_t, 16> next_address(std::istringstream& in) {
    std::string text;
    in >> text;
    std::array<std::uint8_t, 16> address = Client().address;
    if (const auto v4 = ipv4_from_text(text)) {
        std::ranges::copy(*v4, address.begin() + 12);
    } else if (const auto v6 = ipv6_from_text(text)) {
        address = *v6;
    } else {
        throw std::runtime_error("no address: " + text);
    }
    return address;
}

}  // namespace

Client Ask::client() const {
    return {transport, address};
}

Ask ask_from_text(std::string_view words) {
    std::istringstream in{std::string(words)};
    std::string type;
    std::string name;
    in >> type >> name;
    const auto rrtype = rrtype_from_text(type);
    if (!rrtype) throw std::runtime_error("no record type: " + type);
    Ask ask;
    ask.type = *rrtype;
    ask.name = wire_name(name);
    for (std::string word; in >> word;) {
        if (word == "tcp") {
            ask.transport = Transport::tcp;
        } else if (word == "noedns") {
            ask.edns.reset();
        } else if (word == "edns") {
            ask.edns = next_number<std::uint16_t>(in);
        } else if (word == "version") {
            ask.edns_version = next_number<std::uint8_t>(in);
        } else if (word == "do") {
            ask.dnssec_ok = true;
        } else if (word == "rd") {
            ask.recursion_desired = true;
        } else if (word == "class") {
            ask.rrclass = Rrclass{next_number<std::uint16_t>(in)};
        } else if (word == "option") {
            add_option(ask, in);
        } else if (word == "from") {
            ask.address = next_address(in);
        } else if (word == "opcode") {
            ask.opcode = next_number<std::uint8_t>(in);
        } else {
            throw std::runtime_error("nothing known of '" + word + "' in a query");
        }
    }
    return ask;
}

std::vector<std::uint8_t> request_of(const Ask& ask) {
    std::vector<std::uint8_t> out;
    const auto put_u8 = [&out](unsigned value) { out.push_back(static_cast<std::uint8_t>(value)); };
    const auto put_u16 = [&out](unsigned value) { test::put_u16(out, value); };
    put_u16(ask_id);
    put_u16(unsigned{ask.opcode} << 11U | (ask.recursion_desired ? 0x0100U : 0U));
    put_u16(1);
    put_u16(0);
    put_u16(0);
    put_u16(ask.edns ? 1 : 0);
    out.insert(out.end(), ask.name.begin(), ask.name.end());
    put_u16(number(ask.type));
    put_u16(static_cast<std::uint16_t>(ask.rrclass));
    if (ask.edns) {
        put_u8(0);
        put_u16(number(Rrtype::OPT));
        put_u16(*ask.edns);
        put_u16(ask.edns_version);
        put_u16(ask.dnssec_ok ? 0x8000U : 0U);
        put_u16(static_cast<unsigned>(ask.options.size()));
        out.insert(out.end(), ask.options.begin(), ask.options.end());
    }
    return out;
}

}  // namespace dnshist::test
