// The labels of a name, from the left.
#pragma once

#include <optional>
#include <string_view>

#include "storage/base/octets.hpp"
#include "storage/base/text_writer.hpp"

namespace dnshist {

// Goes through labels with their length octets: a wire-form name without its closing zero.
class Labels {
  public:
    explicit Labels(Octets octets) noexcept : rest_(octets) {}

    std::optional<std::string_view> next() noexcept {
        if (rest_.empty() || rest_.size() < 1U + rest_[0]) return std::nullopt;
        const std::string_view label = as_text(rest_.subspan(1, rest_[0]));
        rest_ = rest_.subspan(1 + label.size());
        return label;
    }
    Octets rest() const noexcept { return rest_; }

  private:
    Octets rest_;
};

// The labels with dots between them, as a person writes an address or a text that has dots.
inline void write_dotted(TextWriter& out, Octets octets) noexcept {
    Labels labels(octets);
    for (auto label = labels.next(); label; label = labels.next()) {
        if (out.size() > 0) out.put('.');
        out.put(*label);
    }
}

}  // namespace dnshist
