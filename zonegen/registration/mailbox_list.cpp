#include "zonegen/registration/mailbox_list.hpp"

#include <algorithm>
#include <optional>

#include "storage/text/characters.hpp"
#include "storage/text/idna.hpp"
#include "zonegen/registration/withheld.hpp"

namespace dnshist::zonegen {

namespace {

constexpr std::size_t max_mailbox_octets = 255;  // of a character-string
constexpr std::string_view mailbox_ends = " \t\r,;|<>";

// Removes a user in quotes and the domain behind it from the front; nothing where `rest` does not
// begin so.
std::optional<std::string> take_quoted(std::string_view& rest) {
    if (!rest.starts_with('"')) return std::nullopt;
    std::string user;
    std::size_t at = 1;
    for (; at < rest.size() && rest[at] != '"'; ++at) {
        if (rest[at] == '\\' && at + 1 < rest.size()) ++at;
        user += rest[at];
    }
    if (!rest.substr(std::min(at + 1, rest.size())).starts_with('@')) return std::nullopt;
    rest.remove_prefix(at + 1);
    const std::string_view domain = rest.substr(0, rest.find_first_of(mailbox_ends));
    rest.remove_prefix(domain.size());
    return user + std::string(domain);
}

// With A-labels in its domain, where it is a mailbox.
std::optional<std::string> mailbox_of(const std::string& text) {
    const std::size_t at = text.rfind('@');
    if (at == 0 || at + 1 >= text.size()) return std::nullopt;
    const std::string domain = text.substr(at + 1);
    std::string mailbox = text.substr(0, at + 1) + domain_in_ascii(domain).value_or(domain);
    if (mailbox.size() > max_mailbox_octets) return std::nullopt;
    return mailbox;
}

// One text. What is between commas is judged by itself: a sentence, or a mailbox.
class MailboxReader {
  public:
    explicit MailboxReader(MailboxList& list) noexcept : list_(list) {}

    void read(std::string_view text) {
        std::string_view rest = trimmed(text);
        if (is_withheld(rest) && rest.find('@') == std::string_view::npos) return;
        while (!rest.empty()) {
            if (auto quoted = take_quoted(rest)) {
                found_.push_back(std::move(*quoted));
                continue;
            }
            const std::size_t end = std::min(rest.find_first_of(ends), rest.size());
            take_word(rest.substr(0, end));
            if (end < rest.size() && separators.find(rest[end]) != std::string_view::npos) close();
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
        close();
        if (!any_) list_.unreadable.emplace_back(trimmed(text));
    }

  private:
    static constexpr std::string_view separators = ",;|";
    static constexpr std::string_view ends = " \t\r,;|<>\"";

    void take_word(std::string_view word) {
        constexpr std::string_view scheme = "mailto:";
        if (word.starts_with(scheme)) word.remove_prefix(scheme.size());
        if (contains(word, "://")) {
            any_ = true;
        } else if (word.find('@') != std::string_view::npos) {
            found_.emplace_back(word);
        } else if (!word.empty()) {
            words_ += (words_.empty() ? "" : " ") + std::string(word);
        }
    }

    // What was found up to a separator. Words beside it may say that the mailbox is withheld.
    void close() {
        const bool withheld = has_withheld_phrase(words_);
        any_ = any_ || withheld || !found_.empty();
        for (const std::string& text : found_) {
            const auto mailbox = mailbox_of(text);
            if (!mailbox) {
                list_.unreadable.push_back(text);
            } else if (!withheld && !is_withheld_mailbox(*mailbox)) {
                list_.mailboxes.push_back(*mailbox);
            }
        }
        found_.clear();
        words_.clear();
    }

    MailboxList& list_;
    std::vector<std::string> found_;
    std::string words_;  // that are no mailbox
    bool any_ = false;   // something of it is understood
};

}  // namespace

MailboxList read_mailboxes(std::string_view texts) {
    MailboxList list;
    while (!texts.empty()) {
        const std::string_view line = texts.substr(0, texts.find('\n'));
        texts.remove_prefix(std::min(line.size() + 1, texts.size()));
        if (!trimmed(line).empty()) MailboxReader(list).read(line);
    }
    return list;
}

}  // namespace dnshist::zonegen
