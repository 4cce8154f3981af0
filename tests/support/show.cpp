#include "tests/support/show.hpp"

#include <ldns/ldns.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <stdexcept>

#include "storage/text/base_encoding.hpp"

namespace dnshist::test {

namespace {

using Packet = std::unique_ptr<ldns_pkt, decltype(&ldns_pkt_free)>;

void require(bool holds, const char* what) {
    if (!holds) throw std::runtime_error(std::string("the response ") + what);
}

std::string taken(char* text) {
    const std::unique_ptr<char, decltype(&std::free)> owned(text, std::free);
    if (!owned) throw std::runtime_error("ldns cannot show a part of the response");
    return owned.get();
}

std::string rdata_of(const ldns_rr& rr) {
    std::string text;
    for (std::size_t i = 0; i < ldns_rr_rd_count(&rr); ++i) {
        if (i > 0) text += ' ';
        text += taken(ldns_rdf2str(ldns_rr_rdf(&rr, i)));
    }
    return text;
}

std::string record_of(const ldns_rr& rr) {
    return taken(ldns_rdf2str(ldns_rr_owner(&rr))) + ' ' + std::to_string(ldns_rr_ttl(&rr)) + ' ' +
           taken(ldns_rr_type2str(ldns_rr_get_type(&rr))) + ' ' + rdata_of(rr);
}

std::string rcode_of(const ldns_pkt& packet) {
    const unsigned rcode = static_cast<unsigned>(ldns_pkt_get_rcode(&packet)) |
                           unsigned{ldns_pkt_edns_extended_rcode(&packet)} << 4U;
    if (rcode == 16) return "BADVERS";
    return taken(ldns_pkt_rcode2str(static_cast<ldns_pkt_rcode>(rcode)));
}

void show_options(ldns_pkt& packet, std::vector<std::string>& lines) {
    const ldns_edns_option_list* options = ldns_pkt_edns_get_option_list(&packet);
    const std::size_t count = options == nullptr ? 0 : ldns_edns_option_list_get_count(options);
    for (std::size_t i = 0; i < count; ++i) {
        const ldns_edns_option* option = ldns_edns_option_list_get_option(options, i);
        const Octets octets(ldns_edns_get_data(option), ldns_edns_get_size(option));
        if (ldns_edns_get_code(option) != LDNS_EDNS_EDE) {
            std::array<char, 512> digits;
            TextWriter hex(digits);
            write_hex(hex, octets);
            lines.push_back("option: " + std::to_string(ldns_edns_get_code(option)) + ' ' +
                            std::string(hex.text()));
            continue;
        }
        OctetReader in(octets);
        const auto code = in.u16();
        require(code.has_value(), "has an EDE without a code");
        lines.push_back("ede: " + std::to_string(*code) + " \"" + std::string(as_text(in.rest())) +
                        '"');
    }
}

// Invariants of every response.
void check_envelope(const ldns_pkt& packet, Octets response, const Ask& ask) {
    const bool turned_away = ldns_pkt_get_rcode(&packet) == LDNS_RCODE_FORMERR ||
                             ldns_pkt_get_rcode(&packet) == LDNS_RCODE_NOTIMPL;
    require(ldns_pkt_id(&packet) == ask_id, "has another ID");
    require(ldns_pkt_qr(&packet), "says that it is a query");
    require(!ldns_pkt_ra(&packet), "offers recursion");
    require(ldns_pkt_rd(&packet) == (ask.recursion_desired && ask.opcode == 0),
            "does not copy RD, or copies it where it means nothing");
    require(unsigned{ldns_pkt_get_opcode(&packet)} == ask.opcode, "has another opcode");
    const bool edns = ldns_pkt_edns(&packet);
    // A message that could not be read has no OPT; one whose options mean nothing has.
    require(turned_away ? !edns || ask.edns.has_value() : edns == ask.edns.has_value(),
            "has OPT where none is due, or none");
    if (edns) require(ldns_pkt_edns_do(&packet) == ask.dnssec_ok, "does not copy DO");
    if (!turned_away) {
        const Octets question = response.subspan(message_header_octets, ask.name.size());
        require(equal(question, ask.name), "does not echo the question's name as it came");
    }
    std::size_t limit = max_tcp_octets;
    if (ask.transport == Transport::udp) {
        limit = std::max<std::size_t>(ask.edns.value_or(0), min_udp_octets);
    }
    require(response.size() <= limit, "is longer than the client takes");
}

}  // namespace

std::vector<std::string> show_response(Octets response, const Ask& ask, std::uint32_t usual_ttl) {
    ldns_pkt* read = nullptr;
    const ldns_status status = ldns_wire2pkt(&read, response.data(), response.size());
    const Packet packet(read, ldns_pkt_free);
    if (status != LDNS_STATUS_OK) {
        throw std::runtime_error(std::string("the response is no message: ") +
                                 ldns_get_errorstr_by_id(status));
    }
    check_envelope(*packet, response, ask);

    std::vector<std::string> lines;
    std::string& head = lines.emplace_back(rcode_of(*packet));
    if (ldns_pkt_aa(packet.get())) head += " aa";
    if (ldns_pkt_tc(packet.get())) head += " tc";
    if (ldns_pkt_rd(packet.get())) head += " rd";

    const std::unique_ptr<ldns_rdf, decltype(&ldns_rdf_free)> qname(
        ldns_rdf_new(LDNS_RDF_TYPE_DNAME, ask.name.size(),
                     const_cast<std::uint8_t*>(ask.name.data())),
        ldns_rdf_free);
    const ldns_rr_list* answers = ldns_pkt_answer(packet.get());
    for (std::size_t i = 0; i < ldns_rr_list_rr_count(answers); ++i) {
        const ldns_rr& rr = *ldns_rr_list_rr(answers, i);
        if (ldns_rr_get_type(&rr) != LDNS_RR_TYPE_TXT ||
            ldns_dname_compare(ldns_rr_owner(&rr), qname.get()) != 0) {
            lines.push_back("answer: " + record_of(rr));
        } else if (ldns_rr_ttl(&rr) == usual_ttl) {
            lines.push_back(rdata_of(rr));
        } else {
            lines.push_back(std::to_string(ldns_rr_ttl(&rr)) + ' ' + rdata_of(rr));
        }
    }
    const ldns_rr_list* authorities = ldns_pkt_authority(packet.get());
    for (std::size_t i = 0; i < ldns_rr_list_rr_count(authorities); ++i) {
        lines.push_back("authority: " + record_of(*ldns_rr_list_rr(authorities, i)));
    }
    show_options(*packet, lines);
    return lines;
}

}  // namespace dnshist::test
