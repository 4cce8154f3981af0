#include "zonegen/export/export_subject.hpp"

namespace dnshist::zonegen {

bool Subject::contains(Octets owner_key) const noexcept {
    switch (scope) {
        case Scope::all:
            return true;
        case Scope::owner:
            return equal(owner_key, key.octets());
        case Scope::below:
            return starts_with(owner_key, key.subtree()) && !equal(owner_key, key.octets());
    }
    return false;
}

void Subject::seek(RecordCursor& cursor) const {
    switch (scope) {
        case Scope::all:
            cursor.seek_all();
            break;
        case Scope::owner:
            cursor.seek_owner(key.octets());
            break;
        case Scope::below:
            cursor.seek_subtree(key);
            break;
    }
}

Result<Subject> subject_from_text(std::string_view text) {
    if (text == "*") return Subject(Subject::Scope::below, Name());
    auto scope = Subject::Scope::owner;
    if (text.starts_with("*.")) {
        scope = Subject::Scope::below;
        text.remove_prefix(2);
        if (text.empty()) text = ".";
    }
    const auto name = Name::from_text(text);
    if (!name) return Problem{name.error().text};
    return Subject(scope, *name);
}

}  // namespace dnshist::zonegen
