// Writes the answers of the query language into a zone: those that dnshist-responder gives over TCP
// to a question without EDNS options.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "storage/answer/lookup.hpp"
#include "storage/query/query.hpp"
#include "storage/record/name.hpp"
#include "zonegen/export/zone_export.hpp"
#include "zonegen/export/zone_writer.hpp"

namespace dnshist::zonegen {

class ZoneAnswers {
  public:
    // All must outlive this. Questions left out, and answers that are cut, are counted in `result`.
    ZoneAnswers(Lookup& lookup, ZoneWriter& file, const ZoneOptions& options,
                ZoneExportResult& result) noexcept
        : lookup_(lookup), file_(file), options_(options), result_(result) {}

    // Writes the answer to TYPE.VIEW.SUBJECT in the zone, page by page, if that question can be
    // asked and fits(query) is true: the query is the one intended. Returns the query, if so.
    // Without `type` the question has no filter.
    template <class Fits>
    std::optional<Query> write(std::optional<Rrtype> type, std::string_view view, Octets subject,
                               Fits&& fits) {
        const auto qname = name_of(type, view, subject);
        if (!qname) return std::nullopt;
        const auto query = read(*qname);
        if (!query || !fits(*query)) {
            leave_out();
            return std::nullopt;
        }
        write_pages(*qname, *query);
        return query;
    }

    // Counts a question that cannot be asked.
    void leave_out() noexcept { ++result_.not_possible; }
    // Whether the reader of the zone has closed it: then nothing more need be written.
    bool no_reader() const noexcept { return file_.no_reader(); }

  private:
    // Empty, and counted, where the name would be too long or a wildcard.
    std::optional<Name> name_of(std::optional<Rrtype> type, std::string_view view, Octets subject);
    std::optional<Query> read(const Name& qname) const;
    void write_pages(Name qname, Query query);

    Lookup& lookup_;
    ZoneWriter& file_;
    const ZoneOptions& options_;
    ZoneExportResult& result_;
};

}  // namespace dnshist::zonegen
