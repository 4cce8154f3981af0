// A row of the section http.users.
#pragma once

#include <string_view>

#include "conf/settings.hpp"
#include "conf/toml_values.hpp"

namespace dnshist::conf {

// Adds the user NAME = { key = "sha256:...", views = ["history"], types = ["whois"] }: with all
// views where there are none, and without a closed type that is not named. Returns the node that is
// wrong, or null.
const toml::node* http_user(Settings& settings, std::string_view name, const toml::node& node);

}  // namespace dnshist::conf
