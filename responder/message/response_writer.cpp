#include "responder/message/response_writer.hpp"

#include <algorithm>
#include <cstring>

#include "storage/base/octets.hpp"
#include "storage/record/compressed_name.hpp"
#include "storage/record/rrtype.hpp"

namespace dnshist::responder {

namespace {

constexpr std::size_t opt_octets = 11;          // root owner, type, class, TTL, RDLENGTH
constexpr std::size_t ede_fixed_octets = 6;     // option code, length, INFO-CODE
constexpr std::size_t record_head_octets = 12;  // pointer, type, class, TTL, RDLENGTH
constexpr std::size_t option_head_octets = 4;   // code, length

// Whether two names in wire form are the same but for case (RFC 4343): length octets are no
// letters.
bool equal_names(Octets a, Octets b) noexcept {
    return equal(a, b) || std::ranges::equal(a, b, {}, to_lower, to_lower);
}

}  // namespace

ResponseWriter::ResponseWriter(const Request& request, std::span<std::uint8_t> room,
                               std::uint16_t udp_payload) noexcept
    : request_(request),
      room_(room),
      limit_(room.size() - (request.edns ? opt_octets : 0)),
      udp_payload_(udp_payload) {
    if (request_.question) put_octets(request_.question->octets);
    records_begin_ = size_;
}

std::size_t ResponseWriter::least_octets(const Request& request) noexcept {
    return message_header_octets + (request.question ? request.question->octets.size() : 0) +
           (request.edns ? opt_octets : 0);
}

void ResponseWriter::put_u16(std::uint16_t value) noexcept {
    dnshist::put_u16(room_.data() + size_, value);
    size_ += 2;
}

void ResponseWriter::put_u32(std::uint32_t value) noexcept {
    dnshist::put_u32(room_.data() + size_, value);
    size_ += 4;
}

void ResponseWriter::put_octets(Octets octets) noexcept {
    if (!octets.empty()) std::memcpy(room_.data() + size_, octets.data(), octets.size());
    size_ += octets.size();
}

// The fields of a record between its owner and its RDATA.
void ResponseWriter::put_head(Rrtype type, Rrclass rrclass, std::uint32_t ttl,
                              std::size_t rdata_octets) noexcept {
    std::uint8_t* const begin = room_.data() + size_;
    std::uint8_t* end = dnshist::put_u16(begin, number(type));
    end = dnshist::put_u16(end, static_cast<std::uint16_t>(rrclass));
    end = dnshist::put_u32(end, ttl);
    end = dnshist::put_u16(end, static_cast<std::uint16_t>(rdata_octets));
    size_ += static_cast<std::size_t>(end - begin);
}

void ResponseWriter::put_pointer(std::size_t offset) noexcept {
    put_u16(static_cast<std::uint16_t>(0xc000U | offset));
}

bool ResponseWriter::has_room(std::size_t octets) noexcept {
    if (truncated_ || octets > remaining()) {
        truncate();
        return false;
    }
    return true;
}

bool ResponseWriter::add_txt(std::uint32_t ttl, std::string_view text) noexcept {
    return add_text(Rrclass::IN, ttl, text);
}

bool ResponseWriter::add_chaos_txt(std::string_view text) noexcept {
    return add_text(Rrclass::CH, 0, text);
}

bool ResponseWriter::add_text(Rrclass rrclass, std::uint32_t ttl, std::string_view text) noexcept {
    const std::size_t octets = txt_record_octets(text.size());
    if (octets - record_head_octets > 65535 || !has_room(octets)) {
        truncate();
        return false;
    }
    put_pointer(message_header_octets);
    put_head(Rrtype::TXT, rrclass, ttl, octets - record_head_octets);
    do {
        const std::string_view string = text.substr(0, 255);
        put_u8(static_cast<std::uint8_t>(string.size()));
        put_octets(as_octets(string));
        text.remove_prefix(string.size());
    } while (!text.empty());
    ++answers_;
    return true;
}

// The question's own name is pointed at, in the case in which it came.
bool ResponseWriter::is_question(Octets owner) const noexcept {
    return equal_names(owner, request_.question->name);
}

std::size_t ResponseWriter::record_octets(Octets owner, Octets rdata) const noexcept {
    return record_head_octets - 2 + (is_question(owner) ? 2 : owner.size()) + rdata.size();
}

bool ResponseWriter::add_record(Octets owner, Rrtype type, std::uint32_t ttl,
                                Octets rdata) noexcept {
    if (!has_room(record_octets(owner, rdata))) return false;
    if (is_question(owner)) {
        put_pointer(message_header_octets);
    } else {
        put_octets(owner);
    }
    put_head(type, Rrclass::IN, ttl, rdata.size());
    put_octets(rdata);
    ++answers_;
    return true;
}

std::size_t ResponseWriter::apex_offset(std::size_t apex_octets) const noexcept {
    return message_header_octets + request_.question->name.size() - apex_octets;
}

bool ResponseWriter::add_apex_ns(std::uint32_t ttl, std::size_t apex_octets) noexcept {
    if (!has_room(record_head_octets + 2)) return false;
    put_pointer(apex_offset(apex_octets));
    put_head(Rrtype::NS, Rrclass::IN, ttl, 2);
    put_pointer(apex_offset(apex_octets));
    ++answers_;
    return true;
}

bool ResponseWriter::add_soa(std::uint32_t ttl, std::size_t apex_octets,
                             const SoaTimers& soa) noexcept {
    constexpr std::size_t rdata_octets = 2 + 1 + hostmaster.size() + 2 + 5 * sizeof(std::uint32_t);
    if (!has_room(record_head_octets + rdata_octets)) return false;
    const std::size_t apex = apex_offset(apex_octets);
    put_pointer(apex);
    put_head(Rrtype::SOA, Rrclass::IN, ttl, rdata_octets);
    put_pointer(apex);
    put_u8(hostmaster.size());
    put_octets(as_octets(hostmaster));
    put_pointer(apex);
    put_u32(soa.serial);
    put_u32(soa.refresh);
    put_u32(soa.retry);
    put_u32(soa.expire);
    put_u32(soa.minimum);
    return true;
}

bool ResponseWriter::add_apex_soa(std::uint32_t ttl, std::size_t apex_octets,
                                  const SoaTimers& soa) noexcept {
    if (!add_soa(ttl, apex_octets, soa)) return false;
    ++answers_;
    return true;
}

bool ResponseWriter::add_authority_soa(std::uint32_t ttl, std::size_t apex_octets,
                                       const SoaTimers& soa) noexcept {
    if (!add_soa(ttl, apex_octets, soa)) return false;
    ++authorities_;
    return true;
}

void ResponseWriter::truncate() noexcept {
    size_ = records_begin_;
    answers_ = 0;
    authorities_ = 0;
    truncated_ = true;
}

void ResponseWriter::restart() noexcept {
    truncate();
    truncated_ = false;
    authoritative_ = false;
    ede_.reset();
}

void ResponseWriter::add_option(EdnsOption option, Octets octets) noexcept {
    const std::size_t whole = option_head_octets + octets.size();
    if (!request_.edns || whole > max_option_octets - options_.size() || whole > remaining())
        return;
    std::uint8_t* out = options_.data() + options_.size();
    out = dnshist::put_u16(out, static_cast<std::uint16_t>(option));
    out = dnshist::put_u16(out, static_cast<std::uint16_t>(octets.size()));
    options_.set_end(std::ranges::copy(octets, out).out);
    limit_ -= whole;
}

void ResponseWriter::pad(std::size_t block, std::size_t more) noexcept {
    if (!request_.edns || !request_.edns->padding || remaining() < option_head_octets) return;
    padding_block_ = block;
    padding_more_ = more;
    limit_ -= option_head_octets;
}

// The octets that the padding has, if the response ends with it behind `octets` others. Its own
// head has room since pad().
std::size_t ResponseWriter::padding_after(std::size_t octets) const noexcept {
    const std::size_t over = (octets + option_head_octets + padding_more_) % padding_block_;
    return std::min(over == 0 ? 0 : padding_block_ - over,
                    room_.size() - octets - option_head_octets);
}

void ResponseWriter::put_opt(Rcode rcode, std::size_t ede_octets) noexcept {
    const std::size_t fixed = opt_octets + options_.size() + ede_octets;
    const std::size_t padding = padding_block_ == 0 ? 0 : padding_after(size_ + fixed);
    const std::size_t padding_octets = padding_block_ == 0 ? 0 : option_head_octets + padding;
    put_u8(0);
    put_u16(number(Rrtype::OPT));
    put_u16(udp_payload_);
    put_u8(static_cast<std::uint8_t>(static_cast<std::uint16_t>(rcode) >> 4));
    put_u8(0);  // version
    put_u16(request_.edns->dnssec_ok ? 0x8000 : 0);
    put_u16(static_cast<std::uint16_t>(options_.size() + ede_octets + padding_octets));
    put_octets(options_.octets());
    if (ede_octets != 0) {
        put_u16(static_cast<std::uint16_t>(EdnsOption::ede));
        put_u16(static_cast<std::uint16_t>(2 + ede_->text.size()));
        put_u16(static_cast<std::uint16_t>(ede_->code));
        put_octets(as_octets(ede_->text));
    }
    if (padding_octets != 0) {
        put_u16(static_cast<std::uint16_t>(EdnsOption::padding));
        put_u16(static_cast<std::uint16_t>(padding));
        std::memset(room_.data() + size_, 0, padding);
        size_ += padding;
    }
}

std::size_t ResponseWriter::finish(Rcode rcode) noexcept {
    if (request_.edns) {
        std::size_t ede_octets = ede_ ? ede_fixed_octets + ede_->text.size() : 0;
        if (ede_octets > remaining()) {
            ede_octets = 0;
            truncated_ = true;
        }
        put_opt(rcode, ede_octets);
    }
    rcode_ = rcode;
    const std::size_t length = size_;
    size_ = 0;
    put_u16(request_.id);
    put_u8(static_cast<std::uint8_t>(0x80U | unsigned{request_.opcode} << 3U |
                                     (authoritative_ ? 0x04U : 0U) | (truncated_ ? 0x02U : 0U) |
                                     (request_.recursion_desired ? 0x01U : 0U)));
    put_u8(static_cast<std::uint8_t>(static_cast<std::uint16_t>(rcode) & 0xfU));
    put_u16(request_.question ? 1 : 0);
    put_u16(answers_);
    put_u16(authorities_);
    put_u16(request_.edns ? 1 : 0);
    size_ = length;
    return length;
}

}  // namespace dnshist::responder
