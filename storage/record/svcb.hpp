// Service parameters: the end of the RDATA of SVCB and HTTPS (RFC 9460).
//
// On the wire a list of key (16 bits), length (16 bits) and value, the keys ascending. In text they
// are words like port=443 or alpn="h2,h3" in any order.
#pragma once

#include <cstdint>
#include <string_view>

#include "storage/base/octets.hpp"
#include "storage/base/result.hpp"
#include "storage/base/text_writer.hpp"
#include "storage/record/rdata.hpp"

namespace dnshist {

enum class SvcKey : std::uint16_t {
    mandatory = 0,
    alpn = 1,
    no_default_alpn = 2,
    port = 3,
    ipv4hint = 4,
    ech = 5,
    ipv6hint = 6,
    dohpath = 7,  // RFC 9461
    ohttp = 8,    // RFC 9540
};

// Whether this is a whole list, with values that are valid for the keys that have rules.
bool are_svc_params(Octets params) noexcept;

// Writes a valid list, a space before each parameter.
void write_svc_params(TextWriter& out, Octets params) noexcept;

// Adds the wire form of the parameters to `out`, sorted. Allocates.
Result<void> read_svc_params(std::string_view text, Rdata& out);

// Calls visit(SvcKey, Octets value) for each parameter of a list, as far as it is whole.
template <class Visit>
void for_each_svc_param(Octets params, Visit&& visit) {
    OctetReader in(params);
    while (!in.at_end()) {
        const auto key = in.u16();
        const auto length = in.u16();
        if (!key || !length) return;
        const auto value = in.octets(*length);
        if (!value) return;
        visit(SvcKey{*key}, *value);
    }
}

}  // namespace dnshist
