// Which records of a feed are kept.
//
// Names that are made to be used once - by wildcards, trackers and generators - are the bulk of
// real feeds, and some types are of no interest to some. The rules are patterns of records
// (storage/record/record_pattern.hpp). Of those that a record fits the one with the longest name
// decides; of the same name one with a type, and at last the one that leaves out. What fits none is
// kept, but where there are rules to keep.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "storage/base/octets.hpp"
#include "storage/base/result.hpp"
#include "storage/record/record_pattern.hpp"

namespace dnshist::zonegen {

class RecordFilter {
  public:
    enum class Verdict : bool { exclude, include };

    // `rule` is a pattern, or the absolute path of a file with one a line ('#' begins a remark).
    // The problem says which and, of a file, where.
    Result<void> add(Verdict verdict, const std::string& rule);

    // Whether there is any rule.
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

    // By the names' key form without its closing zero.
    std::unordered_map<std::string, std::vector<Rule>, Hash, std::equal_to<>> rules_;
    bool any_include_ = false;
};

// The problem names the rule that is none.
Result<RecordFilter> make_record_filter(const std::vector<std::string>& include,
                                        const std::vector<std::string>& exclude);

}  // namespace dnshist::zonegen
