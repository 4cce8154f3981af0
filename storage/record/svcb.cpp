#include "storage/record/svcb.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "storage/record/tokens.hpp"
#include "storage/text/address.hpp"
#include "storage/text/base_encoding.hpp"
#include "storage/text/escape.hpp"
#include "storage/text/number.hpp"
#include "storage/text/quote.hpp"

namespace dnshist {

namespace {

// By number.
constexpr std::array<std::string_view, 9> key_names = {"mandatory", "alpn",     "no-default-alpn",
                                                       "port",      "ipv4hint", "ech",
                                                       "ipv6hint",  "dohpath",  "ohttp"};

constexpr std::uint16_t invalid_key = 65535;  // RFC 9460, section 14.3.2

void write_key(TextWriter& out, SvcKey key) noexcept {
    const auto value = static_cast<std::uint16_t>(key);
    if (value < key_names.size()) return out.put(key_names[value]);
    out.put("key");
    out.put_decimal(value);
}

std::optional<SvcKey> key_from_text(std::string_view text) noexcept {
    const auto* const known = std::ranges::find(key_names, text);
    if (known != key_names.end())
        return SvcKey{static_cast<std::uint16_t>(known - key_names.begin())};
    if (!text.starts_with("key")) return std::nullopt;
    text.remove_prefix(3);
    if (text.size() > 1 && text.front() == '0') return std::nullopt;
    const auto value = number_from_text<std::uint16_t>(text);
    return value ? std::optional(SvcKey{*value}) : std::nullopt;
}

// Keys in ascending order, not `mandatory` itself (section 8).
bool are_mandatory_keys(Octets value) noexcept {
    OctetReader in(value);
    int previous = 0;
    do {
        const auto key = in.u16();
        if (!key || *key <= previous) return false;
        previous = *key;
    } while (!in.at_end());
    return true;
}

// Protocol identifiers of 1 to 255 octets, each behind its length (section 7.1.1).
bool are_protocols(Octets value) noexcept {
    OctetReader in(value);
    do {
        const auto length = in.u8();
        if (!length || *length == 0 || !in.octets(*length)) return false;
    } while (!in.at_end());
    return true;
}

bool is_svc_value(SvcKey key, Octets value) noexcept {
    switch (key) {
        case SvcKey::mandatory:
            return are_mandatory_keys(value);
        case SvcKey::alpn:
            return are_protocols(value);
        case SvcKey::no_default_alpn:
        case SvcKey::ohttp:
            return value.empty();
        case SvcKey::port:
            return value.size() == 2;
        case SvcKey::ipv4hint:
            return !value.empty() && value.size() % 4 == 0;
        case SvcKey::ipv6hint:
            return !value.empty() && value.size() % 16 == 0;
        case SvcKey::ech:
            return !value.empty();
        default:
            return static_cast<std::uint16_t>(key) != invalid_key;
    }
}

// Calls write(part) for each `size` octets of the value, with a comma between.
template <class Write>
void write_list(TextWriter& out, Octets value, std::size_t size, Write&& write) {
    for (std::size_t at = 0; at < value.size(); at += size) {
        if (at != 0) out.put(',');
        write(value.subspan(at, size));
    }
}

// In a list of protocols, a comma or backslash inside one is escaped, and then the whole is escaped
// as a character-string (appendix A.1).
void write_protocols(TextWriter& out, Octets value) noexcept {
    OctetReader in(value);
    while (!in.at_end()) {
        if (in.position() != 0) out.put(',');
        for (const std::uint8_t octet : in.octets(in.u8().value_or(0)).value_or(Octets{})) {
            if (octet == ',' || octet == '\\') out.put("\\\\");
            write_escaped(out, {&octet, 1}, Escaping::quoted);
        }
    }
}

void write_value(TextWriter& out, SvcKey key, Octets value) noexcept {
    switch (key) {
        case SvcKey::mandatory:
            return write_list(out, value, 2, [&out](Octets part) {
                write_key(out, SvcKey{OctetReader(part).u16().value_or(invalid_key)});
            });
        case SvcKey::port:
            return out.put_decimal(OctetReader(value).u16().value_or(0));
        case SvcKey::ipv4hint:
            return write_list(out, value, 4, [&out](Octets part) { write_ipv4(out, part); });
        case SvcKey::ipv6hint:
            return write_list(out, value, 16, [&out](Octets part) { write_ipv6(out, part); });
        case SvcKey::ech:
            return write_base64(out, value);
        case SvcKey::alpn:
            out.put('"');
            write_protocols(out, value);
            return out.put('"');
        default:
            out.put('"');
            write_escaped(out, value, Escaping::quoted);
            return out.put('"');
    }
}

// The parts of a list: separated by commas, where a backslash before a comma or backslash makes it
// part of the value. Nothing at any other backslash, or an empty part.
std::optional<std::vector<std::string>> split_list(std::string_view value) {
    std::vector<std::string> parts(1);
    for (std::size_t at = 0; at < value.size(); ++at) {
        if (value[at] == ',') {
            parts.emplace_back();
            continue;
        }
        if (value[at] == '\\') {
            ++at;
            if (at == value.size() || (value[at] != ',' && value[at] != '\\')) return std::nullopt;
        }
        parts.back() += value[at];
    }
    for (const std::string& part : parts) {
        if (part.empty()) return std::nullopt;
    }
    return parts;
}

void append_u16(std::string& out, std::uint16_t value) {
    out += static_cast<char>(value >> 8);
    out += static_cast<char>(value & 0xff);
}

std::optional<std::string> mandatory_from_text(const std::vector<std::string>& parts) {
    std::vector<std::uint16_t> keys;
    for (const std::string& part : parts) {
        const auto key = key_from_text(part);
        if (!key) return std::nullopt;
        keys.push_back(static_cast<std::uint16_t>(*key));
    }
    std::ranges::sort(keys);
    std::string wire;
    for (const std::uint16_t key : keys)
        append_u16(wire, key);
    return wire;
}

std::optional<std::string> protocols_from_text(const std::vector<std::string>& parts) {
    std::string wire;
    for (const std::string& part : parts) {
        if (part.size() > 255) return std::nullopt;
        wire += static_cast<char>(part.size());
        wire += part;
    }
    return wire;
}

template <class Read>
std::optional<std::string> addresses_from_text(const std::vector<std::string>& parts, Read&& read) {
    std::string wire;
    for (const std::string& part : parts) {
        const auto address = read(part);
        if (!address) return std::nullopt;
        wire += as_text(*address);
    }
    return wire;
}

std::optional<std::string> port_from_text(std::string_view text) {
    const auto port = number_from_text<std::uint16_t>(text);
    if (!port) return std::nullopt;
    std::string wire;
    append_u16(wire, *port);
    return wire;
}

// The wire form of a value whose escapes have been read.
std::optional<std::string> value_from_text(SvcKey key, const std::string& text) {
    switch (key) {
        case SvcKey::mandatory:
        case SvcKey::alpn:
        case SvcKey::ipv4hint:
        case SvcKey::ipv6hint: {
            const auto parts = split_list(text);
            if (!parts) return std::nullopt;
            if (key == SvcKey::mandatory) return mandatory_from_text(*parts);
            if (key == SvcKey::alpn) return protocols_from_text(*parts);
            if (key == SvcKey::ipv4hint) return addresses_from_text(*parts, ipv4_from_text);
            return addresses_from_text(*parts, ipv6_from_text);
        }
        case SvcKey::port:
            return port_from_text(text);
        case SvcKey::ech: {
            const auto wire = std::make_unique<Rdata>();
            if (!read_base64(text, *wire)) return std::nullopt;
            return std::string(as_text(wire->octets()));
        }
        default:
            return text;
    }
}

// KEY, KEY=VALUE or KEY="VALUE", taken off the front of `text`.
struct Param {
    std::string_view key;
    std::string_view value;  // escapes still in it
};

std::optional<Param> take_param(std::string_view& text) {
    Param param;
    std::size_t size = 0;
    while (size < text.size() && text[size] != '=' && !is_blank(text[size]))
        ++size;
    param.key = text.substr(0, size);
    text.remove_prefix(size);
    if (!text.starts_with('=')) return param;
    text.remove_prefix(1);
    if (text.starts_with('"')) {
        const auto quoted = take_quoted(text);
        if (!quoted || !(text.empty() || is_blank(text.front()))) return std::nullopt;
        param.value = *quoted;
        return param;
    }
    if (text.empty() || is_blank(text.front())) return param;
    param.value = Tokens(text).next()->text;
    text.remove_prefix(param.value.size());
    return param;
}

std::optional<std::string> unescape(std::string_view text) {
    const auto room = std::make_unique<Rdata>();
    if (!read_escaped(text, *room)) return std::nullopt;
    return std::string(as_text(room->octets()));
}

}  // namespace

bool are_svc_params(Octets params) noexcept {
    OctetReader in(params);
    for (int previous = -1; !in.at_end();) {
        const auto key = in.u16();
        const auto length = in.u16();
        if (!key || !length || *key <= previous) return false;
        const auto value = in.octets(*length);
        if (!value || !is_svc_value(SvcKey{*key}, *value)) return false;
        previous = *key;
    }
    return true;
}

void write_svc_params(TextWriter& out, Octets params) noexcept {
    for_each_svc_param(params, [&out](SvcKey key, Octets value) {
        out.put(' ');
        write_key(out, key);
        if (value.empty()) return;
        out.put('=');
        write_value(out, key, value);
    });
}

Result<void> read_svc_params(std::string_view text, Rdata& out) {
    std::map<SvcKey, std::string> params;
    for (text = skip_blanks(text); !text.empty(); text = skip_blanks(text)) {
        const std::string_view whole = text;
        const auto param = take_param(text);
        const auto problem = [&](const char* what) {
            return Problem{what + quote(whole.substr(0, whole.size() - text.size()))};
        };
        if (!param) return problem("a quote that is not closed in the service parameter ");
        const auto key = key_from_text(param->key);
        if (!key) return problem("not a service parameter: ");
        const auto unescaped = unescape(param->value);
        if (!unescaped) return problem("a broken escape in the service parameter ");
        const auto value = value_from_text(*key, *unescaped);
        if (!value || value->size() > 65535 || !is_svc_value(*key, as_octets(*value))) {
            return problem("not a valid service parameter: ");
        }
        if (!params.emplace(*key, *value).second) return problem("a service parameter twice: ");
    }
    for (const auto& [key, value] : params) {
        std::string head;
        append_u16(head, static_cast<std::uint16_t>(key));
        append_u16(head, static_cast<std::uint16_t>(value.size()));
        if (!out.append(as_octets(head)) || !out.append(as_octets(value))) {
            return Problem{"more than 65535 octets of service parameters"};
        }
    }
    return {};
}

}  // namespace dnshist
