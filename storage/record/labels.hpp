// The labels of a name, one after the other, and a name put together from labels.
#pragma once

#include <iterator>
#include <optional>
#include <string_view>

#include "storage/base/octet_buffer.hpp"
#include "storage/base/octets.hpp"
#include "storage/base/text_writer.hpp"
#include "storage/record/name.hpp"

namespace dnshist {

// Goes through labels with their length octets, in the order in which they stand: a name in wire
// form (from the left) or key form (from the root), or a part of one; up to a closing zero, if it
// has one. A range: `for (const std::string_view label : Labels(octets))`.
class Labels {
  public:
    explicit Labels(Octets octets) noexcept : rest_(octets) {}

    std::optional<std::string_view> next() noexcept {
        if (rest_.empty() || rest_[0] == 0 || rest_.size() < 1U + rest_[0]) return std::nullopt;
        const std::string_view label = as_text(rest_.subspan(1, rest_[0]));
        rest_ = rest_.subspan(1 + label.size());
        return label;
    }
    Octets rest() const noexcept { return rest_; }

    class Iterator {
      public:
        explicit Iterator(Labels& labels) noexcept : labels_(labels), label_(labels.next()) {}
        std::string_view operator*() const noexcept { return *label_; }
        Iterator& operator++() noexcept {
            label_ = labels_.next();
            return *this;
        }
        bool operator==(std::default_sentinel_t) const noexcept { return !label_; }

      private:
        Labels& labels_;
        std::optional<std::string_view> label_;
    };
    Iterator begin() noexcept { return Iterator(*this); }
    static std::default_sentinel_t end() noexcept { return {}; }

  private:
    Octets rest_;
};

// The labels with dots between them, as a person writes an address or a text that has dots.
inline void write_dotted(TextWriter& out, Octets octets) noexcept {
    for (const std::string_view label : Labels(octets)) {
        if (out.size() > 0) out.put('.');
        out.put(label);
    }
}

// A name put together from its labels, from the left. What is added must fit a name: each function
// says false where it does not, and then there is no name.
class NameBuilder {
  public:
    // A label of two parts, of which the second may be empty; at most 63 octets, and at least one.
    bool add_label(std::string_view label, std::string_view more = {}) noexcept {
        const std::size_t size = label.size() + more.size();
        if (size == 0 || size > max_label_octets || !has_room(1 + size)) return fits_ = false;
        labels_.append(static_cast<std::uint8_t>(size));
        labels_.append(as_octets(label));
        labels_.append(as_octets(more));
        return true;
    }
    // Labels with their length octets, without a closing zero.
    bool add_labels(Octets labels) noexcept {
        if (!has_room(labels.size())) return fits_ = false;
        return labels_.append(labels);
    }

    // With their length octets, without a closing zero.
    Octets labels() const noexcept { return labels_.octets(); }
    std::optional<Name> name() const noexcept {
        if (!fits_) return std::nullopt;
        OctetBuffer<max_name_octets> wire(labels());
        wire.append(0);
        return Name::from_wire(wire.octets());
    }

  private:
    // With the zero that closes the name.
    bool has_room(std::size_t octets) const noexcept {
        return octets < max_name_octets - labels_.size();
    }

    OctetBuffer<max_name_octets - 1> labels_;
    bool fits_ = true;
};

}  // namespace dnshist
