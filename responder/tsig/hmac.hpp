// Message authentication codes of one secret: HMAC (RFC 2104) with SHA-2, which is what TSIG signs
// with (RFC 8945, section 6).
#pragma once

#include <openssl/types.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "storage/base/octets.hpp"

namespace dnshist::responder {

// MD5 and SHA-1 are left out: RFC 8945 has them for old peers alone, and ours have no need of them.
enum class HmacAlgorithm : std::uint8_t { sha256, sha384, sha512 };
inline constexpr std::size_t hmac_algorithms = 3;
inline constexpr std::size_t max_mac_octets = 64;

// 32, 48 or 64: of a MAC that is not truncated.
std::size_t mac_octets(HmacAlgorithm algorithm) noexcept;
// "hmac-sha256", in lower case.
std::string_view algorithm_text(HmacAlgorithm algorithm) noexcept;
// The same in any case.
std::optional<HmacAlgorithm> algorithm_from_text(std::string_view text) noexcept;

// Octets that nobody else shall see: wiped when they are let go of, and never copied.
class Secret {
  public:
    Secret() = default;
    explicit Secret(std::vector<std::uint8_t> octets) noexcept : octets_(std::move(octets)) {}
    ~Secret();
    Secret(Secret&& other) noexcept = default;
    Secret& operator=(Secret&& other) noexcept;
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;

    Octets octets() const noexcept { return octets_; }

  private:
    void wipe() noexcept;

    std::vector<std::uint8_t> octets_;
};

// Makes one MAC after the other: begin, add as often as needed, finish.
//
// Its contexts are made once. OpenSSL 3.0 makes the digest's state anew on the way, which are five
// small allocations for each MAC; the functions that would not are deprecated. Throws
// std::runtime_error where OpenSSL fails, which means that memory has run out.
class Hmac {
  public:
    Hmac();
    ~Hmac();
    Hmac(Hmac&&) noexcept;
    Hmac& operator=(Hmac&&) noexcept;
    Hmac(const Hmac&) = delete;
    Hmac& operator=(const Hmac&) = delete;

    void begin(HmacAlgorithm algorithm, const Secret& secret);
    void add(Octets octets);
    // The MAC, valid until the next begin().
    Octets finish();

  private:
    struct Free {
        void operator()(EVP_MAC_CTX* context) const noexcept;
    };
    std::array<std::unique_ptr<EVP_MAC_CTX, Free>, hmac_algorithms> contexts_;
    EVP_MAC_CTX* current_ = nullptr;
    std::array<std::uint8_t, max_mac_octets> mac_;
};

// Whether two MACs are the same, in a time that does not tell how much of them is (RFC 8945,
// section 5.2.2, asks for no more than that they are compared; a guess must not be led on).
bool equal_macs(Octets a, Octets b) noexcept;

}  // namespace dnshist::responder
