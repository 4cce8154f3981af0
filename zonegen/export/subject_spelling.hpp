// How somebody types what the store holds as keys: the labels of a question's subject. The other
// way round are storage/query/subject.hpp and storage/query/pivot_subject.hpp.
//
//     1.2.0.192.in-addr.arpa., an owner    192.0.2.1, as the subject of history
//     an address among the values          192.0.2.1   2001:db8::1 (RFC 5952)
//     a name                               its own labels
//     the same as a mailbox                j.doe@example.com for j\.doe.example.com.
//     a text token                         its dots are where labels end
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

// Each says nothing where it cannot be spelled so. Whether the labels read as the same again is
// another question: a token may look like an address.

// `owner_key` is in key form.
std::optional<SubjectSpelling> spell_name(Octets owner_key) noexcept;
// The address whose reverse name it is (RFC 1035, section 3.5; RFC 3596, section 2.5).
std::optional<SubjectSpelling> spell_reversed(Octets owner_key) noexcept;
// A pivot value (storage/pivot/pivot_values.hpp). A token that is completed by a digest has no
// spelling.
std::optional<SubjectSpelling> spell_value(Octets value) noexcept;
// The value of a name as a mailbox.
std::optional<SubjectSpelling> spell_mailbox(Octets name_value) noexcept;

// WORD.SUBJECT.ZONE or WORD.WORD.SUBJECT.ZONE; `first` may be empty. Nothing where it is longer
// than a name can be.
std::optional<Name> question_name(std::string_view first, std::string_view view, Octets subject,
                                  const Name& zone) noexcept;

}  // namespace dnshist::zonegen
