// The text of RDATA by ldns: for types that are rare, and whose text is more trouble than it is
// worth writing again (storage/record/rdata_fields.hpp says which). ldns stays inside the .cpp.
//
// Not every type that ldns knows may come here: the text of CERT, for one, leaks a mnemonic each
// time it is read (ldns 1.8.3). Those that do were tried with damaged text, and left no memory
// behind.
#pragma once

#include <string_view>

#include "storage/record/rdata.hpp"

namespace dnshist {

// Longer text is not shown to ldns; the generic form has no such limit.
inline constexpr std::size_t max_ldns_text_octets = 16384;

// Presentation form to wire form, as ldns makes it: the caller validates it.
Result<void> read_rdata_by_ldns(Rrtype type, std::string_view text, Rdata& out);

// False, and nothing written, where the RDATA is not valid or ldns has no text that is read back as
// the same octets.
bool write_rdata_by_ldns(TextWriter& out, Rrtype type, Octets rdata);

}  // namespace dnshist
