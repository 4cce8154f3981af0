// Which records an export is about.
#pragma once

#include <cstdint>
#include <string_view>

#include "storage/base/result.hpp"
#include "storage/history/cursor.hpp"
#include "storage/record/name.hpp"

namespace dnshist::zonegen {

// The records of one owner, of all owners strictly below it, or all records.
struct Subject {
    enum class Scope : std::uint8_t { all, owner, below };

    Subject() noexcept : Subject(Scope::all, Name()) {}
    Subject(Scope of, const Name& owner) noexcept : scope(of), name(owner), key(owner.key()) {}

    bool contains(Octets owner_key) const noexcept;
    // Lets the cursor visit all records of the subject, and perhaps others.
    void seek(RecordCursor& cursor) const;

    bool personal = false;  // its records of personal types (is_personal()) too
    Scope scope;
    Name name;
    NameKey key;
};

// NAME or *.NAME.
Result<Subject> subject_from_text(std::string_view text);

}  // namespace dnshist::zonegen
