#include "storage/finding/homoglyphs.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "storage/finding/work_budget.hpp"
#include "storage/format/record_key.hpp"
#include "storage/history/cursor.hpp"
#include "storage/text/confusables.hpp"

namespace dnshist {

namespace {

// Bounds for long labels and for those of one letter; a label of twelve letters has some 20 places
// and 1,000 beginnings.
constexpr std::size_t max_for_two_places = 24;
constexpr std::size_t max_places = 40;
constexpr std::size_t max_beginnings = 3000;
constexpr std::uint64_t max_units = 40'000;  // of WorkBudget

bool is_ascii(char32_t c) noexcept {
    return c < 0x80;
}

// Every `letter` from `begin` to before `end`.
struct Place {
    char32_t letter;
    std::size_t begin;
    std::size_t end;
    const Confusable* row;
};

std::vector<Place> places_of(std::u32string_view label) {
    std::vector<Place> places;
    const auto add = [&](std::size_t begin, std::size_t end) {
        const char32_t letter = label[begin];
        const Confusable* const row =
            is_ascii(letter) ? confusables_of(static_cast<char>(letter)) : nullptr;
        if (row != nullptr && places.size() < max_places) {
            places.push_back({letter, begin, end, row});
        }
    };
    for (std::size_t i = 0; i < label.size(); ++i)
        add(i, i + 1);
    for (std::size_t i = 0; i < label.size(); ++i) {
        for (std::size_t j = i + 1; j < label.size(); ++j)
            if (label[j] == label[i]) add(i, j + 1);
    }
    return places;
}

std::u32string replaced(std::u32string_view label, const Place& place, std::u32string_view by) {
    std::u32string out(label.substr(0, place.begin));
    for (std::size_t i = place.begin; i < place.end; ++i) {
        if (label[i] == place.letter) {
            out += by;
        } else {
            out += label[i];
        }
    }
    return out += label.substr(place.end);
}

// Calls visit(label) for each label with a text of the DNS that looks alike in one place.
template <class Visit>
void for_each_plain(std::u32string_view label, const Visit& visit) {
    for (const Place& place : places_of(label)) {
        for (std::string_view rest = place.row->plain; !rest.empty();) {
            const std::string_view text = rest.substr(0, rest.find(' '));
            visit(replaced(label, place, std::u32string(text.begin(), text.end())));
            rest.remove_prefix(std::min(rest.size(), text.size() + 1));
        }
    }
}

// Calls visit(label) for each place with one of the characters that look alike: which one makes no
// difference to what is left of the label.
template <class Visit>
void for_each_other(std::u32string_view label, const Visit& visit) {
    for (const Place& place : places_of(label)) {
        const auto others = place.row->others;
        if (!others.empty()) visit(replaced(label, place, others.substr(0, 1)));
    }
}

// The beginnings of labels to look for, and the plain forms that they may have.
class Wanted {
  public:
    // The label itself, and with characters that are not ASCII in one more place.
    void add(std::u32string_view label) {
        add_alone(label);
        if (beginnings_.size() >= max_beginnings) return;
        for_each_other(label, [&](const std::u32string& other) { add_beginning(other); });
    }

    void add_alone(std::u32string_view label) {
        plain_forms_.insert(plain_form(std::u32string(label)));
        add_beginning(label);
    }

    bool has(std::u32string label) const {
        return plain_forms_.contains(plain_form(std::move(label)));
    }

    // Where the labels sought begin below `suffix` (in key form, without a closing zero),
    // ascending.
    std::vector<KeyBound> keys(Octets suffix) const {
        std::set<std::pair<std::size_t, std::string_view>> sought;
        for (const auto& [beginning, others] : beginnings_) {
            // A character takes one to six octets of the code, the first of these at least three.
            const std::size_t before = ace_prefix.size() + beginning.size() + 1;
            const std::size_t last = std::min(max_label_octets, before + 1 + 5 * others);
            for (std::size_t size = before + 2 + others; size <= last; ++size)
                sought.emplace(size, beginning);
        }
        std::vector<KeyBound> keys;
        keys.reserve(sought.size());
        for (const auto& [size, beginning] : sought) {
            KeyBound key(suffix);
            if (key.append(static_cast<std::uint8_t>(size)) && key.append(as_octets(ace_prefix)) &&
                key.append(as_octets(beginning)) && key.append(as_octets("-"))) {
                keys.push_back(key);
            }
        }
        return keys;
    }

  private:
    void add_beginning(std::u32string_view label) {
        std::string beginning;
        for (const char32_t c : label)
            if (is_ascii(c)) beginning += static_cast<char>(c);
        if (beginning.empty() || beginning.size() == label.size() ||
            beginnings_.size() >= max_beginnings)
            return;
        const std::size_t others = label.size() - beginning.size();
        beginnings_.emplace(std::move(beginning), others);
    }

