// The patterns of one question: globs (glob.hpp) and regular expressions, for what is to be found
// and for what is to be left out. A text matches where all of them hold.
//
// Regular expressions are RE2's, whose time is linear in the text. One that would need a large
// program is refused: in the worst case each octet costs a step for every instruction.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/base/octets.hpp"

namespace re2 {
class RE2;
}

namespace dnshist {

enum class PatternKind : std::uint8_t { like, re, not_like, not_re };

constexpr bool is_regular_expression(PatternKind kind) noexcept {
    return kind == PatternKind::re || kind == PatternKind::not_re;
}

// What is wrong with the pattern, as glob_problem() says it; empty if nothing is found without
// compiling it.
std::string_view pattern_problem(PatternKind kind, std::string_view pattern) noexcept;

// A list of patterns in octets: of each its kind, how many octets it has, and these.
class Patterns {
  public:
    Patterns();
    ~Patterns();
    Patterns(const Patterns&) = delete;
    Patterns& operator=(const Patterns&) = delete;

    // Compiles a list, once where it is the same again. Returns what is wrong: "re-( is no regular
    // expression: missing )".
    std::optional<std::string> use(Octets list);

    bool match(std::string_view text) const;
    // A literal without dots that every text has which matches (literal.hpp); empty for none.
    std::string_view literal() const noexcept { return literal_; }
    // The work of matching a text of so many octets, in units of WorkBudget.
    std::uint64_t cost(std::size_t octets) const noexcept {
        return 1 + octets / 64 + octets * program_size_ / 1024;
    }

  private:
    struct Pattern {
        PatternKind kind;
        std::string glob;
        std::unique_ptr<re2::RE2> expression;
    };
    std::optional<std::string> add(PatternKind kind, std::string_view text);

    void keep_literal(std::string literal) {
        if (literal.size() > literal_.size()) literal_ = std::move(literal);
    }

    std::string list_;
    std::string literal_;
    std::vector<Pattern> patterns_;
    std::size_t program_size_ = 0;
};

}  // namespace dnshist
