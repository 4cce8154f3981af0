// The names of a list of lookalikes, put together from the labels that the tricks make.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "storage/finding/lookalike.hpp"
#include "storage/finding/name_list.hpp"
#include "storage/record/labels.hpp"
#include "storage/text/punycode.hpp"

namespace dnshist {

class LookalikeList {
  public:
    // A label of 63 octets makes more names than anyone reads.
    static constexpr std::size_t max_names = 8000;

    // `suffix` are the labels behind those that are added.
    LookalikeList(Octets suffix, NameList& names) : suffix_(suffix), names_(names) {}

    Octets suffix() const noexcept { return suffix_; }

    // Labels as a person reads them. A label that no host has, and a name that is too long, are
    // left out.
    void add(Trick trick, std::u32string_view label) {
        NameBuilder name;
        if (made_++ < max_names && add_label(name, label)) finish(trick, name);
    }
    void add(Trick trick, std::u32string_view first, std::u32string_view second) {
        NameBuilder name;
        if (made_++ < max_names && add_label(name, first) && add_label(name, second))
            finish(trick, name);
    }
    // A label as it is stored, which is none of those that are made.
    void add_stored(Trick trick, std::string_view label) {
        NameBuilder name;
        name.add_label(label);
        finish(trick, name);
    }

  private:
    static bool add_label(NameBuilder& name, std::u32string_view label) {
        if (label.empty() || label.front() == U'-' || label.back() == U'-') return false;
        std::array<char, 256> room;
        TextWriter out(room);
        if (std::ranges::all_of(label, [](char32_t c) { return c < 0x80; })) {
            for (const char32_t c : label)
                out.put(static_cast<char>(c));
        } else {
            write_ace(out, label);
        }
        return !out.overflowed() && name.add_label(out.text());
    }
    void finish(Trick trick, NameBuilder& builder) {
        builder.add_labels(suffix_);
        if (const auto name = builder.name()) names_.add(*name, static_cast<std::uint8_t>(trick));
    }

    Octets suffix_;
    NameList& names_;
    std::size_t made_ = 0;
};

}  // namespace dnshist
