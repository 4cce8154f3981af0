#include "storage/answer/next_question.hpp"

#include <algorithm>
#include <array>

#include "storage/query/pattern_label.hpp"
#include "storage/query/vocabulary.hpp"
#include "storage/record/labels.hpp"

namespace dnshist {

namespace {

// Composes the name of a question: new filters, then the labels of another question.
class QuestionName {
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
    // Adds the labels of `qname` except the filters for which drops(label) is true.
    template <class Drops>
    std::optional<Name> complete(const Name& qname, Drops&& drops) noexcept {
        bool filters = true;
        QuestionLabels room;
        for (const std::string_view label :
             Labels(without_doubled_backslashes(qname.labels(), room))) {
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
constexpr std::string_view line_filter = "line-";
static_assert(from_filter.size() == line_filter.size());

// As many labels as the point needs.
void put_point(QuestionName& name, std::string_view filter, const ResumePoint& point) noexcept {
    for (Octets rest = point.octets(); !rest.empty();) {
        const Octets chunk = rest.first(std::min(rest.size(), place_octets_in_label));
        std::array<char, max_label_octets> digits;
        TextWriter out(digits);
        write_resume_point(out, chunk);
        name.put_filter(filter, out.text());
        rest = rest.subspan(chunk.size());
    }
}

}  // namespace

std::optional<Name> page_name(const Name& qname, std::optional<unsigned> limit, std::uint64_t page,
                              const ResumePoint& line) {
    QuestionName next;
    next.put_filter(page_filter, page);
    put_point(next, line_filter, line);
    if (limit) next.put_filter(limit_filter, *limit);
    return next.complete(qname, [&](std::string_view label) {
        return label.starts_with(page_filter) || label.starts_with(line_filter) ||
               (limit && label.starts_with(limit_filter));
    });
}

std::optional<Name> resume_name(const Name& qname, const ResumePoint& point) {
    QuestionName next;
    put_point(next, from_filter, point);
    return next.complete(qname, [](std::string_view label) {
        return label.starts_with(page_filter) || label.starts_with(line_filter) ||
               label.starts_with(from_filter);
    });
}

}  // namespace dnshist
