// A response, written into the room of the caller (RFC 1035, section 4).
//
// Header and question come first, then records in the order of the sections, then OPT. Records of
// the answer are owned by the question's name (a pointer to it); the records of the zone itself are
// owned by its apex, which is the end of the question's name, and so is a pointer as well.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "responder/message/request_reader.hpp"
#include "storage/answer/answer_page.hpp"
#include "storage/answer/builtin_lines.hpp"
#include "storage/base/octet_buffer.hpp"
#include "storage/record/compressed_name.hpp"

namespace dnshist::responder {

// An extended DNS error (RFC 8914).
struct Ede {
    enum class Code : std::uint16_t {
        other = 0,
        not_ready = 14,
        prohibited = 18,
        not_authoritative = 20,
        not_supported = 21,
    };
    Code code = Code::other;
    std::string_view text;  // UTF-8; must outlive the writing
};

class ResponseWriter {
  public:
    // `room` is as long as the response may become: least_octets() at least. `udp_payload` is what
    // OPT says that we take ourselves.
    ResponseWriter(const Request& request, std::span<std::uint8_t> room,
                   std::uint16_t udp_payload) noexcept;

    // How many octets the response has at least: header, question and OPT.
    static std::size_t least_octets(const Request& request) noexcept;

    // Each adds one record, to the answer while no authority has been added. False, and nothing
    // added, where it does not fit beside OPT; the response is truncated from then on, see
    // finish().
    //
    // The text is split into character-strings of 255 octets.
    bool add_txt(std::uint32_t ttl, std::string_view text) noexcept;
    // The same in class CH, with TTL 0.
    bool add_chaos_txt(std::string_view text) noexcept;
    // RDATA without compression; `owner` in wire form.
    bool add_record(Octets owner, Rrtype type, std::uint32_t ttl, Octets rdata) noexcept;
    // The octets that add_record() would take.
    std::size_t record_octets(Octets owner, Octets rdata) const noexcept;
    // NS and SOA of the zone whose apex is the last `apex_octets` of the question's name: the apex
    // is the name server too, and hostmaster.APEX the mailbox.
    bool add_apex_ns(std::uint32_t ttl, std::size_t apex_octets) noexcept;
    bool add_apex_soa(std::uint32_t ttl, std::size_t apex_octets, const SoaTimers& soa) noexcept;
    // As above, into the authority section.
    bool add_authority_soa(std::uint32_t ttl, std::size_t apex_octets,
                           const SoaTimers& soa) noexcept;

    // Octets that are left for records.
    std::size_t remaining() const noexcept { return limit_ - size_; }

    void set_authoritative() noexcept { authoritative_ = true; }
    // Sent only to a client that speaks EDNS, which takes its room from that of the records. Before
    // any of them; at most max_option_octets in all.
    void add_option(EdnsOption option, Octets octets) noexcept;
    static constexpr std::size_t max_option_octets = 255;
    // Likewise, and in the room that is left.
    void set_ede(Ede ede) noexcept { ede_ = ede; }
    bool has_ede() const noexcept { return ede_.has_value(); }
    // If the client pads its question, the response is padded to a multiple of `block` octets (RFC
    // 7830), as far as there is room, with the `more` octets that it will get after finish().
    void pad(std::size_t block, std::size_t more) noexcept;
    // Drops every record: the client shall ask over TCP.
    void truncate() noexcept;
    // Drops everything that was added and set, to begin anew.
    void restart() noexcept;

    // Writes header and OPT; the length of the response. An EDE that does not fit is left out, with
    // TC set (RFC 8914, section 3).
    std::size_t finish(Rcode rcode) noexcept;

    // Valid once the response is finished.
    std::size_t size() const noexcept { return size_; }
    Rcode rcode() const noexcept { return rcode_; }
    bool truncated() const noexcept { return truncated_; }

  private:
    void put_u8(std::uint8_t value) noexcept { room_[size_++] = value; }
    void put_u16(std::uint16_t value) noexcept;
    void put_u32(std::uint32_t value) noexcept;
    void put_octets(Octets octets) noexcept;
    void put_pointer(std::size_t offset) noexcept;
    void put_head(Rrtype type, Rrclass rrclass, std::uint32_t ttl,
                  std::size_t rdata_octets) noexcept;
    void put_opt(Rcode rcode, std::size_t ede_octets) noexcept;
    std::size_t padding_after(std::size_t octets) const noexcept;
    bool has_room(std::size_t octets) noexcept;
    bool is_question(Octets owner) const noexcept;
    bool add_text(Rrclass rrclass, std::uint32_t ttl, std::string_view text) noexcept;
    bool add_soa(std::uint32_t ttl, std::size_t apex_octets, const SoaTimers& soa) noexcept;
    std::size_t apex_offset(std::size_t apex_octets) const noexcept;

    const Request& request_;
    std::span<std::uint8_t> room_;
    std::size_t size_ = message_header_octets;
    std::size_t limit_;  // of what comes before OPT
    std::size_t records_begin_;
    std::uint16_t udp_payload_;
    std::uint16_t answers_ = 0;
    std::uint16_t authorities_ = 0;
    bool authoritative_ = false;
    bool truncated_ = false;
    Rcode rcode_ = Rcode::noerror;
    // As OPT has them, but for the EDE.
    OctetBuffer<max_option_octets> options_;
    std::optional<Ede> ede_;
    std::size_t padding_block_ = 0;  // 0: none
    std::size_t padding_more_ = 0;
};

}  // namespace dnshist::responder
