// A DNS message as a test writes it: records in presentation form, or octet by octet.
#pragma once

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "storage/record/name.hpp"
#include "storage/record/rdata.hpp"
#include "storage/record/rrtype.hpp"

namespace dnshist::test {

class DnsMessage {
  public:
    static constexpr unsigned response = 0x8000;
    static constexpr unsigned authoritative = 0x0400;
    static constexpr unsigned truncated = 0x0200;
    static constexpr unsigned recursion_available = 0x0080;

    enum Section : std::uint8_t { questions, answer, authority, additional };

    explicit DnsMessage(unsigned flags = response | authoritative) {
        u16(0xbeef).u16(flags).u16(0).u16(0).u16(0).u16(0);
    }

    DnsMessage& u8(unsigned value) {
        octets_.push_back(static_cast<std::uint8_t>(value));
        return *this;
    }
    DnsMessage& u16(unsigned value) { return u8(value >> 8U).u8(value); }
    DnsMessage& u32(unsigned value) { return u16(value >> 16U).u16(value); }
    DnsMessage& add(std::string_view octets) {
        octets_.insert(octets_.end(), octets.begin(), octets.end());
        return *this;
    }

    // A section has one more.
    DnsMessage& count(Section section) {
        std::uint8_t& low = octets_[5U + 2U * section];
        if (++low == 0) ++octets_[4U + 2U * section];
        return *this;
    }

    DnsMessage& question(std::string_view name, std::string_view type, unsigned rrclass = 1) {
        return count(questions).name(name).u16(number(type_of(type))).u16(rrclass);
    }
    // "OWNER TYPE RDATA", without compression.
    DnsMessage& record(Section section, std::string_view text) {
        const std::string_view owner = word(text);
        const Rrtype type = type_of(word(text));
        static Rdata rdata;
        if (!rdata_from_text(type, text, rdata)) throw std::invalid_argument(std::string(text));
        count(section).name(owner).u16(number(type)).u16(1).u32(300);
        return u16(static_cast<unsigned>(rdata.octets().size())).add(as_text(rdata.octets()));
    }
    // Owner and RDATA as octets.
    DnsMessage& record(Section section, std::string_view owner, Rrtype type, std::string_view rdata,
                       unsigned rrclass = 1, unsigned ttl = 300) {
        count(section).add(owner).u16(number(type)).u16(rrclass).u32(ttl);
        return u16(static_cast<unsigned>(rdata.size())).add(rdata);
    }

    Octets octets() const { return octets_; }
    std::size_t size() const { return octets_.size(); }

  private:
    static Rrtype type_of(std::string_view text) { return rrtype_from_text(text).value(); }
    static std::string_view word(std::string_view& text) {
        const std::size_t end = text.find(' ');
        const std::string_view word = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        return word;
    }
    DnsMessage& name(std::string_view text) {
        return add(as_text(Name::from_text(text).value().wire()));
    }

    std::vector<std::uint8_t> octets_;
};

}  // namespace dnshist::test
