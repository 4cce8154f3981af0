// The answers of the query language, written into a zone: those of dnshist-responder over TCP, to a
// question without EDNS options.
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
    // All must outlive this. What is left out, and which answers are cut, is counted in `result`.
    ZoneAnswers(Lookup& lookup, ZoneWriter& file, const ZoneOptions& options,
                ZoneExportResult& result) noexcept
        : lookup_(lookup), file_(file), options_(options), result_(result) {}

    // Writes the answer to FIRST.VIEW.SUBJECT in the zone, page by page, if that question can be
    // asked and fits(query): is what it is meant to be. The query, if so. `first` may be empty.
    template <class Fits>
    std::optional<Query> write(std::string_view first, std::string_view view, Octets subject,
                               Fits&& fits) {
        const auto qname = name_of(first, view, subject);
        if (!qname) return std::nullopt;
        const auto query = read(*qname);
        if (!query || !fits(*query)) {
            ++result_.not_possible;
            return std::nullopt;
        }
        write_pages(*qname, *query);
        return query;
    }

  private:
    // Nothing, and counted, for what is too long or would be a wildcard.
    std::optional<Name> name_of(std::string_view first, std::string_view view, Octets subject);
    std::optional<Query> read(const Name& qname) const;
    void write_pages(Name qname, Query query);

    Lookup& lookup_;
    ZoneWriter& file_;
    const ZoneOptions& options_;
    ZoneExportResult& result_;
};

}  // namespace dnshist::zonegen
