// A reference to a function that receives lines of text one by one.
#pragma once

#include <string_view>

#include "storage/base/function_ref.hpp"

namespace dnshist {

// A line is valid during its call.
using LineSink = FunctionRef<void(std::string_view line)>;

}  // namespace dnshist
