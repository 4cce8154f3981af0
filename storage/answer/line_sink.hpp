// Who is given lines of text one by one, such as a response or a file.
#pragma once

#include <string_view>

namespace dnshist {

// Calls take(std::string_view), which must outlive this; a line is good for its call.
class LineSink {
  public:
    template <class Take>
    explicit LineSink(const Take& take) noexcept
        : take_([](const void* context, std::string_view line) {
              (*static_cast<const Take*>(context))(line);
          }),
          context_(&take) {}
    LineSink(const LineSink&) noexcept = default;

    void operator()(std::string_view line) const { take_(context_, line); }

  private:
    void (*take_)(const void* context, std::string_view line);
    const void* context_;
};

}  // namespace dnshist
