// Any name as a question: it is read as the query language has it, and a question read from it
// names its next page so that everything but the page is the same.
#include <algorithm>
#include <cstdlib>
#include <variant>

#include "responder/query.hpp"

using namespace dnshist;

namespace {

constexpr Seconds now{1767225600};  // 2026-01-01T00:00:00Z

void require(bool holds) {
    if (!holds) std::abort();
}

Reading read(const Name& name) {
    return read_query(name.wire().first(name.wire().size() - 1), now, 50);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // As text, so that the corpus is written and mutated as people write names.
    const auto name = Name::from_text(as_text({data, size}));
    if (!name) return 0;
    const Reading reading = read(*name);
    if (const auto* mistake = std::get_if<Mistake>(&reading)) {
        require(!mistake->text().empty());
        for (const char c : mistake->text())
            require(c >= ' ' && c <= '~');
    }
    const auto* query = std::get_if<Query>(&reading);
    if (query == nullptr) return 0;
    require(query->limit >= 1 && query->limit <= max_limit && query->page >= 1);

    const auto next = page_name(*name, 7, 3);
    if (!next) return 0;
    const Reading again = read(*next);
    const auto* paged = std::get_if<Query>(&again);
    require(paged != nullptr && paged->page == 3 && paged->limit == 7);
    require(paged->subject == query->subject && paged->order == query->order);
    require(std::ranges::equal(paged->types.types(), query->types.types()));
    return 0;
}
