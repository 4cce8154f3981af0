#include "storage/record/name.hpp"

#include <algorithm>

#include "storage/base/swar.hpp"
#include "storage/text/escape.hpp"
#include "storage/text/quote.hpp"

namespace dnshist {

namespace {

// A name of 255 octets has at most 127 labels of one octet, and the root.
constexpr std::size_t max_labels = 127;

// The offsets of a name's labels (of their length octets), in order, without the root. Works for
// wire form and key form.
struct LabelOffsets {
    std::array<std::uint8_t, max_labels> offsets;
    std::size_t count = 0;

    explicit LabelOffsets(const std::uint8_t* name) noexcept {
        for (std::size_t at = 0; name[at] != 0; at += name[at] + 1U) {
            offsets[count++] = static_cast<std::uint8_t>(at);
        }
    }
};

// Copies the labels of `from` (exactly one name in wire or key form) to `to` in reverse order, in
// lower case.
void reverse_labels(Octets from, std::uint8_t* to) noexcept {
    std::uint8_t* next = to + from.size() - 1;
    *next = 0;
    for (const std::uint8_t* label = from.data(); *label != 0; label += *label + 1) {
        const std::size_t size = *label + 1U;
        next -= size;
        // A length octet is at most 63 and so no letter: it stays the same.
        copy_lower(label, size, next);
    }
}

// Each octet in lower case.
constexpr auto lower = [] {
    std::array<std::uint8_t, 256> table{};
    for (std::size_t c = 0; c < table.size(); ++c)
        table[c] = to_lower(static_cast<std::uint8_t>(c));
    return table;
}();

void write_label(TextWriter& out, const std::uint8_t* label) noexcept {
    write_escaped(out, {label + 1, label[0]}, Escaping::name);
    out.put('.');
}

// Whether the text ends in a dot that no backslash escapes.
bool is_absolute(std::string_view text) noexcept {
    if (!text.ends_with('.')) return false;
    text.remove_suffix(1);
    const std::size_t before = text.find_last_not_of('\\');
    const std::size_t backslashes =
        text.size() - (before == std::string_view::npos ? 0 : before + 1);
    return backslashes % 2 == 0;
}

}  // namespace

Result<Name> Name::from_text(std::string_view text) {
    Name name;
    if (name.read_plain(text)) return name;
    return from_any_text(text);
}

// The fast path, for nearly every name: no escape, no error. False for any other name, and for one
// too long to be written eight octets at a time.
bool Name::read_plain(std::string_view text) noexcept {
    constexpr std::size_t most = (max_name_octets - 1) / 8 * 8;
    if (text.ends_with('.')) text.remove_suffix(1);
    if (text.empty() || text.size() > most) return false;
    std::uint8_t* const octets = wire_.data();
    std::size_t label = 0;  // position of the length octet of the current label
    const auto close_label = [&](std::size_t end) {
        const std::size_t length = end - label - 1;
        octets[label] = static_cast<std::uint8_t>(length);
        label = end;
        return length - 1 < max_label_octets;
    };
    for (std::size_t at = 0; at < text.size(); at += 8) {
        const std::uint64_t word = load_word(text.data() + at, text.size() - at);
        if ((mark(word, '\\') & ~word & top_bits) != 0) return false;
        store_word(octets + 1 + at, to_lower_each(word));
        for (std::uint64_t dots = mark_all(word, '.'); dots != 0; dots &= dots - 1) {
            if (!close_label(1 + at + first_marked(dots))) return false;
        }
    }
    wire_.resize(text.size() + 2);
    if (!close_label(text.size() + 1)) return false;
    octets[label] = 0;
    return true;
}

Result<Name> Name::from_any_text(std::string_view text) {
    if (text.empty()) return Problem{"an empty text is no name"};
    if (text == ".") return Name();

    Name name;
    std::uint8_t* const octets = name.wire_.data();
    std::size_t label = 0;  // position of the length octet of the current label
    std::size_t next = 1;
    const auto close_label = [&] { octets[label] = static_cast<std::uint8_t>(next - label - 1); };

    std::size_t limit = max_label_octets + 1;  // of `next`, by the label and by the name
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at != end) {
        std::uint8_t c = lower[static_cast<std::uint8_t>(*at++)];
        if (c == '.') {
            if (next == label + 1) return Problem{"an empty label in the name " + quote(text)};
            close_label();
            label = next;
            if (at == end) break;
            // Skips the next length octet; `limit` is checked before the next write.
            ++next;
            limit = std::min(label + max_label_octets + 1, max_name_octets - 1);
            continue;
        }
        if (c == '\\') {
            const std::optional<std::uint8_t> escaped = read_escape(at, end);
            if (!escaped) return Problem{"a broken escape in the name " + quote(text)};
            c = lower[*escaped];
        }
        if (next >= limit) {
            return Problem{next - label > max_label_octets
                               ? "a label longer than 63 octets in the name " + quote(text)
                               : "a name longer than 255 octets: " + quote(text)};
        }
        octets[next++] = c;
    }
    if (label != next) {  // no final dot
        close_label();
    }
    octets[next] = 0;
    name.wire_.resize(next + 1);
    return name;
}