    std::set<std::u32string> plain_forms_;
    // The ASCII characters that a label keeps, and how many are missing.
    std::set<std::pair<std::string, std::size_t>> beginnings_;
};

// Adds the labels of which nothing is left, and which therefore have no beginning to look for: of a
// few letters with any others, of more in Cyrillic.
void add_without_rest(LookalikeList& out, std::u32string_view label, unsigned places) {
    constexpr std::size_t few = 4;
    if (label.size() > few) return;
    for (const Place& place : places_of(label)) {
        for (const char32_t c : place.row->others) {
            const std::u32string other = replaced(label, place, {&c, 1});
            if (std::ranges::none_of(other, is_ascii)) {
                out.add(Trick::homoglyph, other);
            } else if (places > 1) {
                add_without_rest(out, other, places - 1);
            }
        }
    }
}

void add_cyrillic(LookalikeList& out, std::u32string_view label) {
    std::u32string other(label);
    for (char32_t& c : other) {
        const Confusable* const row = is_ascii(c) ? confusables_of(static_cast<char>(c)) : nullptr;
        if (row == nullptr) continue;
        const auto cyrillic = std::ranges::find_if(
            row->others, [](char32_t one) { return 0x400 <= one && one < 0x530; });
        if (cyrillic != row->others.end()) c = *cyrillic;
    }
    if (other != label) out.add(Trick::homoglyph, other);
}

// Adds the labels of the store that begin as one sought and have one of the plain forms.
class StoredLabels {
  public:
    StoredLabels(Snapshot& snapshot, LookalikeList& out, const Wanted& wanted)
        : cursor_(snapshot), out_(out), wanted_(wanted) {}

    // Returns what it cost.
    std::uint64_t add() {
        const NameKey suffix = Name::from_labels(out_.suffix()).key();
        label_at_ = suffix.subtree().size();
        cursor_.seek_all();
        for (const KeyBound& key : wanted_.keys(suffix.subtree())) {
            if (records_ == 0 || compare(owner(), key.octets()) < 0) skip_to(key.octets());
            while (has_record_ && starts_with(owner(), key.octets()))
                add_label();
            if (!has_record_) break;
        }
        return cost();
    }

  private:
    Octets owner() const noexcept { return cursor_.record().owner; }
    std::uint64_t cost() const noexcept {
        return records_ + cursor_.reads() * WorkBudget::near_read_cost;
    }
    void next() {
        ++records_;
        has_record_ = cost() < max_units && cursor_.step();
    }
    void skip_to(Octets key) {
        cursor_.skip_to(key);
        next();
    }

    // Goes on to the next label.
    void add_label() {
        KeyBound child(owner().first(label_at_ + 1U + owner()[label_at_]));
        const std::string_view label = as_text(child.octets().subspan(label_at_ + 1));
        auto characters = read_ace(label);
        if (characters && wanted_.has(std::move(*characters)))
            out_.add_stored(Trick::homoglyph, label);
        // Most names have few records: these are passed for less than a read.
        constexpr unsigned few = 8;
        for (unsigned i = 0; i < few && has_record_ && starts_with(owner(), child.octets()); ++i)
            next();
        if (!has_record_ || !starts_with(owner(), child.octets())) return;
        child.append(0);
        skip_to(after_subtree(child.octets()).octets());
    }

    RecordCursor cursor_;
    LookalikeList& out_;
    const Wanted& wanted_;
    std::size_t label_at_ = 0;
    std::uint64_t records_ = 0;
    bool has_record_ = false;
};

}  // namespace

std::u32string plain_form(std::u32string label) {
    for (char32_t& c : label)
        if (!is_ascii(c)) c = plain_of(c);
    return label;
}

void add_plain_homoglyphs(LookalikeList& out, std::u32string_view label, unsigned places) {
    for_each_plain(label, [&](const std::u32string& other) {
        out.add(Trick::homoglyph, other);
        if (places > 1 && label.size() <= max_for_two_places)
            add_plain_homoglyphs(out, other, places - 1);
    });
}

std::uint64_t add_other_homoglyphs(Snapshot& snapshot, LookalikeList& out,
                                   std::u32string_view label) {
    Wanted wanted;
    wanted.add(label);
    add_without_rest(out, label, 2);
    add_cyrillic(out, label);
    if (label.size() <= max_for_two_places) {
        for_each_plain(label, [&](const std::u32string& other) {
            wanted.add(other);
            add_without_rest(out, other, 1);
        });
        for_each_other(label, [&](const std::u32string& other) {
            wanted.add(other);
            for_each_plain(other, [&](const std::u32string& both) { wanted.add_alone(both); });
        });
    }
    return StoredLabels(snapshot, out, wanted).add();
}

}  // namespace dnshist
