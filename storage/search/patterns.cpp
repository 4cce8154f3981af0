#include "storage/search/patterns.hpp"

#include <re2/re2.h>

#include <algorithm>

#include "storage/search/glob.hpp"
#include "storage/search/literal.hpp"

namespace dnshist {

namespace {

constexpr std::int64_t max_memory = std::int64_t{1} << 20;  // octets, of one compiled expression
constexpr int max_program = 500;                            // instructions

}  // namespace

std::string_view pattern_problem(PatternKind kind, std::string_view pattern) noexcept {
    if (!is_regular_expression(kind)) return glob_problem(pattern);
    if (pattern.empty()) return "is empty";
    if (pattern.find('\\') != std::string_view::npos) {
        return "has a '\\'; write [0-9] for a digit and [\\.] for a dot";
    }
    if (pattern.find("(?") != std::string_view::npos) {
        return "has a '(?'; all texts are in lower case, and () groups";
    }
    return {};
}

Patterns::Patterns() = default;
Patterns::~Patterns() = default;

std::optional<std::string> Patterns::use(Octets list) {
    if (as_text(list) == list_) return std::nullopt;
    patterns_.clear();
    list_.clear();
    literal_.clear();
    program_size_ = 0;
    OctetReader in(list);
    while (!in.at_end()) {
        const auto kind = in.u8();
        const auto size = in.u8();
        const auto text = in.octets(size.value_or(0));
        if (!text) break;
        if (auto problem = add(static_cast<PatternKind>(*kind), as_text(*text))) return problem;
    }
    list_ = as_text(list);
    return std::nullopt;
}

std::optional<std::string> Patterns::add(PatternKind kind, std::string_view text) {
    Pattern& pattern = patterns_.emplace_back(Pattern{kind, std::string(text), nullptr});
    if (kind == PatternKind::like) keep_literal(literal_of_glob(text));
    if (!is_regular_expression(kind)) return std::nullopt;
    RE2::Options options(RE2::Latin1);
    options.set_log_errors(false);
    options.set_max_mem(max_memory);
    pattern.expression = std::make_unique<RE2>(re2::StringPiece(text.data(), text.size()), options);
    const std::string name = (kind == PatternKind::re ? "re-" : "not-re-") + std::string(text);
    if (!pattern.expression->ok()) {
        return "'" + name + "' is no regular expression: " + pattern.expression->error();
    }
    const int size = pattern.expression->ProgramSize();
    if (size > max_program) return "'" + name + "' is too large: repeat less in it";
    if (kind == PatternKind::re) keep_literal(literal_of_expression(text));
    program_size_ += static_cast<std::size_t>(std::max(size, 0));
    return std::nullopt;
}

bool Patterns::match(std::string_view text) const {
    return std::ranges::all_of(patterns_, [text](const Pattern& pattern) {
        switch (pattern.kind) {
            case PatternKind::like:
                return glob_matches(pattern.glob, text);
            case PatternKind::not_like:
                return !glob_matches(pattern.glob, text);
            case PatternKind::re:
            case PatternKind::not_re:
                break;
        }
        const bool found =
            RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *pattern.expression);
        return found == (pattern.kind == PatternKind::re);
    });
}

}  // namespace dnshist
