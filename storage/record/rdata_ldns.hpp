// The text of RDATA by ldns, for rare types whose text is not worth an implementation of our own
// (storage/record/rdata_fields.hpp says which). ldns stays inside the .cpp.
//
// Not every type that ldns knows may be used here: reading the text of CERT, for example, leaks a
// mnemonic each time (ldns 1.8.3). The types that are used were tested with damaged text and leak
// nothing.
#pragma once

#include <string_view>

#include "storage/record/rdata.hpp"

namespace dnshist {

// Longer text is not given to ldns; the generic form has no such limit.
inline constexpr std::size_t max_ldns_text_octets = 16384;

// Presentation form to wire form, as ldns makes it: the caller validates it.
Result<void> read_rdata_by_ldns(Rrtype type, std::string_view text, Rdata& out);

// False, and nothing written, where the RDATA is not valid or the text of ldns does not read back
// as the same octets.
bool write_rdata_by_ldns(TextWriter& out, Rrtype type, Octets rdata);

}  // namespace dnshist
