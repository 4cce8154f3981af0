// What is given lines of text one by one, such as a response or a file.
#pragma once

#include <string_view>

#include "storage/base/function_ref.hpp"

namespace dnshist {

// A line is good for its call.
using LineSink = FunctionRef<void(std::string_view line)>;

}  // namespace dnshist
