// Packets as a test writes them, from the inside out: ethernet(ipv4(udp(53, 1024, message))).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/support/hex.hpp"

namespace dnshist::test {

inline std::string u8(unsigned value) {
    return std::string(1, static_cast<char>(value & 0xffU));
}
inline std::string u16(unsigned value) {
    return u8(value >> 8U) + u8(value);
}
inline std::string u32(std::uint32_t value) {
    return u16(value >> 16U) + u16(value & 0xffffU);
}
inline std::string octets_from(std::string_view digits) {
    return std::string(as_text(from_hex(digits)));
}

inline std::string udp(unsigned from, unsigned to, const std::string& payload) {
    return u16(from) + u16(to) + u16(static_cast<unsigned>(payload.size()) + 8) + u16(0) + payload;
}

constexpr unsigned syn = 0x02;
constexpr unsigned ack = 0x10;
inline std::string tcp(unsigned from, unsigned to, std::uint32_t sequence, unsigned flags,
                       const std::string& payload) {
    return u16(from) + u16(to) + u32(sequence) + u32(0) + u8(5U << 4U) + u8(flags) + u16(0xffff) +
           u16(0) + u16(0) + payload;
}

struct Ipv4 {
    unsigned protocol = 17;
    std::string_view source = "c0000201";
    std::string_view destination = "c0000202";
    unsigned identification = 1;
    unsigned flags_and_offset = 0;
};
inline std::string ipv4(const std::string& payload, const Ipv4& header = {}) {
    return u8(0x45) + u8(0) + u16(static_cast<unsigned>(payload.size()) + 20) +
           u16(header.identification) + u16(header.flags_and_offset) + u8(64) +
           u8(header.protocol) + u16(0) + octets_from(header.source) +
           octets_from(header.destination) + payload;
}
// The other way.
inline std::string ipv4_back(const std::string& payload, Ipv4 header = {}) {
    std::swap(header.source, header.destination);
    return ipv4(payload, header);
}

inline std::string ipv6_between(std::string_view source, std::string_view destination,
                                const std::string& payload, unsigned protocol = 17) {
    return u32(6U << 28U) + u16(static_cast<unsigned>(payload.size())) + u8(protocol) + u8(64) +
           octets_from(source) + octets_from(destination) + payload;
}
inline std::string ipv6(const std::string& payload, unsigned protocol = 17) {
    return ipv6_between("20010db8000000000000000000000001", "20010db8000000000000000000000002",
                        payload, protocol);
}
// A fragment header and what follows it.
inline std::string ipv6_fragment(unsigned protocol, unsigned offset, bool more,
                                 const std::string& part, std::uint32_t identification = 7) {
    return u8(protocol) + u8(0) + u16(offset | unsigned{more}) + u32(identification) + part;
}

inline std::string ethernet(const std::string& payload, unsigned type = 0x0800) {
    return std::string(12, '\x02') + u16(type) + payload;
}

// A DNS message of the least form: a header, and a question for the name of one label.
inline std::string dns(unsigned id, unsigned flags, const std::string& label = "example") {
    return u16(id) + u16(flags) + u16(1) + u16(0) + u16(0) + u16(0) +
           u8(static_cast<unsigned>(label.size())) + label + u8(0) + u16(1) + u16(1);
}
constexpr unsigned query = 0x0100;
constexpr unsigned answer = 0x8180;

}  // namespace dnshist::test
