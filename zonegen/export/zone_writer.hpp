// Writes a zone as a master file (RFC 1035, section 5), record by record.
#pragma once

#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>

#include "storage/answer/builtin_lines.hpp"
#include "storage/record/name.hpp"
#include "zonegen/export/line_output.hpp"

namespace dnshist::zonegen {

class ZoneWriter {
  public:
    // `ttl` (seconds) is that of all records except the SOA, whose own is its minimum.
    ZoneWriter(std::FILE* out, const Name& zone, std::uint32_t ttl);

    void comment(std::string_view text);
    void add_apex(const SoaTimers& soa, std::span<const Name> name_servers);
    // `owner` is at or below the zone. The text is split into character-strings of 255 octets, as
    // the responder does.
    void add_txt(const Name& owner, std::string_view text);
    void flush();

    // Whether the reader of a pipe has closed it; what is added after that is lost.
    bool no_reader() const noexcept { return no_reader_; }
    std::uint64_t names() const noexcept { return names_; }
    std::uint64_t records() const noexcept { return records_; }
    std::uint64_t octets() const noexcept { return octets_; }

  private:
    void put_owner(const Name& owner);
    void end_line();

    LineOutput output_;
    Name zone_;
    std::string zone_text_;
    std::uint32_t ttl_;
    Name last_owner_;
    std::size_t line_begin_ = 0;
    std::uint64_t names_ = 0;
    std::uint64_t records_ = 0;
    std::uint64_t octets_ = 0;
    bool no_reader_ = false;
};

}  // namespace dnshist::zonegen
