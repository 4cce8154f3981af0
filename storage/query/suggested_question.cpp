#include "storage/query/suggested_question.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <variant>

#include "storage/query/address_subject.hpp"
#include "storage/query/hint/pasted_text.hpp"
#include "storage/query/hint/time_suggestion.hpp"
#include "storage/query/pattern_label.hpp"
#include "storage/query/query.hpp"
#include "storage/query/subject.hpp"
#include "storage/query/vocabulary.hpp"
#include "storage/record/labels.hpp"
#include "storage/text/address.hpp"
#include "storage/text/characters.hpp"
#include "storage/text/escape.hpp"

namespace dnshist {

namespace {

bool add_dotted(NameBuilder& name, std::string_view text) noexcept {
    while (!text.empty()) {
        const std::string_view label = text.substr(0, text.find('.'));
        if (!name.add_label(label)) return false;
        text.remove_prefix(std::min(text.size(), label.size() + 1));
    }
    return true;
}

std::optional<Prefix> prefix_of(std::string_view text) {
    NameBuilder labels;
    if (text.empty() || !add_dotted(labels, text)) return std::nullopt;
    const PrefixResult read = read_prefix(labels.labels());
    const auto* const prefix = std::get_if<Prefix>(&read);
    return prefix == nullptr ? std::nullopt : std::optional(*prefix);
}

// Puts a question together from what one has that finds nothing.
class Suggester {
  public:
    explicit Suggester(Seconds now) noexcept : now_(now) {}

    std::optional<SuggestedQuestion> suggest(Octets labels) {
        labels = without_doubled_backslashes(labels, labels_);
        const bool has_view = view_of(labels).has_value();
        if (const auto turned = has_view ? std::nullopt : turn_asof(labels)) return turned;
        Octets subject = has_view ? read_to_view(labels) : read_leading_words(labels);
        if (is_impossible_) return std::nullopt;  // a word is wrong, not its place
        if (has_view) subject = read_words_behind_view(subject);
        add_labels_to_subject(subject);
        // In front of anything but an address it is a label that was mistyped.
        if (has_prefix_word_ && !prefix_of(subject_.text())) return std::nullopt;
        if (subject_.overflowed() || Labels(subject).next() == exact_mark) return std::nullopt;
        mend_subject();
        if (is_impossible_) return SuggestedQuestion{{}, true};
        choose_view();
        return compose(labels);
    }

  private:
    // NAME.T.asof for T.asof.NAME, which is written as `at` is.
    std::optional<SuggestedQuestion> turn_asof(Octets labels) const {
        Labels rest(labels);
        const auto time = rest.next();
        if (!time || !is_time(*time) || rest.next() != "asof" || rest.rest().empty()) {
            return std::nullopt;
        }
        SuggestedQuestion question;
        const std::size_t words = labels.size() - rest.rest().size();
        question.labels.append(rest.rest());
        question.labels.append(labels.first(words));
        return question;
    }
    // The filters, the times and the view. Other words may be a name with the view behind it.
    Octets read_to_view(Octets labels) {
        Labels rest(labels);
        bool has_other_words = false;
        while (const auto label = rest.next()) {
            if (const ViewWord* const view = find_view(*label)) {
                view_ = view->view;
                break;
            }
            if (take_word(*label)) continue;
            if (label->starts_with(prefix_word)) {
                // It belongs to the address behind the view.
                has_prefix_word_ = true;
                add_label_to_subject(*label);
                continue;
            }
            has_other_words = true;
            is_impossible_ |= is_pattern_label(*label);
            add_label_to_subject(*label);
        }
        is_impossible_ |= has_other_words && !rest.rest().empty();
        return rest.rest();
    }

    // Without a view: the words in front of a name. A record type may be a label of the name too.
    Octets read_leading_words(Octets labels) {
        if (prefix_at(labels)) return labels;
        Labels rest(labels);
        while (const auto label = rest.next()) {
            const auto next = Labels(rest.rest()).next();
            const bool searches = is_search(*label) || (next && is_search(*next));
            const std::size_t least = searches ? 0 : is_value_filter(*label) ? 1 : 2;
            if (label_count(rest.rest()) < least || !take_word(*label)) break;
            labels = rest.rest();
        }
        return labels;
    }

