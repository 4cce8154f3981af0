// Reads a master file (RFC 1035, section 5): a copy of a zone at one moment.
//
// Each record is an observation at that moment, seen in a zone (Witness::zone), with the zone's
// apex as its bailiwick. A record in two copies has been observed at two moments; the store's gap
// decides whether they are one run.
//
// The apex is the owner of the last SOA, so a file may have several zones one after the other, as
// "rndc dumpdb -zones" and several transfers in a row have. Only records at or below the apex are
// believed; without an SOA, or after one that cannot be read, none are. A given origin is a limit:
// nothing outside of it is believed, whatever the file says, and it stands for the apex where there
// is no SOA. Relative names need an origin: that of $ORIGIN, the given one, or the owner of the
// SOA.
//
// An entry that is refused does not affect the others. After a bad owner, the entries that omit
// theirs are refused too, rather than given the owner before it. $GENERATE and unknown directives
// are refused. $INCLUDE is refused unless it is allowed, since a foreign file could name any file
// that the importer may read. If it is allowed, the included file is a part of the entry that names
// it: both are in the store, or neither is.
//
// In a reject file (zonegen/feed/reject_file.hpp) each entry has its owner, and the directive
//
//     $DNSHIST [zone NAME] [at TIME]
//
// says which zone the entries after it are from, and when that was so. It ends the last $ORIGIN.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "storage/record/rdata.hpp"
#include "storage/record/tokens.hpp"
#include "zonegen/feed/reader.hpp"
#include "zonegen/masterfile/zone_entries.hpp"

namespace dnshist::zonegen {

class ZoneFileReader final : public Reader {
  public:
    // The feed is at its start; it and the sink must outlive the reader. `when` is the time of the
    // copy, which only a reject file says itself, `origin` that of relative names before any
    // $ORIGIN and the limit of what is believed, `sensor` the sensor_id of all records, `includes`
    // whether $INCLUDE is followed.
    ZoneFileReader(Feed& feed, const Sink& sink, std::optional<Seconds> when,
                   const std::optional<Name>& origin, const std::string& sensor, bool includes);

    bool next() override;
    std::vector<FeedRemark> remarks() const override;

  private:
    void read_entry();
    void read(std::string_view entry);
    void read_origin(Tokens& words);
    void read_include(Tokens& words);
    void read_included(Feed& feed);
    void read_directive(std::string_view directive, Tokens& words);
    void read_context(Tokens& words);
    std::string context() const;
    std::string item() const;
    bool read_owner(std::string_view entry, Tokens& words);
    std::optional<Rrtype> read_type(Tokens& words);
    void read_record(Rrtype type, std::string_view text);
    bool read_rdata(Rrtype type, std::string_view text);
    void enter_zone(const std::optional<Name>& apex);
    bool is_of_the_zone();
    void refuse(Reason reason, std::string detail = {});
    const Name* origin() const noexcept;

    const Sink& sink_;
    ZoneEntries entries_;
    ZoneEntry entry_;
    bool includes_;
    std::vector<std::filesystem::path> files_;  // the feed, and the chain of included files
    std::uint64_t line_ = 0;                    // in the feed itself
    std::uint64_t included_ = 0;                // number of files so far
    bool of_rejects_;                           // it is a reject file
    std::optional<Seconds> given_when_;
    std::optional<Seconds> when_;
    std::optional<Name> limit_;   // the given origin
    std::optional<Name> origin_;  // the given one, or that of $ORIGIN
    bool origin_lost_ = false;    // by a bad $ORIGIN
    std::optional<Name> soa_owner_;
    std::optional<Name> owner_;  // of the last record
    std::optional<Name> apex_;
    std::string apex_soa_;  // its RDATA
    Source source_;
    Rdata data_;
    bool lacks_origin_ = false;  // something was refused because there is none
    bool lacks_apex_ = false;
};

}  // namespace dnshist::zonegen
