#include "responder/http/url.hpp"

#include <algorithm>

#include "storage/base/hex.hpp"

namespace dnshist::responder {

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            decoded += text[at];
            continue;
        }
        if (text.size() - at < 3) return std::nullopt;
        const auto high = hex_value(text[at + 1]);
        const auto low = hex_value(text[at + 2]);
        if (!high || !low) return std::nullopt;
        decoded += static_cast<char>(*high << 4U | *low);
        at += 2;
    }
    return decoded;
}

std::string_view take_segment(std::string_view& path) noexcept {
    const std::string_view segment = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(segment.size() + 1, path.size()));
    return segment;
}

bool for_each_parameter(std::string_view query,
                        FunctionRef<bool(std::string_view name, std::string_view value)> visit) {
    while (!query.empty()) {
        std::string pair(query.substr(0, query.find('&')));
        query.remove_prefix(std::min(pair.size() + 1, query.size()));
        if (pair.empty()) continue;
        std::ranges::replace(pair, '+', ' ');
        const std::string_view text = pair;
        const std::size_t equals = std::min(text.find('='), text.size());
        const auto name = percent_decoded(text.substr(0, equals));
        const auto value = percent_decoded(text.substr(std::min(equals + 1, text.size())));
        if (!name || !value || !visit(*name, *value)) return false;
    }
    return true;
}

}  // namespace dnshist::responder
