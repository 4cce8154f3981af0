#include "zonegen/sensorlog/zeek_columns.hpp"

#include <algorithm>
#include <charconv>

#include "storage/base/hex.hpp"
#include "storage/text/number.hpp"
#include "zonegen/sensorlog/sensor_log.hpp"

namespace dnshist::zonegen {

namespace {

// No log has as many.
constexpr std::size_t max_columns = 1000;
constexpr std::size_t max_header_octets = 4096;

// False if there are more parts than `limit`.
bool split_at(std::string_view text, std::string_view separator, std::size_t limit,
              std::vector<std::string_view>& parts) {
    parts.clear();
    for (;;) {
        if (parts.size() == limit) return false;
        const std::size_t end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return true;
        text.remove_prefix(end + separator.size());
    }
}

}  // namespace

std::string zeek_unescaped(std::string_view value) {
    std::string octets;
    octets.reserve(value.size());
    while (!value.empty()) {
        unsigned octet = 0;
        std::size_t length = 1;
        if (value.starts_with("\\\\")) {
            octets += '\\';
            length = 2;
        } else if (value.size() >= 4 && value.starts_with("\\x") &&
                   std::from_chars(value.data() + 2, value.data() + 4, octet, 16).ptr ==
                       value.data() + 4) {
            octets += static_cast<char>(octet);
            length = 4;
        } else {
            octets += value.front();
        }
        value.remove_prefix(length);
    }
    return octets;
}

void ZeekColumns::read_header(std::string_view line) {
    constexpr std::string_view separator = "#separator ";
    if (line.starts_with(separator)) {
        *this = {};
        const std::string value = zeek_unescaped(line.substr(separator.size()));
        if (!value.empty()) separator_ = value;
        return;
    }
    const std::size_t end = line.find(separator_);
    if (end == std::string_view::npos) return;
    const std::string_view key = line.substr(0, end);
    const std::string_view value = line.substr(end + separator_.size());
    if (key == "#set_separator" && !value.empty()) {
        set_separator_ = zeek_unescaped(value);
    } else if (key == "#empty_field") {
        empty_ = value;
    } else if (key == "#unset_field") {
        unset_ = value;
    } else if (key == "#fields") {
        names_.clear();
        std::vector<std::string_view> names;
        if (split_at(value, separator_, max_columns, names))
            names_.assign(names.begin(), names.end());
    }
    // Rejects repeat the header.
    if (header().size() > max_header_octets) names_.clear();
}

std::string ZeekColumns::header() const {
    const auto escaped = [](std::string_view value) {
        std::string text;
        for (const char c : value) {
            const auto octet = static_cast<std::uint8_t>(c);
            text += "\\x";
            text += hex_digits[octet >> 4U];
            text += hex_digits[octet & 0xfU];
        }
        return text;
    };
    // Without columns this ends those of a header before it.
    std::string lines = "#separator " + escaped(separator_) + '\n';
    if (names_.empty()) return lines;
    lines += "#set_separator" + separator_ + escaped(set_separator_) + '\n';
    lines += "#empty_field" + separator_ + empty_ + '\n';
    lines += "#unset_field" + separator_ + unset_ + '\n';
    lines += "#fields";
    for (const std::string& name : names_)
        lines += separator_ + name;
    return lines + '\n';
}

bool ZeekColumns::split(std::string_view row) {
    return split_at(row, separator_, max_columns, values_) && values_.size() == names_.size();
}

std::optional<std::size_t> ZeekColumns::column_of(std::string_view name) const noexcept {
    const auto found = std::ranges::find(names_, name);
    if (found == names_.end()) return std::nullopt;
    return static_cast<std::size_t>(found - names_.begin());
}

std::optional<std::string_view> ZeekColumns::raw(std::string_view name) const noexcept {
    const auto column = column_of(name);
    if (!column || values_[*column] == unset_) return std::nullopt;
    return values_[*column];
}

std::optional<std::string> ZeekColumns::text(std::string_view name) const {
    const auto value = raw(name);
    if (!value) return std::nullopt;
    if (*value == empty_) return std::string();
    return zeek_unescaped(*value);
}

std::optional<std::uint64_t> ZeekColumns::number(std::string_view name) const noexcept {
    const auto value = raw(name);
    return value ? number_from_text<std::uint64_t>(*value) : std::nullopt;
}

std::vector<std::string> ZeekColumns::list(std::string_view name) const {
    std::vector<std::string> members;
    const auto value = raw(name);
    if (!value || *value == empty_) return members;
    std::vector<std::string_view> parts;
    split_at(*value, set_separator_, value->size() + 1, parts);
    for (const std::string_view part : parts)
        members.push_back(zeek_unescaped(part));
    return members;
}

}  // namespace dnshist::zonegen
