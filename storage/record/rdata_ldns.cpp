#include "storage/record/rdata_ldns.hpp"

#include <ldns/ldns.h>

#include <algorithm>
#include <memory>
#include <string>

#include "storage/base/deleter.hpp"
#include "storage/text/quote.hpp"

namespace dnshist {

namespace {

using RrPtr = std::unique_ptr<ldns_rr, Deleter<ldns_rr_free>>;
using BufferPtr = std::unique_ptr<ldns_buffer, Deleter<ldns_buffer_free>>;

BufferPtr make_buffer() {
    BufferPtr buffer(ldns_buffer_new(LDNS_MIN_BUFLEN));
    if (!buffer) throw std::bad_alloc();
    return buffer;
}

// The octets written to the buffer.
Octets written(const BufferPtr& buffer) noexcept {
    return {ldns_buffer_begin(buffer.get()), ldns_buffer_position(buffer.get())};
}

// The RDATA behind its length, as it stands in a message.
std::string with_length(Octets rdata) {
    std::string wire;
    wire += static_cast<char>(rdata.size() >> 8);
    wire += static_cast<char>(rdata.size() & 0xff);
    wire += as_text(rdata);
    return wire;
}

// Empty where ldns does not know how to write it.
std::string ldns_text(Rrtype type, Octets rdata) {
    const RrPtr rr(ldns_rr_new());
    if (!rr) throw std::bad_alloc();
    ldns_rr_set_type(rr.get(), static_cast<ldns_rr_type>(number(type)));
    const std::string wire = with_length(rdata);
    std::size_t position = 0;
    if (ldns_wire2rdf(rr.get(), as_octets(wire).data(), wire.size(), &position) != LDNS_STATUS_OK ||
        position != wire.size()) {
        return {};
    }
    const BufferPtr buffer = make_buffer();
    for (std::size_t i = 0; i < ldns_rr_rd_count(rr.get()); ++i) {
        if (i != 0) ldns_buffer_printf(buffer.get(), " ");
        if (ldns_rdf2buffer_str(buffer.get(), ldns_rr_rdf(rr.get(), i)) != LDNS_STATUS_OK) {
            return {};
        }
    }
    std::string text(as_text(written(buffer)));
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

}  // namespace

Result<void> read_rdata_by_ldns(Rrtype type, std::string_view text, Rdata& out) {
    if (text.size() > max_ldns_text_octets) {
        return Problem{"longer than " + std::to_string(max_ldns_text_octets) +
                       " octets of text: " + quote(text)};
    }
    // ldns reads whole records, where these have a meaning: the end of a record, a comment, the end
    // of the text.
    const bool odd = std::ranges::any_of(text, [](char c) {
        return c == ';' || (static_cast<unsigned char>(c) < ' ' && c != '\t');
    });
    const std::string line = ". 0 IN " + rrtype_text(type) + " " + std::string(text);
    ldns_rr* made = nullptr;
    const ldns_status status = odd ? LDNS_STATUS_SYNTAX_ERR
                                   : ldns_rr_new_frm_str(&made, line.c_str(), 0, nullptr, nullptr);
    const RrPtr rr(made);
    if (status != LDNS_STATUS_OK || !rr) {
        return Problem{"not the RDATA of " + rrtype_text(type) + " (" +
                       ldns_get_errorstr_by_id(status) + "): " + quote(text)};
    }
    const BufferPtr buffer = make_buffer();
    if (ldns_rr_rdata2buffer_wire(buffer.get(), rr.get()) != LDNS_STATUS_OK ||
        !out.append(written(buffer))) {
        return Problem{"not the RDATA of " + rrtype_text(type) + ": " + quote(text)};
    }
    return {};
}

bool write_rdata_by_ldns(TextWriter& out, Rrtype type, Octets rdata) {
    if (!is_valid_rdata(type, rdata)) return false;
    const std::string text = ldns_text(type, rdata);
    // Arbitrary octets may be written as a text that means other octets, or that is no RDATA.
    const auto again = std::make_unique<Rdata>();
    if (text.empty() || !read_rdata_by_ldns(type, text, *again) ||
        !detail::make_canonical(type, *again) || !equal(again->octets(), rdata)) {
        return false;
    }
    out.put(text);
    return true;
}

}  // namespace dnshist
