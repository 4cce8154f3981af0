#include "storage/answer/next_question.hpp"

#include <algorithm>
#include <array>

#include "storage/query/labels.hpp"
#include "storage/query/vocabulary.hpp"

namespace dnshist {

namespace {

// A question's name like another, with other filters in front.
class NextName {
  public:
    void put_filter(std::string_view word, std::string_view value) noexcept {
        wire_[size_++] = static_cast<std::uint8_t>(word.size() + value.size());
        put(word);
        put(value);
    }
    void put_filter(std::string_view word, std::uint64_t value) noexcept {
        std::array<char, max_label_octets> digits;
        TextWriter out(digits);
        out.put_decimal(value);
        put_filter(word, out.text());
    }
    // The labels of `qname`, but for the filters that `drops(label)`.
    template <class Drops>
    std::optional<Name> name_like(const Name& qname, Drops&& drops) noexcept {
        Labels rest(qname.wire().first(qname.wire().size() - 1));
        bool filters = true;
        while (const auto label = rest.next()) {
            if (find_view(*label) != nullptr) filters = false;
            if (!filters || !drops(*label)) put_filter(*label, std::string_view());
        }
        wire_[size_++] = 0;
        return Name::from_wire({wire_.data(), size_});
    }

  private:
    void put(std::string_view text) noexcept {
        std::ranges::copy(text, wire_.begin() + static_cast<std::ptrdiff_t>(size_));
        size_ += text.size();
    }

    // A whole name, and the filters before it; of the longest place some 250 octets.
    std::array<std::uint8_t, 3 * max_name_octets> wire_;
    std::size_t size_ = 0;
};

constexpr std::string_view page_filter = "page-";
constexpr std::string_view limit_filter = "limit-";
constexpr std::string_view from_filter = "from-";
// Digits of 5 bits stand for octets of 8.
constexpr std::size_t place_octets_in_label = (max_label_octets - from_filter.size()) * 5 / 8;

}  // namespace

std::optional<Name> page_name(const Name& qname, std::optional<unsigned> limit,
                              std::uint64_t page) {
    NextName next;
    next.put_filter(page_filter, page);
    if (limit) next.put_filter(limit_filter, *limit);
    return next.name_like(qname, [&](std::string_view label) {
        return label.starts_with(page_filter) || (limit && label.starts_with(limit_filter));
    });
}

std::optional<Name> resume_name(const Name& qname, const ResumePoint& place) {
    NextName next;
    for (Octets rest = place.octets(); !rest.empty();) {
        const Octets piece = rest.first(std::min(rest.size(), place_octets_in_label));
        std::array<char, max_label_octets> digits;
        TextWriter out(digits);
        write_resume_point(out, piece);
        next.put_filter(from_filter, out.text());
        rest = rest.subspan(piece.size());
    }
    return next.name_like(qname, [](std::string_view label) {
        return label.starts_with(page_filter) || label.starts_with(from_filter);
    });
}

}  // namespace dnshist
