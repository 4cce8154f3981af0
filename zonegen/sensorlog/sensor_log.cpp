#include "zonegen/sensorlog/sensor_log.hpp"

#include <array>

#include "storage/text/escape.hpp"
#include "storage/text/number.hpp"

namespace dnshist::zonegen {

namespace {

// Nothing where it is no hexadecimal digit.
std::optional<unsigned> digit_value(char c) noexcept {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
    return std::nullopt;
}

// The octet that the \xHH at the start of `text` stands for.
std::optional<char> escaped_octet(std::string_view text) noexcept {
    if (text.size() < 4 || !text.starts_with("\\x")) return std::nullopt;
    const auto high = digit_value(text[2]);
    const auto low = digit_value(text[3]);
    if (!high || !low) return std::nullopt;
    const unsigned octet = *high * 16 + *low;
    if (octet >= ' ' && octet <= '~') return std::nullopt;
    return static_cast<char>(octet);
}

}  // namespace

LogSink::LogSink(Observe observe, Refuse refuse, std::string sensor)
    : observe_(std::move(observe)), refuse_(std::move(refuse)) {
    source_.sensor_id = std::move(sensor);
}

void LogSink::observe(const Name& owner, Rrtype type, Octets rdata, Seconds when,
                      std::uint64_t count) const {
    Observation observation;
    observation.owner = owner.wire();
    observation.type = type;
    observation.rdata = rdata;
    observation.seen = {when, when};
    observation.count = count;
    observation.source = source_.empty() ? nullptr : &source_;
    observe_(observation);
}

std::string_view without_syslog_header(std::string_view line) noexcept {
    if (line.starts_with('{') || line.starts_with('#') || !line.ends_with('}')) return line;
    const std::size_t header = line.find('{');
    // Rows of columns have tabs (Zeek), or do not end in a brace (passivedns).
    if (header == std::string_view::npos || line.find('\t') < header) return line;
    return line.substr(header);
}

Result<Name> name_from_labels(std::string_view octets) {
    if (octets.empty()) return Name();
    if (octets.find('\\') == std::string_view::npos) return Name::from_text(octets);
    std::string text;
    for (const char c : octets) {
        if (c == '\\') text += '\\';
        text += c;
    }
    return Name::from_text(text);
}

std::string without_hex_escapes(std::string_view text) {
    std::string octets;
    octets.reserve(text.size());
    while (!text.empty()) {
        const auto octet = escaped_octet(text);
        octets += octet.value_or(text.front());
        text.remove_prefix(octet ? 4 : 1);
    }
    return octets;
}

std::optional<Rrtype> type_from_log(std::string_view text) noexcept {
    if (const auto type = rrtype_from_text(text)) return type;
    const auto number = number_from_text<std::uint16_t>(text);
    return number && *number != 0 ? std::optional(Rrtype{*number}) : std::nullopt;
}

void append_quoted(std::string& out, std::string_view octets) {
    out += '"';
    std::array<char, 4> room;
    for (const char c : octets) {
        TextWriter writer(room);
        write_escaped(writer, as_octets({&c, 1}), Escaping::quoted);
        out += writer.text();
    }
    out += '"';
}

}  // namespace dnshist::zonegen
