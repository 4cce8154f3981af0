#include "zonegen/import/record_filter.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <system_error>

#include "conf/record_pattern.hpp"
#include "storage/base/octet_buffer.hpp"
#include "storage/record/name.hpp"
#include "storage/text/characters.hpp"

namespace dnshist::zonegen {

Result<RecordFilter> make_record_filter(const std::vector<std::string>& include,
                                        const std::vector<std::string>& exclude) {
    RecordFilter filter;
    for (const std::string& rule : include) {
        const auto added = filter.add(RecordFilter::Verdict::include, rule);
        if (!added) return added.error();
    }
    for (const std::string& rule : exclude) {
        const auto added = filter.add(RecordFilter::Verdict::exclude, rule);
        if (!added) return added.error();
    }
    return filter;
}

Result<void> RecordFilter::add(Verdict verdict, const std::string& rule) {
    return rule.starts_with('/') ? add_file(verdict, rule) : add_pattern(verdict, rule);
}

Result<void> RecordFilter::add_pattern(Verdict verdict, std::string_view text) {
    const auto pattern = conf::record_pattern_from_text(text);
    if (!pattern) return pattern.error();
    const NameKey key = pattern->name.key();
    rules_[std::string(as_text(key.subtree()))].push_back({pattern->below, pattern->type, verdict});
    if (verdict == Verdict::include) any_include_ = true;
    lines_.push_back((verdict == Verdict::include ? "include " : "exclude ") + std::string(text));
    return {};
}

std::string RecordFilter::text() const {
    std::vector<std::string> lines = lines_;
    std::ranges::sort(lines);
    lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
    std::string text;
    for (const std::string& line : lines)
        text += line + '\n';
    return text;
}

Result<void> RecordFilter::add_text(std::string_view text) {
    constexpr std::size_t word_octets = std::string_view("include ").size();
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (line.size() < word_octets) return Problem{"not a rule"};
        const bool include = line.starts_with("include ");
        const auto added =
            add_pattern(include ? Verdict::include : Verdict::exclude, line.substr(word_octets));
        if (!added) return added.error();
    }
    return {};
}

Result<void> RecordFilter::add_file(Verdict verdict, const std::string& path) {
    std::ifstream in(path);
    const auto unreadable = [&] {
        return Problem{path + ": cannot be read: " + std::generic_category().message(errno)};
    };
    if (!in) return unreadable();
    std::string line;
    for (std::uint64_t number = 1; std::getline(in, line); ++number) {
        const auto text = trimmed(std::string_view(line).substr(0, line.find('#')));
        if (text.empty()) continue;
        const auto done = add_pattern(verdict, text);
        if (!done) {
            return Problem{path + ":" + std::to_string(number) + ": " + done.error().text};
        }
    }
    if (in.bad()) return unreadable();
    return {};
}

bool RecordFilter::keeps(Octets owner, Rrtype type) const noexcept {
    if (empty()) return true;
    OctetBuffer<max_name_octets> owner_key;
    put_name_key(owner_key.data(), owner);
    owner_key.resize(owner.size());
    const Octets key = owner_key.octets();
    Verdict verdict = any_include_ ? Verdict::exclude : Verdict::include;
    // Each name that the owner is at or below, from the root down.
    for (std::size_t end = 0;; end += std::size_t{1} + key[end]) {
        if (const auto found = rules_.find(as_text(key.first(end))); found != rules_.end()) {
            bool typed = false;
            bool fits = false;
            for (const Rule& rule : found->second) {
                if (rule.below && key[end] == 0) continue;
                if (rule.type && *rule.type != type) continue;
                const bool goes_before =
                    !fits || (rule.type && !typed) ||
                    (rule.type.has_value() == typed && rule.verdict == Verdict::exclude);
                if (!goes_before) continue;
                fits = true;
                typed = rule.type.has_value();
                verdict = rule.verdict;
            }
        }
        if (key[end] == 0) return verdict == Verdict::include;
    }
}

}  // namespace dnshist::zonegen
