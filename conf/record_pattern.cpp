#include "conf/record_pattern.hpp"

#include <string>

#include "storage/text/quote.hpp"

namespace dnshist::conf {

namespace {

constexpr std::string_view blanks = " \t";

}  // namespace

Result<RecordPattern> record_pattern_from_text(std::string_view text) {
    RecordPattern pattern;
    std::string_view name = text;
    if (const std::size_t end = text.find_first_of(blanks); end != std::string_view::npos) {
        pattern.type = rrtype_from_text(text.substr(0, end));
        if (!pattern.type) {
            return Problem{"expected NAME or TYPE NAME, not " + quote(text) +
                           ": there is no type " + quote(text.substr(0, end))};
        }
        name = text.substr(text.find_first_not_of(blanks, end));
    }
    if (name == "*") name = "*.";
    if (name.starts_with("*.")) {
        pattern.below = true;
        name.remove_prefix(2);
        if (name.empty()) return pattern;
    }
    const auto read = Name::from_text(name);
    if (!read) {
        return Problem{"expected NAME or TYPE NAME, not " + quote(text) + ": " + read.error().text};
    }
    pattern.name = *read;
    return pattern;
}

}  // namespace dnshist::conf
