#include "storage/answer/next_question.hpp"

#include <algorithm>
#include <array>

#include "storage/query/vocabulary.hpp"
#include "storage/record/labels.hpp"

namespace dnshist {

namespace {

// A question's name like another, with other filters in front.
class NextName {
  public:
    void put_filter(std::string_view word, std::string_view value) noexcept {
        name_.add_label(word, value);
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
        bool filters = true;
        for (const std::string_view label : Labels(qname.wire())) {
            if (find_view(label) != nullptr) filters = false;
            if (!filters || !drops(label)) name_.add_label(label);
        }
        return name_.name();
    }

  private:
    NameBuilder name_;
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
