#include "zonegen/export/subject_spelling.hpp"

#include <algorithm>

#include "storage/base/hex.hpp"
#include "storage/base/text_writer.hpp"
#include "storage/pivot/pivot_values.hpp"
#include "storage/text/address.hpp"
#include "storage/text/base_encoding.hpp"

namespace dnshist::zonegen {

namespace {

// Adds the labels between dots.
bool add_dotted(SubjectSpelling& spelling, std::string_view text) noexcept {
    for (;;) {
        const std::size_t dot = std::min(text.find('.'), text.size());
        if (!spelling.add_label(text.substr(0, dot))) return false;
        if (dot == text.size()) return true;
        text.remove_prefix(dot + 1);
    }
}

// Calls write(TextWriter&), and splits the text into labels at its dots.
template <class Write>
std::optional<SubjectSpelling> spell_text(Write&& write) noexcept {
    std::array<char, max_name_octets> room;
    TextWriter out(room);
    write(out);
    SubjectSpelling spelling;
    if (out.overflowed() || !add_dotted(spelling, out.text())) return std::nullopt;
    return spelling;
}

std::optional<SubjectSpelling> spell_ipv4(Labels labels) noexcept {
    SubjectSpelling spelling;
    for (int i = 0; i < 4; ++i) {
        if (!spelling.add_label(labels.next().value_or(""))) return std::nullopt;
    }
    if (labels.next()) return std::nullopt;
    return spelling;
}

std::optional<SubjectSpelling> spell_ipv6(Labels labels) noexcept {
    std::array<std::uint8_t, 16> address{};
    for (std::size_t i = 0; i < 32; ++i) {
        const std::string_view label = labels.next().value_or("");
        const auto nibble = label.size() == 1 ? hex_value(label[0]) : std::nullopt;
        if (!nibble) return std::nullopt;
        address[i / 2] = static_cast<std::uint8_t>(unsigned{address[i / 2]} << 4U | *nibble);
    }
    if (labels.next()) return std::nullopt;
    return spell_text([&](TextWriter& out) { write_ipv6(out, address); });
}

}  // namespace

std::optional<SubjectSpelling> spell_name(Octets owner_key) noexcept {
    const auto name = Name::from_key(owner_key);
    if (!name) return std::nullopt;
    SubjectSpelling spelling;
    spelling.add_labels(name->labels());
    return spelling;
}

std::optional<SubjectSpelling> spell_reversed(Octets owner_key) noexcept {
    Labels labels(owner_key);
    if (labels.next() != "arpa") return std::nullopt;
    const auto kind = labels.next();
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
    Labels labels(plain->labels());
    const std::string_view user = labels.next().value_or("");
    return spell_text([&](TextWriter& out) {
        out.put(user);
        char before = '@';
        for (const std::string_view label : labels) {
            out.put(before);
            out.put(label);
            before = '.';
        }
        if (before == '@') out.put('.');  // no domain: not a mailbox
    });
}

std::optional<Name> question_name(std::string_view first, std::string_view view, Octets subject,
                                  const Name& zone) noexcept {
    SubjectSpelling words;
    if (!first.empty()) words.add_label(first);
    words.add_label(view);
    words.add_labels(subject);
    words.add_labels(zone.labels());
    return words.name();
}

}  // namespace dnshist::zonegen