    // Words that stand behind the view: filters, and a view that was meant instead.
    Octets read_words_behind_view(Octets labels) {
        if (prefix_at(labels)) return labels;
        Labels rest(labels);
        while (const auto label = rest.next()) {
            if (rest.rest().empty() && !is_search(*label)) break;
            const ViewWord* const view = find_view(*label);
            if (view != nullptr) {
                const bool same = view_ && takes_values(*view_) && view->view == View::pivot &&
                                  prefix_at(rest.rest());
                if (view->view == View::at && time_.empty()) break;
                if (!same) view_ = view->view;
            } else if (view_ == View::at && time_.empty() && is_time(*label)) {
                time_ = *label;
            } else {
                const bool certain = is_value_filter(*label) || is_search(*label);
                if (!certain && label_count(rest.rest()) < 2) break;
                if (is_time(*label) || !take_word(*label)) break;
                is_certain_ |= certain;
                has_moved_pattern_ |= is_search(*label);
            }
            labels = rest.rest();
        }
        return labels;
    }

    // A filter, a time or a word for one.
    bool take_word(std::string_view label) {
        if (is_time(label)) {
            if (!time_.empty()) return filters_.add_label("on-", label);
            time_ = label;
            return true;
        }
        if (label == "today" || label == "yesterday") {
            TextWriter date(date_);
            write_time_suggestion(date, label, now_);
            time_ = date.text();
            return true;
        }
        const std::string meant = has_pattern_signs(label) ? meant_pattern(label) : std::string();
        if (!meant.empty() && !is_filter(label, now_)) {
            has_pattern_ = true;
            return filters_.add_label(meant);
        }
        if (!is_filter(label, now_)) return false;
        has_pattern_ |= is_pattern_label(label);
        return filters_.add_label(label);
    }

    bool is_time(std::string_view label) const noexcept {
        return is_present(label) || period_from_text(label, now_);
    }
    bool is_value_filter(std::string_view label) const noexcept {
        return contains(label, "-") && is_filter(label, now_);
    }
    // A pattern, which alone is for all names or all values, perhaps mistyped.
    bool is_search(std::string_view label) const {
        return is_pattern_label(label) ? is_filter(label, now_)
                                       : has_pattern_signs(label) && !meant_pattern(label).empty();
    }
    static bool prefix_at(Octets labels) {
        const PrefixResult read = read_prefix(labels);
        return std::holds_alternative<Prefix>(read);
    }
    static std::size_t label_count(Octets octets) noexcept {
        std::size_t count = 0;
        for (Labels labels(octets); labels.next();)
            ++count;
        return count;
    }

    void add_label_to_subject(std::string_view label) noexcept {
        if (subject_.size() > 0) subject_.put('.');
        subject_.put(label);
    }
    void add_labels_to_subject(Octets octets) noexcept {
        for (const std::string_view label : Labels(octets))
            add_label_to_subject(label);
    }

    // Whether the text is one that records may hold as it stands.
    static bool is_token(std::string_view text) noexcept {
        return contains(text, "=") && !contains(text, "://");
    }

    // From the text as it was pasted: the mark, and the name or value.
    void mend_subject() {
        std::string_view text = subject_.text();
        if (is_token(text)) return mended_.put(text);
        if (view_ == View::at) return write_mended(text);  // a star is a label there
        unsigned marks = 0;
        const std::string_view asked = text;
        for (; text.starts_with("*.") || text.starts_with("+."); text.remove_prefix(2)) {
            mark_ = marks++ == 0 ? text.substr(0, 1) : below_mark;
        }
        is_certain_ |= marks > 1;
        if (view_ == View::pivot && mark_ == children_mark) mark_ = below_mark;
        if (text.starts_with("*@")) return mended_.put(text);
        write_mended(text);
        if (prefix_of(mended_.text())) {
            if (!prefix_of(text)) mark_ = {};
        } else if (contains(mended_.text(), "*") &&
                   !(view_ == View::pivot && asked.find('*') == asked.size() - 1)) {
            make_pattern(asked);
        }
    }

    void write_mended(std::string_view text) {
        write_pasted(mended_, text);
        // Blanks around a name may be a part of it.
        is_certain_ |= mended_.text() != trimmed(text);
    }

    // A star elsewhere than alone in front is one of a glob, for the names below what stands behind
    // it. `asked` is the subject with its marks.
    void make_pattern(std::string_view asked) {
        is_certain_ = true;
        const std::string whole(mended_.text());
        if (whole.ends_with(".*") && whole.find('*') == whole.size() - 1) {
            is_impossible_ = true;  // every suffix, which no pattern is
            return;
        }
        const std::size_t end = std::min(whole.find_first_of(".@", whole.rfind('*')), whole.size());
        const std::string_view tail =
            std::string_view(whole).substr(std::min(end + 1, whole.size()));
        std::string glob = (asked.starts_with("*.") ? "*" : "") + whole.substr(0, end);
        if (!glob.ends_with('*')) glob += '*';
        const bool is_read = glob.size() <= max_label_octets && is_filter("like-" + glob, now_);
        has_pattern_ |= is_read && filters_.add_label("like-", glob);
        is_impossible_ = tail.empty() && !is_read;
        mark_ = tail.empty() ? std::string_view{} : below_mark;
        mended_.rewind(0);
        mended_.put(tail);
        if (!view_) view_ = View::names;
    }

