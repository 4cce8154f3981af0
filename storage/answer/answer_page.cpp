#include "storage/answer/answer_page.hpp"

#include <algorithm>
#include <array>

#include "storage/answer/next_question.hpp"
#include "storage/finding/suffix_names.hpp"

namespace dnshist {

namespace {

// A remark holds at most one name: 255 octets in presentation form, of up to four characters each.
constexpr std::size_t remark_octets = 1280;
constexpr std::size_t remarks_reserve = 2048;  // for both, as records

struct NextPage {
    std::optional<unsigned> limit;  // if it is another
    std::uint64_t number;
};

// The page that begins with line `offset`: the next one of the same size, or after a page that was
// cut short one of the largest size of which one begins exactly there.
NextPage next_page(const Query& query, std::uint64_t offset, bool whole) {
    if (whole) return {std::nullopt, query.page + std::uint64_t{1}};
    unsigned limit = max_limit;
    while (offset % limit != 0)
        --limit;
    return {limit, offset / limit + 1};
}

// The question for what comes after the lines shown: the next page, with the place of its first
// line; after the last line found, the resume point at which the walk was stopped.
std::optional<Name> next_question(Lookup& lookup, const Name& qname, const Query& query,
                                  const Page& page, std::size_t shown) {
    const std::uint64_t offset = page.offset + shown;
    if (offset >= page.found) {
        return page.end.resume_point.empty() ? std::nullopt
                                             : resume_name(qname, page.end.resume_point);
    }
    const bool whole = shown == query.limit;
    const NextPage next = next_page(query, offset, whole);
    const ResumePoint line = lookup.place_of_line(query, shown, next.number);
    if (!line.empty()) {
        const auto name = page_name(qname, next.limit, next.number, line);
        if (name) return name;
    }
    // A name without room for the place counts on from the last place, in pages of the same size.
    if (!query.line.empty() && !whole) return std::nullopt;
    return page_name(qname, next.limit, next.number, query.line);
}

void write_more(const Page& page, std::uint64_t shown, const std::optional<Name>& next,
                LineSink sink) {
    const bool is_stopped = page.offset + shown >= page.found;
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
        out.put("the next page's name would be longer than 255 octets, ask with fewer ");
        out.put(is_stopped ? "or shorter filters, by a shorter name for the zone, or over HTTPS"
                           : "filters");
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

void write_cut(LineSink sink) {
    std::array<char, remark_octets> text;
    TextWriter out(text);
    out.put("# note: ");
    write_names_cut(out);
    sink(out.text());
}

// Whether there are lines on further pages, or records that the walk has not reached.
bool has_more(const Page& page, std::uint64_t shown) noexcept {
    return page.offset + shown < page.found ||
           (page.end.stopped && (page.end.records > 0 || !page.end.resume_point.empty()));
}

}  // namespace

void write_names_cut(TextWriter& out) noexcept {
    out.put("the store has more than ");
    out.put_decimal(max_top_level_domains);
    out.put(" top-level domains: only the first of them were looked at");
}

PageLimits page_limits_within(std::size_t octets) noexcept {
    const std::size_t text_and_lengths = octets - remarks_reserve - txt_record_octets(0);
    return {text_and_lengths - text_and_lengths / 255 - 1, max_page_octets};
}

std::optional<Name> write_page(Lookup& lookup, const Name& qname, const Query& query,
                               const Page& page, std::size_t octets, LineSink sink) {
    // Both remarks and as many lines as a page may have would be one record too many.
    const std::size_t most = max_rrset - (page.end.stopped ? 1 : 0) -
                             (has_more(page, page.lines.size()) ? 1 : 0) -
                             (page.end.names_cut ? 1 : 0);
    std::size_t shown = 0;
    for (const std::string_view line : page.lines.first(std::min(most, page.lines.size()))) {
        const std::size_t needed = txt_record_octets(line.size());
        if (needed + remarks_reserve > octets) break;
        octets -= needed;
        sink(line);
        ++shown;
    }
    std::optional<Name> next;
    if (has_more(page, shown)) {
        next = next_question(lookup, qname, query, page, shown);
        write_more(page, shown, next, sink);
    }
    if (page.end.stopped) write_stopped(page, sink);
    if (page.end.names_cut) write_cut(sink);
    return next;
}

}  // namespace dnshist
