// The mailboxes in a text of a registration.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dnshist::zonegen {

struct MailboxList {
    // user@domain in the order in which they were told, of 255 octets at most. The domain has
    // A-labels where that is possible; a user in quotes (RFC 5321, section 4.1.2) is without them.
    std::vector<std::string> mailboxes;
    // What stands in the place of a mailbox and cannot be read as one.
    std::vector<std::string> unreadable;
};

// Takes texts with a line for each; a text has one mailbox or several, between commas, semicolons
// or blanks, perhaps with a person's name before it. What stands for a withheld mailbox
// (withheld.hpp) is in neither list, and so is the address of a page with a form.
MailboxList read_mailboxes(std::string_view texts);

}  // namespace dnshist::zonegen
