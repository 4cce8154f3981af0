#include "responder/tsig/tsig.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "storage/base/octets.hpp"
#include "storage/record/rrtype.hpp"

namespace dnshist::responder {

namespace {

constexpr std::uint16_t our_fudge = 300;  // seconds, as recommended (RFC 8945, section 10)
constexpr std::size_t arcount_position = 10;
constexpr std::size_t server_time_octets = 6;

// Type, class, TTL, RDLENGTH; and of RDATA all but names, MAC and other data.
constexpr std::size_t fixed_octets = 10 + 16;

class OctetWriter {
  public:
    explicit OctetWriter(std::span<std::uint8_t> room) noexcept : room_(room) {}

    void u16(std::uint16_t value) noexcept {
        put_u16(room_.subspan(size_, 2).data(), value);
        size_ += 2;
    }
    void u32(std::uint32_t value) noexcept {
        u16(static_cast<std::uint16_t>(value >> 16));
        u16(static_cast<std::uint16_t>(value));
    }
    void u48(std::uint64_t value) noexcept {
        u16(static_cast<std::uint16_t>(value >> 32));
        u32(static_cast<std::uint32_t>(value));
    }
    void octets(Octets octets) noexcept {
        std::copy(octets.begin(), octets.end(), room_.begin() + static_cast<long>(size_));
        size_ += octets.size();
    }
    // Octets behind their number.
    void counted(Octets counted) noexcept {
        u16(static_cast<std::uint16_t>(counted.size()));
        octets(counted);
    }
    std::size_t size() const noexcept { return size_; }
    Octets written() const noexcept { return Octets(room_).first(size_); }

