#include "storage/query/hint/query_error.hpp"

#include "storage/base/octets.hpp"
#include "storage/text/escape.hpp"

namespace dnshist {

void write_quoted(TextWriter& out, std::string_view word) noexcept {
    out.put('\'');
    write_escaped(out, as_octets(word), Escaping::quoted);
    out.put('\'');
}

void write_suggestion(TextWriter& out, std::string_view before,
                      std::string_view suggestion) noexcept {
    if (suggestion.empty()) return;
    out.put("; did you mean '");
    out.put(before);
    out.put(suggestion);
    out.put("'?");
}

}  // namespace dnshist
