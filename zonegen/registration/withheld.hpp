// What stands in a registration where a person's data would be: the words of registries and
// registrars that redact it, privacy services with their mailboxes, and mailboxes for complaints.
//
// The list is of this program; a service that is not in it is kept like any organisation.
#pragma once

#include <string_view>

namespace dnshist::zonegen {

// Whether the text is nothing, or says that there is nothing to be told. Without case.
bool is_withheld(std::string_view text);

// Whether a part of the text says so, as "redacted" does: a sentence that stands for a value.
bool has_withheld_phrase(std::string_view text);

// Whether the mailbox (user@domain) is a privacy service's, or one for complaints about abuse.
bool is_withheld_mailbox(std::string_view mailbox);

}  // namespace dnshist::zonegen
