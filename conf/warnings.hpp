// Warnings about a configuration that is valid, but unwise.
#pragma once

#include <string>
#include <vector>

#include "conf/settings.hpp"

namespace dnshist::conf {

// Sentences for the operator of a responder.
std::vector<std::string> warnings_of(const Settings& settings);

}  // namespace dnshist::conf
