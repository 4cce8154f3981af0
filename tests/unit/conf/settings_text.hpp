// A configuration as text: what is read of it, or the problem that it has.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "conf/settings.hpp"

namespace dnshist::conf {

inline Settings read(std::string_view text) {
    return settings_from_text(text, "t.toml").value();
}

inline std::vector<AddressPrefix> prefixes(std::initializer_list<std::string_view> texts) {
    std::vector<AddressPrefix> list;
    for (const std::string_view text : texts)
        list.push_back(address_prefix_from_text(text).value());
    return list;
}

inline std::string problem(std::string_view text) {
    const auto settings = settings_from_text(text, "t.toml");
    return settings ? "none" : settings.error().text;
}

}  // namespace dnshist::conf
