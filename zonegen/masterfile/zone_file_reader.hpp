// A feed that is a master file (RFC 1035, section 5): a copy of a zone as it was at one moment.
//
// Each record of it is an observation of that moment, made in a zone (Witness::zone), its bailiwick
// the zone's apex. Two copies with the record in both are two moments, and the store knows what
// lies between them by its gap.
//
// The apex is the owner of the first SOA; what is not at or below it afterwards is no part of the
// zone and refused. A file without an SOA has no apex. Relative names need an origin: $ORIGIN's,
// the one given, or else that of a file which begins with an SOA of an absolute owner, since the
// zone is named so.
//
// What is refused costs itself alone. After an owner that is wrong, the entries that leave theirs
// out have none, rather than the one before. $GENERATE and directives that nobody knows are
// refused: what they stand for is missing from the copy. So is $INCLUDE, where it is not allowed: a
// file from elsewhere could name any that the importer may read. Where it is, the file included is
// a part of the entry that names it, and so in the store with it or not at all.
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
    // The feed stands at its start; it and the sink outlive the reader. `when` is the moment of the
    // copy, `origin` that of relative names before any $ORIGIN, `sensor` the sensor_id of all of
    // it, `includes` whether $INCLUDE is followed.
    ZoneFileReader(Feed& feed, const Sink& sink, Seconds when, const std::optional<Name>& origin,
                   const std::string& sensor, bool includes);

    bool next() override;
    std::vector<FeedRemark> remarks() const override;

  private:
    void read_entry();
    void read(std::string_view entry);
    void read_origin(Tokens& words);
    void read_include(Tokens& words);
    void read_included(Feed& feed);
    void read_directive(std::string_view directive, Tokens& words);
    bool read_owner(std::string_view entry, Tokens& words);
    std::optional<Rrtype> read_type(Tokens& words);
    void read_record(Rrtype type, std::string_view text);
    bool read_rdata(Rrtype type, std::string_view text);
    void see_apex();
    void refuse(Reason reason, std::string detail = {});
    const Name* origin() const noexcept { return origin_ ? &*origin_ : nullptr; }

    const Sink& sink_;
    ZoneEntries entries_;
    ZoneEntry entry_;
    bool includes_;
    std::vector<std::filesystem::path> files_;  // the feed's, and those included one by the other
    std::uint64_t line_ = 0;                    // of the feed itself
    std::uint64_t included_ = 0;                // files so far
    Seconds when_;
    std::optional<Name> origin_;
    bool origin_lost_ = false;   // by an $ORIGIN that is wrong
    std::optional<Name> owner_;  // of the last record
    std::optional<Name> apex_;
    std::string apex_soa_;  // the RDATA
    Source source_;
    Rdata data_;
    bool lacks_origin_ = false;  // something was refused for want of one
};

}  // namespace dnshist::zonegen
