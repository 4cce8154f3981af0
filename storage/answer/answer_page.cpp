#include "storage/answer/answer_page.hpp"

#include <algorithm>
#include <array>

#include "storage/answer/next_question.hpp"

namespace dnshist {

namespace {

// What remarks may take at most beside the lines: two, one of them with a name of 255 octets in
// presentation form, where each may take four characters.
constexpr std::size_t remark_octets = 1280;
constexpr std::size_t remarks_reserve = 2048;

// How the question goes on that was answered up to `offset`: on the next page of the same size, or,
// where a page had to be cut short, on a page of the largest size that has a page begin right
// there; and past the last line that was found, at the place where the walk was stopped.
std::optional<Name> next_question(const Name& qname, const Query& query, const Page& page,
                                  std::uint64_t offset) {
    if (offset >= page.found) {
        return page.end.place.empty() ? std::nullopt : resume_name(qname, page.end.place);
    }
    if (offset == std::uint64_t{query.page} * query.limit) {
        return page_name(qname, std::nullopt, query.page + std::uint64_t{1});
    }
    unsigned limit = max_limit;
    while (offset % limit != 0)
        --limit;
    return page_name(qname, limit, offset / limit + 1);
}

void write_more(const Page& page, std::uint64_t shown, const std::optional<Name>& next,
                LineSink sink) {
    std::array<char, remark_octets> text;
    TextWriter out(text);
    out.put("# more: ");
    if (page.counted) {
        out.put_decimal(page.found);
        out.put(" lines, ");
    }
    if (shown > 0) {
        out.put("this is ");
        out.put_decimal(page.offset + 1);
        out.put('-');
        out.put_decimal(page.offset + shown);
        out.put("; ");
    }
    if (next) {
        out.put("next: ");
        write_name(out, next->wire());
    } else {
        out.put("the next page's name would be longer than 255 octets, ask with fewer filters");
    }
    sink(out.text());
}

void write_stopped(const Page& page, LineSink sink) {
    std::array<char, remark_octets> text;
    TextWriter out(text);
    out.put("# note: stopped at the work limit after ");
    out.put_decimal(page.end.records);
    out.put(page.end.records == 1 ? " record" : " records");
    if (page.end.incomplete) out.put(", which were not all of one name");
    out.put("; narrow the query (a type, a time, a longer prefix)");
    sink(out.text());
}

// Whether something is left behind the lines shown: on a further page, or further on in the store.
bool goes_on(const Page& page, std::uint64_t shown) noexcept {
    return page.offset + shown < page.found || (page.end.stopped && page.end.records > 0);
}

}  // namespace

PageLimits page_limits_within(std::size_t octets) noexcept {
    const std::size_t text_and_lengths = octets - remarks_reserve - txt_record_octets(0);
    return {text_and_lengths - text_and_lengths / 255 - 1, max_page_octets};
}

Continuation write_page(const Name& qname, const Query& query, const Page& page, std::size_t octets,
                        LineSink sink) {
    // Both remarks and as many lines as a page may have would be one record too many.
    const std::size_t most =
        max_rrset - (page.end.stopped ? 1 : 0) - (goes_on(page, page.lines.size()) ? 1 : 0);
    std::size_t shown = 0;
    for (const std::string_view line : page.lines.first(std::min(most, page.lines.size()))) {
        const std::size_t needed = txt_record_octets(line.size());
        if (needed + remarks_reserve > octets) break;
        octets -= needed;
        sink(line);
        ++shown;
    }
    Continuation more;
    more.goes_on = goes_on(page, shown);
    if (more.goes_on) {
        more.name = next_question(qname, query, page, page.offset + shown);
        write_more(page, shown, more.name, sink);
    }
    if (page.end.stopped) write_stopped(page, sink);
    return more;
}

}  // namespace dnshist
