// Decides which records of a feed are kept.
//
// Most of a real feed are names that are used once, made by wildcards, trackers and generators, and
// not every operator needs every type. A rule includes or excludes the records of a pattern
// (conf/record_pattern.hpp). Among the rules that match a record the longest name decides; of rules
// with the same name one with a type prevails, then one that excludes. A record that no rule
// matches is kept if there is no rule that includes.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "storage/base/octets.hpp"
#include "storage/base/result.hpp"
#include "storage/record/rrtype.hpp"

namespace dnshist::zonegen {

class RecordFilter {
  public:
    enum class Verdict : bool { exclude, include };

    // `rule` is a pattern, or the absolute path of a file with a pattern a line ('#' begins a
    // comment). The problem names the rule and, in a file, the line.
    Result<void> add(Verdict verdict, const std::string& rule);

    // All rules, one a line, in an order of their own: "include NSEC3 example.com".
    std::string text() const;
    // Adds the rules of a text().
    Result<void> add_text(std::string_view text);

    // Whether there is no rule.
    bool empty() const noexcept { return rules_.empty(); }
    // `owner` is a name in wire form, in any case.
    bool keeps(Octets owner, Rrtype type) const noexcept;

  private:
    struct Rule {
        bool below;
        std::optional<Rrtype> type;
        Verdict verdict;
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept {
            return std::hash<std::string_view>{}(text);
        }
    };

    Result<void> add_pattern(Verdict verdict, std::string_view text);
    Result<void> add_file(Verdict verdict, const std::string& path);

    // By the name's key form without its final zero.
    std::unordered_map<std::string, std::vector<Rule>, Hash, std::equal_to<>> rules_;
    bool any_include_ = false;
    std::vector<std::string> lines_;  // of text()
};

// The problem names the rule that cannot be read.
Result<RecordFilter> make_record_filter(const std::vector<std::string>& include,
                                        const std::vector<std::string>& exclude);

}  // namespace dnshist::zonegen
