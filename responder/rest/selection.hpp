// Which records a REST request is about: the queries of the language (storage/query) whose records
// are given one after the other, and what the language cannot say.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "responder/rest/rest_error.hpp"
#include "storage/query/query.hpp"

namespace dnshist::responder {

struct Selection {
    // Of `history` and `pivot`. A record that an earlier one has given is not given again.
    std::vector<Query> queries;
    // Only records that a source has seen in this bailiwick: a name with its final dot.
    std::string bailiwick;
    // Only records with this RDATA, canonical.
    std::optional<std::string> rdata;

    // Whether records are found by patterns, which Lookup::use_patterns() has to know.
    bool has_patterns() const noexcept {
        return !queries.empty() && !queries.front().further.patterns.empty();
    }
    // Sets what every query has.
    void set_types(const TypeSet& types);
    void set_times(Period first, Period last);
    void set_runs(bool runs);
};

// A subject of the language, which names what it looks like: records of the owner, then those whose
// RDATA holds it; or of a prefix, a range or a mailbox the latter alone.
//
//     www.example.com   192.0.2.1   192.0.2.0/24   192.0.2.0,24   192.0.2.8-192.0.2.11
RestResult<Selection> select_both_sides(std::string_view value);
// The same without the records of the owner.
RestResult<Selection> select_by_rdata(std::string_view value);

// Records of the owner: a name, *.NAME for the names below it, or NAME.* for the name below every
// public suffix.
RestResult<Selection> select_rrset(std::string_view name);
RestResult<Selection> select_raw_rrset(std::string_view hex);
// Records whose RDATA holds the name, one below it, or NAME.*, one that begins with it; or a
// mailbox, or a text.
RestResult<Selection> select_rdata_name(std::string_view name);
// An address, ADDR,LENGTH, ADDR/LENGTH, or ADDR-ADDR.
RestResult<Selection> select_rdata_address(std::string_view text);
// RDATA in wire form. Without a type: an address, or a name in any place of the RDATA.
RestResult<Selection> select_raw_rdata(std::string_view hex, const TypeSet& types);

// Patterns as DNSDB's flexible search has them: of names with their final dot, in any case; in
// expressions \. and \d too.
struct FlexPattern {
    bool is_expression = false;
    bool of_owners = true;  // of owners, or of values in RDATA
    std::string_view wanted;
    std::string_view left_out;  // or empty
};
RestResult<Selection> select_flex(const FlexPattern& pattern);

// "A", "A,AAAA", "ANY" and the empty text for every type, "ANY-DNSSEC".
RestResult<TypeSet> types_from_text(std::string_view text);

}  // namespace dnshist::responder