  private:
    std::span<std::uint8_t> room_;
    std::size_t size_ = 0;
};

// The TSIG variables, which are signed behind the message (RFC 8945, section 4.3.3); names in
// lower case and without compression, as a Name is.
void add_variables(Hmac& hmac, const TsigRecord& tsig) {
    std::array<std::uint8_t, 2 * max_name_octets + 18> room;
    OctetWriter out(room);
    out.octets(tsig.key.wire());
    out.u16(static_cast<std::uint16_t>(Rrclass::ANY));
    out.u32(0);  // TTL
    out.octets(tsig.algorithm.wire());
    out.u48(tsig.time_signed);
    out.u16(tsig.fudge);
    out.u16(tsig.error);
    out.u16(static_cast<std::uint16_t>(tsig.other.size()));
    hmac.add(out.written());
    hmac.add(tsig.other);
}

// The MAC that a request must have: of the message as its sender had it before the TSIG was added,
// with the ID that it had then (sections 4.3.2 and 5.2.2).
Octets request_mac(Hmac& hmac, const TsigKey& key, Octets message, const TsigRecord& tsig) {
    std::array<std::uint8_t, message_header_octets> header;
    OctetReader in(message.subspan(arcount_position));
    OctetWriter out(header);
    out.u16(tsig.original_id);
    out.octets(message.subspan(2, arcount_position - 2));
    out.u16(static_cast<std::uint16_t>(in.u16().value_or(0) - 1));

    hmac.begin(key.algorithm, key.secret);
    hmac.add(header);
    hmac.add(message.first(tsig.position).subspan(message_header_octets));
    add_variables(hmac, tsig);
    return hmac.finish();
}

// The name of an algorithm in wire form is one label.
bool is_named(const Name& name, HmacAlgorithm algorithm) noexcept {
    const std::string_view text = algorithm_text(algorithm);
    const Octets wire = name.wire();
    return wire.size() == text.size() + 2 && wire[0] == text.size() &&
           equal(wire.subspan(1, text.size()), as_octets(text));
}

// Whether the clocks of both sides are no further apart than the request allows (section 5.2.3).
bool is_timely(const TsigRecord& tsig, Seconds now) noexcept {
    const std::uint64_t here = now.since_epoch;
    const std::uint64_t apart =
        here > tsig.time_signed ? here - tsig.time_signed : tsig.time_signed - here;
    return apart <= tsig.fudge;
}

// The verdict of `error`; the answer is unsigned where no key is given.
TsigVerdict verdict_of(TsigError error, const TsigRecord& request, const TsigKey* key) noexcept {
    const bool wrong = error != TsigError::noerror;
    return {wrong ? Rcode::notauth : Rcode::noerror, error, key,
            fixed_octets + request.key.wire().size() + request.algorithm.wire().size() +
                (key != nullptr ? mac_octets(key->algorithm) : 0) +
                (error == TsigError::badtime ? server_time_octets : 0)};
}

}  // namespace

TsigVerdict Tsig::verify(Octets message, const TsigRecord& record, const TsigKeys& keys,
                         Seconds now) {
    const TsigKey* key = keys.find(record.key);
    // A key is one with its algorithm: another one is another key (section 5.2.1).
    if (key == nullptr || !is_named(record.algorithm, key->algorithm)) {
        return verdict_of(TsigError::badkey, record, nullptr);
    }
    // Section 5.2.2.1, the second and the third case.
    if (record.mac.size() > mac_octets(key->algorithm) ||
        record.mac.size() < least_truncated_octets(key->algorithm)) {
        return {Rcode::formerr, TsigError::noerror, nullptr, 0};
    }
    const Octets right = request_mac(hmac_, *key, message, record);
    if (!equal_macs(record.mac, right.first(record.mac.size()))) {
        return verdict_of(TsigError::badsig, record, nullptr);
    }
    if (!is_timely(record, now)) return verdict_of(TsigError::badtime, record, key);
    // Our policy, after all else (section 5.2.4).
    if (record.mac.size() < key->least_mac_octets) {
        return verdict_of(TsigError::badtrunc, record, key);
    }
    return verdict_of(TsigError::noerror, record, key);
}

std::size_t Tsig::sign(std::span<std::uint8_t> room, std::size_t size, const TsigRecord& request,
                       const TsigVerdict& verdict, Seconds now) {
    const Octets response = Octets(room).first(size);
    std::array<std::uint8_t, server_time_octets> server_time;
    OctetWriter(server_time).u48(now.since_epoch);
    const bool bad_time = verdict.error == TsigError::badtime;

    TsigRecord tsig;
    tsig.key = request.key;
    tsig.algorithm = request.algorithm;
    // A client whose clock is wrong shall take the answer for one to its own (section 5.2.3).
    tsig.time_signed = bad_time ? request.time_signed : now.since_epoch;
    tsig.fudge = our_fudge;
    tsig.original_id = OctetReader(response).u16().value_or(0);
    tsig.error = static_cast<std::uint16_t>(verdict.error);
    if (bad_time) tsig.other = server_time;
    if (verdict.key != nullptr) {
        // The request's MAC as it came, the response, the variables (section 5.3).
        std::array<std::uint8_t, 2> mac_size;
        OctetWriter(mac_size).u16(static_cast<std::uint16_t>(request.mac.size()));
        hmac_.begin(verdict.key->algorithm, verdict.key->secret);
        hmac_.add(mac_size);
        hmac_.add(request.mac);
        hmac_.add(response);
        add_variables(hmac_, tsig);
        tsig.mac = hmac_.finish();
    }

    OctetWriter out(room.subspan(size));
    out.octets(tsig.key.wire());
    out.u16(number(Rrtype::TSIG));
    out.u16(static_cast<std::uint16_t>(Rrclass::ANY));
    out.u32(0);  // TTL
    out.u16(static_cast<std::uint16_t>(verdict.octets - tsig.key.wire().size() - 10));
    out.octets(tsig.algorithm.wire());
    out.u48(tsig.time_signed);
    out.u16(tsig.fudge);
    out.counted(tsig.mac);
    out.u16(tsig.original_id);
    out.u16(tsig.error);
    out.counted(tsig.other);

    const std::uint16_t additionals =
        OctetReader(response.subspan(arcount_position)).u16().value_or(0);
    OctetWriter(room.subspan(arcount_position)).u16(static_cast<std::uint16_t>(additionals + 1));
    return size + out.size();
}

}  // namespace dnshist::responder