Result<Name> Name::from_master_file(std::string_view text, const Name* origin) {
    if (is_absolute(text)) return from_text(text);
    if (origin == nullptr) return Problem{"relative, and no origin is known: " + quote(text)};
    if (text == "@") return *origin;
    Result<Name> name = from_text(text);
    if (!name) return name;
    name->wire_.resize(name->wire_.size() - 1);
    if (!name->wire_.append(origin->wire())) {
        return Problem{"a name longer than 255 octets: " + quote(text)};
    }
    return name;
}

std::optional<Name> Name::from_wire(Octets wire) noexcept {
    if (name_length(wire) != wire.size()) return std::nullopt;
    Name name;
    copy_lower(wire.data(), wire.size(), name.wire_.data());
    name.wire_.resize(wire.size());
    return name;
}

Name Name::from_labels(Octets labels) noexcept {
    Name name;
    name.wire_.assign(labels.first(std::min(labels.size(), max_name_octets - 1)));
    name.wire_.append(0);
    return name;
}

std::optional<Name> Name::from_key(Octets key) noexcept {
    if (name_length(key) != key.size()) return std::nullopt;
    Name name;
    reverse_labels(key, name.wire_.data());
    name.wire_.resize(key.size());
    return name;
}

unsigned Name::label_count() const noexcept {
    unsigned count = 0;
    for (const std::uint8_t* label = wire().data(); *label != 0; label += *label + 1)
        ++count;
    return count;
}

NameKey Name::key() const noexcept {
    NameKey key;
    reverse_labels(wire(), key.octets_.data());
    key.octets_.resize(wire_.size());
    return key;
}

Name Name::parent(unsigned count) const noexcept {
    Octets rest = wire();
    for (; count > 0 && rest[0] != 0; --count)
        rest = rest.subspan(rest[0] + 1U);
    Name parent;
    parent.wire_.assign(rest);
    return parent;
}

std::string Name::text() const {
    std::array<char, 4 * max_name_octets> room;
    TextWriter out(room);
    write_name(out, wire());
    return std::string(out.text());
}

std::optional<std::size_t> name_length(Octets octets) noexcept {
    const std::size_t limit = std::min(octets.size(), max_name_octets);
    std::size_t at = 0;
    while (at < limit) {
        const std::uint8_t length = octets[at];
        if (length == 0) return at + 1;
        if (length > max_label_octets) return std::nullopt;
        at += length + 1U;
    }
    return std::nullopt;
}

void put_name_key(std::uint8_t* out, Octets wire) noexcept {
    reverse_labels(wire, out);
}

void write_name(TextWriter& out, Octets wire) noexcept {
    if (wire[0] == 0) return out.put('.');
    for (const std::uint8_t* label = wire.data(); *label != 0; label += *label + 1) {
        write_label(out, label);
    }
}

void write_key_name(TextWriter& out, Octets key) noexcept {
    if (key[0] == 0) return out.put('.');
    const LabelOffsets labels(key.data());
    for (std::size_t i = labels.count; i-- > 0;) {
        write_label(out, key.data() + labels.offsets[i]);
    }
}

}  // namespace dnshist
