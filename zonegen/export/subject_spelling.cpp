#include "zonegen/export/subject_spelling.hpp"

#include <algorithm>

#include "storage/base/text_writer.hpp"
#include "storage/pivot/pivot_values.hpp"
#include "storage/record/base_encoding.hpp"
#include "storage/text/address.hpp"

namespace dnshist::zonegen {

namespace {

// The labels of a key, from the root down.
class KeyLabels {
  public:
    explicit KeyLabels(Octets key) noexcept : rest_(key) {}

    // Empty at the end.
    std::string_view next() noexcept {
        if (rest_.empty() || rest_[0] == 0 || rest_.size() < 1U + rest_[0]) return {};
        const std::string_view label = as_text(rest_.subspan(1, rest_[0]));
        rest_ = rest_.subspan(1 + label.size());
        return label;
    }

  private:
    Octets rest_;
};

// Calls write(TextWriter&) for a text with dots in it.
template <class Write>
std::optional<SubjectSpelling> spell_text(Write&& write) noexcept {
    std::array<char, max_name_octets> room;
    TextWriter out(room);
    write(out);
    SubjectSpelling spelling;
    if (out.overflowed() || !spelling.add_dotted(out.text())) return std::nullopt;
    return spelling;
}

std::optional<SubjectSpelling> spell_ipv4(KeyLabels labels) noexcept {
    SubjectSpelling spelling;
    for (int i = 0; i < 4; ++i) {
        if (!spelling.add_label(labels.next())) return std::nullopt;
    }
    if (!labels.next().empty()) return std::nullopt;
    return spelling;
}

std::optional<SubjectSpelling> spell_ipv6(KeyLabels labels) noexcept {
    std::array<std::uint8_t, 16> address{};
    for (std::size_t i = 0; i < 32; ++i) {
        constexpr std::string_view hex = "0123456789abcdef";
        const std::string_view label = labels.next();
        const std::size_t nibble = label.size() == 1 ? hex.find(label[0]) : hex.npos;
        if (nibble == hex.npos) return std::nullopt;
        address[i / 2] = static_cast<std::uint8_t>(std::size_t{address[i / 2]} << 4U | nibble);
    }
    if (!labels.next().empty()) return std::nullopt;
    return spell_text([&](TextWriter& out) { write_ipv6(out, address); });
}

}  // namespace

bool SubjectSpelling::add_label(std::string_view label) noexcept {
    if (label.empty() || label.size() > max_label_octets ||
        size_ + 1 + label.size() >= octets_.size()) {
        return false;
    }
    octets_[size_++] = static_cast<std::uint8_t>(label.size());
    std::ranges::copy(label, octets_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += label.size();
    return true;
}

bool SubjectSpelling::add_dotted(std::string_view text) noexcept {
    for (;;) {
        const std::size_t dot = std::min(text.find('.'), text.size());
        if (!add_label(text.substr(0, dot))) return false;
        if (dot == text.size()) return true;
        text.remove_prefix(dot + 1);
    }
}

std::optional<SubjectSpelling> spell_name(Octets owner_key) noexcept {
    const auto name = Name::from_key(owner_key);
    if (!name) return std::nullopt;
    SubjectSpelling spelling;
    OctetReader in(name->wire());
    for (auto size = in.u8(); size && *size > 0; size = in.u8()) {
        const auto label = in.octets(*size);
        if (!label || !spelling.add_label(as_text(*label))) return std::nullopt;
    }
    return spelling;
}

std::optional<SubjectSpelling> spell_reversed(Octets owner_key) noexcept {
    KeyLabels labels(owner_key);
    if (labels.next() != "arpa") return std::nullopt;
    const std::string_view kind = labels.next();
    if (kind == "in-addr") return spell_ipv4(labels);
    if (kind == "ip6") return spell_ipv6(labels);
    return std::nullopt;
}

std::optional<SubjectSpelling> spell_value(Octets value) noexcept {
    if (value.empty()) return std::nullopt;
    const Octets rest = value.subspan(1);
    switch (value[0]) {
        case '4':
            if (rest.size() != 4) return std::nullopt;
            return spell_text([&](TextWriter& out) { write_ipv4(out, rest); });
        case '6':
            if (rest.size() != 16) return std::nullopt;
            return spell_text([&](TextWriter& out) { write_ipv6(out, rest); });
        case 'n':
            return spell_name(rest);
        case 't':
            if (rest.empty() || rest.size() - 1 > max_token_octets) return std::nullopt;
            return spell_text(
                [&](TextWriter& out) { out.put(as_text(rest.first(rest.size() - 1))); });
        default:
            return std::nullopt;
    }
}

std::optional<SubjectSpelling> spell_mailbox(Octets name_value) noexcept {
    if (name_value.empty() || name_value[0] != 'n') return std::nullopt;
    const auto plain = spell_name(name_value.subspan(1));
    if (!plain || plain->labels().empty()) return std::nullopt;
    OctetReader in(plain->labels());
    const std::string_view user = as_text(in.octets(in.u8().value_or(0)).value_or(Octets{}));
    return spell_text([&](TextWriter& out) {
        out.put(user);
        char before = '@';
        while (const auto size = in.u8()) {
            out.put(before);
            out.put(as_text(in.octets(*size).value_or(Octets{})));
            before = '.';
        }
        if (before == '@') out.put('.');  // nothing behind the user: no mailbox
    });
}

std::optional<Name> question_name(std::string_view first, std::string_view view, Octets subject,
                                  const Name& zone) noexcept {
    SubjectSpelling words;
    if (!first.empty() && !words.add_label(first)) return std::nullopt;
    if (!words.add_label(view)) return std::nullopt;
    const Octets before = words.labels();
    if (before.size() + subject.size() + zone.wire().size() > max_name_octets) return std::nullopt;
    std::array<std::uint8_t, max_name_octets> wire;
    auto* end = std::ranges::copy(before, wire.begin()).out;
    end = std::ranges::copy(subject, end).out;
    end = std::ranges::copy(zone.wire(), end).out;
    return Name::from_wire({wire.data(), end});
}

}  // namespace dnshist::zonegen
