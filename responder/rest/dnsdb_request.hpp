// What a request to the DNSDB API asks, versions 1 and 2 (https://docs.dnsdb.info).
//
//     rrset/name/NAME[/TYPE[/BAILIWICK]]   rrset/raw/HEX[/TYPE[/BAILIWICK]]
//     rdata/name/NAME[/TYPE]   rdata/ip/ADDR   ADDR,LENGTH   ADDR-ADDR   rdata/raw/HEX[/TYPE]
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "responder/rest/rest_error.hpp"
#include "responder/rest/selection.hpp"
#include "storage/text/time.hpp"

namespace dnshist::responder {

struct DnsdbRequest {
    Selection selection;
    bool by_owner = false;               // rrset: by the owner; otherwise by RDATA
    std::optional<std::uint64_t> limit;  // 0: as many as may be
    std::uint64_t offset = 0;
    std::optional<std::uint64_t> max_count;  // of a summary
    bool human_times = false;
    std::string exclude;    // of a flexible search: a pattern of what is left out
    bool verbose = true;    // likewise: with counts and times
    bool by_value = false;  // likewise: of RDATA
};

// `path` is what follows "lookup/" or "summarize/"; times of `query` count back from `now` where
// they are negative.
RestResult<DnsdbRequest> read_dnsdb_request(std::string_view path, std::string_view query,
                                            Seconds now);

// The same of a flexible search: `path` is rrnames/PATTERN[/TYPE] or rdata/PATTERN[/TYPE], behind
// "regex/" or "glob/".
RestResult<DnsdbRequest> read_flex_request(bool is_expression, std::string_view path,
                                           std::string_view query, Seconds now);

}  // namespace dnshist::responder
