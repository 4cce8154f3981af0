// The labels of a question's subject that mean a given key of the store. The reverse is
// storage/query/subject.hpp and storage/query/pivot_subject.hpp.
//
//     1.2.0.192.in-addr.arpa., an owner    192.0.2.1, as the subject of history
//     an address among the values          192.0.2.1   2001:db8::1 (RFC 5952)
//     a name                               its own labels
//     the same as a mailbox                j.doe@example.com for j\.doe.example.com.
//     a text token                         its dots separate labels
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "storage/base/octets.hpp"
#include "storage/record/labels.hpp"
#include "storage/record/name.hpp"

namespace dnshist::zonegen {

// A subject as the labels of a question's name.
using SubjectSpelling = NameBuilder;

// Each returns nullopt where there is no such spelling. The labels may still be read as something
// else: a token may look like an address.

// `owner_key` is in key form.
std::optional<SubjectSpelling> spell_name(Octets owner_key) noexcept;
// The address of a reverse name (RFC 1035, section 3.5; RFC 3596, section 2.5).
std::optional<SubjectSpelling> spell_reversed(Octets owner_key) noexcept;
// A pivot value (storage/pivot/pivot_values.hpp). A token that was cut and completed by a digest
// has no spelling.
std::optional<SubjectSpelling> spell_value(Octets value) noexcept;
// The pivot value of a name, as a mailbox.
std::optional<SubjectSpelling> spell_mailbox(Octets name_value) noexcept;

// FIRST.VIEW.SUBJECT.ZONE; `first` may be empty. Empty where it would be longer than 255 octets.
std::optional<Name> question_name(std::string_view first, std::string_view view, Octets subject,
                                  const Name& zone) noexcept;

}  // namespace dnshist::zonegen
