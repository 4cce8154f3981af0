// Reads any name as a question. The names of its next page and of a resume point must be read as
// the same query but for the page or the resume point; a question that is suggested is one.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <variant>

#include "storage/answer/next_question.hpp"
#include "storage/query/query.hpp"
#include "storage/query/suggested_question.hpp"

using namespace dnshist;

namespace {

constexpr Seconds now{1767225600};  // 2026-01-01T00:00:00Z

void require(bool holds) {
    if (!holds) std::abort();
}

ParseResult read(const Name& name) {
    return read_query(name.wire().first(name.wire().size() - 1), now, 50);
}

Query same_but_for_page(const Query& query, const Name& next) {
    const ParseResult result = read(next);
    const auto* other = std::get_if<Query>(&result);
    require(other != nullptr);
    require(other->subject == query.subject && other->order == query.order);
    require(std::ranges::equal(other->types.types(), query.types.types()));
    return *other;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // As text, so that the corpus is written and mutated as people write names.
    const auto name = Name::from_text(as_text({data, size}));
    if (!name) return 0;
    const ParseResult result = read(*name);
    if (const auto* error = std::get_if<QueryError>(&result)) {
        require(!error->text().empty());
        for (const char c : error->text())
            require(c >= ' ' && c <= '~');
    }
    const auto meant = suggest_question(name->labels(), now);
    if (meant && !meant->labels.empty()) {
        const ParseResult suggested = read_query(meant->labels.octets(), now, 50);
        require(std::holds_alternative<Query>(suggested));
        require(!equal(meant->labels.octets(), name->labels()));
        std::array<char, max_name_text> room;
        TextWriter text(room);
        write_question(text, meant->labels.octets());
        for (const char c : text.text())
            require(c > ' ' && c <= '~');
    }
    const auto* query = std::get_if<Query>(&result);
    if (query == nullptr) return 0;
    require(query->limit >= 1 && query->limit <= max_limit && query->page >= 1);

    if (query->view == View::at) return 0;

    if (const auto next = page_name(*name, 7, 3)) {
        const Query paged = same_but_for_page(*query, *next);
        require(paged.page == 3 && paged.limit == 7);
        require(equal(paged.from.octets(), query->from.octets()));
    }
    ResumePoint point;
    point.append({data, std::min(size, max_resume_octets)});
    if (point.empty()) return 0;
    if (const auto next = page_name(*name, {}, 3, point)) {
        const Query paged = same_but_for_page(*query, *next);
        require(paged.page == 3 && equal(paged.line.octets(), point.octets()));
    }
    if (const auto next = resume_name(*name, point)) {
        const Query moved = same_but_for_page(*query, *next);
        require(moved.page == 1 && moved.limit == query->limit);
        require(equal(moved.from.octets(), point.octets()));
    }
    return 0;
}