    void choose_view() {
        const std::string_view text = mended_.text();
        const auto prefix = prefix_of(text);
        if (has_pattern_ && !view_ && !prefix) view_ = View::names;
        if (has_pattern_ && text.empty() && mark_.empty() && view_ != View::names &&
            view_ != View::pivot) {
            mark_ = below_mark;  // all names, where none would be the root
        }
        if (prefix && (view_ == View::lookalike || view_ == View::cohost)) view_ = View::pivot;
        const bool is_value = is_token(text) || (mark_.empty() && contains(text, "@"));
        // Below a name, where the name alone would hardly match.
        const bool is_below = has_moved_pattern_ && !prefix && !is_value && view_ != View::names;
        if (is_below && mark_.empty() && !text.empty()) mark_ = below_mark;
        if (prefix && !prefix->is_address) mark_ = {};
        if (is_value || (prefix && !prefix->is_address)) {
            // A token or a mailbox is no name that could have been seen.
            if (!view_ || !takes_values(*view_)) {
                is_certain_ |= view_ != View::pivot;
                view_ = View::pivot;
            }
        } else if (!view_) {
            const bool of_a_time = !time_.empty() && filters_.labels().empty() && mark_.empty();
            view_ = prefix && mark_.empty() ? View::pivot : of_a_time ? View::at : View::history;
        } else if (view_ == View::at && (time_.empty() || !filters_.labels().empty())) {
            view_ = View::history;
        }
    }

    std::optional<SuggestedQuestion> compose(Octets asked) {
        NameBuilder name;
        if (!time_.empty()) name.add_label(view_ == View::at ? "" : "on-", time_);
        name.add_labels(filters_.labels());
        name.add_label(view_word(*view_));
        if (!mark_.empty()) name.add_label(mark_);
        if (mended_.size() == 0 && subject_.size() > 0 && !has_pattern_) return std::nullopt;
        if (!add_dotted(name, mended_.text()) || !name.name()) return std::nullopt;
        if (equal(name.labels(), asked)) return std::nullopt;
        const ParseResult read = read_query(name.labels(), now_, default_page_limit);
        if (!std::holds_alternative<Query>(read)) return std::nullopt;
        SuggestedQuestion question;
        question.labels.append(name.labels());
        question.is_certain = is_certain_;
        return question;
    }

    Seconds now_;
    QuestionLabels labels_;
    std::optional<View> view_;
    NameBuilder filters_;
    std::string_view time_;
    std::string_view mark_;
    bool is_certain_ = false;
    bool is_impossible_ = false;
    bool has_prefix_word_ = false;
    bool has_pattern_ = false;
    bool has_moved_pattern_ = false;  // that stood behind the view
    std::array<char, max_label_octets> date_;
    std::array<char, max_pasted> subject_room_;
    std::array<char, max_pasted> mended_room_;
    TextWriter subject_{subject_room_};
    TextWriter mended_{mended_room_};
};

}  // namespace

bool is_ordinary(Octets labels, Seconds now) noexcept {
    Labels rest(labels);
    bool is_subject = false;
    bool is_first = true;
    bool ends_in_letter = false;  // no address does
    while (const auto label = rest.next()) {
        if (!is_subject) {
            is_subject = find_view(*label) != nullptr;
            continue;
        }
        if (is_first && (find_view(*label) != nullptr || is_filter(*label, now))) return false;
        is_first = false;
        for (const char c : *label) {
            const bool is_letter = c >= 'a' && c <= 'z';
            if (!is_letter && !(c >= '0' && c <= '9') && c != '-' && c != '_') return false;
            ends_in_letter = is_letter && label->size() > 1;
        }
        if (*label == "arpa") return false;
    }
    return is_subject && ends_in_letter;
}

std::optional<SuggestedQuestion> suggest_question(Octets labels, Seconds now) {
    return Suggester(now).suggest(labels);
}

void write_question(TextWriter& out, Octets labels) noexcept {
    const std::size_t begin = out.size();
    for (const std::string_view label : Labels(labels)) {
        if (out.size() > begin) out.put('.');
        for (const char& c : label) {
            if (c == '@') {
                out.put(c);
            } else {
                write_escaped(out, as_octets({&c, 1}), Escaping::name);
            }
        }
    }
}

}  // namespace dnshist
