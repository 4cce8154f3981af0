// Octets held in place: an array of fixed size, of which the first octets are in use.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

#include "storage/base/octets.hpp"

namespace dnshist {

template <std::size_t N>
class OctetBuffer {
  public:
    OctetBuffer() noexcept {}  // NOLINT: octets that are not in use need not be set to zero
    // At most N octets.
    explicit OctetBuffer(Octets octets) noexcept { assign(octets); }

    static constexpr std::size_t capacity() noexcept { return N; }
    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }
    Octets octets() const noexcept { return {octets_.data(), size_}; }
    // The same, to be changed in place.
    std::span<std::uint8_t> octets() noexcept { return {octets_.data(), size_}; }

    const std::uint8_t* data() const noexcept { return octets_.data(); }
    // The beginning of all N octets. resize() says how many of those written there are in use.
    std::uint8_t* data() noexcept { return octets_.data(); }
    void resize(std::size_t size) noexcept { size_ = static_cast<Size>(size); }
    // The same by the end of those written.
    void set_end(const std::uint8_t* end) noexcept {
        resize(static_cast<std::size_t>(end - octets_.data()));
    }
    void clear() noexcept { size_ = 0; }

    // At most N octets.
    void assign(Octets octets) noexcept {
        copy(octets, octets_.data());
        resize(octets.size());
    }
    // False, and nothing added, where there is no room.
    bool append(Octets more) noexcept {
        if (more.size() > N - size_) return false;
        copy(more, octets_.data() + size_);
        resize(size_ + more.size());
        return true;
    }
    bool append(std::uint8_t octet) noexcept {
        if (size_ == N) return false;
        octets_[size_++] = octet;
        return true;
    }

  private:
    using Size = std::conditional_t<(N < 256), std::uint8_t,
                                    std::conditional_t<(N < 65536), std::uint16_t, std::uint32_t>>;

    static void copy(Octets octets, std::uint8_t* to) noexcept {
        if (!octets.empty()) std::memcpy(to, octets.data(), octets.size());
    }

    std::array<std::uint8_t, N> octets_;
    Size size_ = 0;
};

}  // namespace dnshist
