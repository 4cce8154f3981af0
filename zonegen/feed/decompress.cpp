#include "zonegen/feed/decompress.hpp"

#include <bzlib.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <new>
#include <variant>

namespace dnshist::zonegen {

namespace {

// Memory for xz: its largest preset needs 65 MB. (zstd's own limit is 128 MB.)
constexpr std::uint64_t memory_limit = std::uint64_t{256} << 20;

// A codec decompresses one member: a step of it has `ended` at the member's end.
using Step = Decompressor::Step;

// Between two members.
struct Between {
    static Step run(Octets, std::span<std::uint8_t>) noexcept { return {}; }
    static bool has_checksum() noexcept { return false; }
};

struct Plain {
    static Step run(Octets input, std::span<std::uint8_t> room) noexcept {
        const std::size_t count = std::min(input.size(), room.size());
        std::copy_n(input.begin(), count, room.begin());
        return {.taken = count, .written = count};
    }
    static bool has_checksum() noexcept { return false; }
};

class Gzip {
  public:
    Gzip() {
        constexpr int gzip_only = 16;
        if (inflateInit2(&stream_, MAX_WBITS + gzip_only) != Z_OK) throw std::bad_alloc();
    }
    ~Gzip() { inflateEnd(&stream_); }
    Gzip(const Gzip&) = delete;
    Gzip& operator=(const Gzip&) = delete;

    Step run(Octets input, std::span<std::uint8_t> room) {
        stream_.next_in = const_cast<Bytef*>(input.data());  // zlib does not write to it
        stream_.avail_in = static_cast<uInt>(input.size());
        stream_.next_out = room.data();
        stream_.avail_out = static_cast<uInt>(room.size());
        const int code = inflate(&stream_, Z_NO_FLUSH);
        if (code == Z_MEM_ERROR) throw std::bad_alloc();
        Step step{.taken = input.size() - stream_.avail_in,
                  .written = room.size() - stream_.avail_out,
                  .ended = code == Z_STREAM_END};
        if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) {
            step.damage = stream_.msg != nullptr ? stream_.msg : "not valid gzip data";
        }
        return step;
    }
    static bool has_checksum() noexcept { return true; }

  private:
    z_stream stream_{};
};

class Bzip2 {
  public:
    Bzip2() {
        if (BZ2_bzDecompressInit(&stream_, 0, 0) != BZ_OK) throw std::bad_alloc();
    }
    ~Bzip2() { BZ2_bzDecompressEnd(&stream_); }
    Bzip2(const Bzip2&) = delete;
    Bzip2& operator=(const Bzip2&) = delete;

    Step run(Octets input, std::span<std::uint8_t> room) {
        // bzip2 reads from a pointer to char that is not const, and does not write to it.
        stream_.next_in = const_cast<char*>(reinterpret_cast<const char*>(input.data()));
        stream_.avail_in = static_cast<unsigned>(input.size());
        stream_.next_out = reinterpret_cast<char*>(room.data());
        stream_.avail_out = static_cast<unsigned>(room.size());
        const int code = BZ2_bzDecompress(&stream_);
        if (code == BZ_MEM_ERROR) throw std::bad_alloc();
        Step step{.taken = input.size() - stream_.avail_in,
                  .written = room.size() - stream_.avail_out,
                  .ended = code == BZ_STREAM_END};
        if (code != BZ_OK && code != BZ_STREAM_END) step.damage = "not valid bzip2 data";
        return step;
    }
    static bool has_checksum() noexcept { return true; }

  private:
    bz_stream stream_{};
};

class Xz {
  public:
    Xz() {
        if (lzma_stream_decoder(&stream_, memory_limit, LZMA_TELL_NO_CHECK) != LZMA_OK)
            throw std::bad_alloc();
    }
    ~Xz() { lzma_end(&stream_); }
    Xz(const Xz&) = delete;
    Xz& operator=(const Xz&) = delete;

    Step run(Octets input, std::span<std::uint8_t> room) {
        stream_.next_in = input.data();
        stream_.avail_in = input.size();
        stream_.next_out = room.data();
        stream_.avail_out = room.size();
        const lzma_ret code = lzma_code(&stream_, LZMA_RUN);
        if (code == LZMA_MEM_ERROR) throw std::bad_alloc();
        Step step{.taken = input.size() - stream_.avail_in,
                  .written = room.size() - stream_.avail_out,
                  .ended = code == LZMA_STREAM_END};
        if (code == LZMA_NO_CHECK) {
            has_checksum_ = false;
        } else if (code == LZMA_MEMLIMIT_ERROR) {
            step.damage = "xz data that needs more than 256 MB of memory";
        } else if (code != LZMA_OK && code != LZMA_STREAM_END && code != LZMA_BUF_ERROR) {
            step.damage = "not valid xz data";
        }
        return step;
    }
    bool has_checksum() const noexcept { return has_checksum_; }

  private:
    lzma_stream stream_ = LZMA_STREAM_INIT;
    bool has_checksum_ = true;
};

class Zstd {
  public:
    // `start` is the start of the frame.
    explicit Zstd(Octets start)
        : stream_(ZSTD_createDStream()), has_checksum_(start.size() > 4 && (start[4] & 4U) != 0) {
        if (stream_ == nullptr) throw std::bad_alloc();
    }
    ~Zstd() { ZSTD_freeDStream(stream_); }
    Zstd(const Zstd&) = delete;
    Zstd& operator=(const Zstd&) = delete;

    Step run(Octets input, std::span<std::uint8_t> room) {
        ZSTD_inBuffer in{.src = input.data(), .size = input.size(), .pos = 0};
        ZSTD_outBuffer out{.dst = room.data(), .size = room.size(), .pos = 0};
        const std::size_t code = ZSTD_decompressStream(stream_, &out, &in);
        Step step{.taken = in.pos, .written = out.pos, .ended = code == 0};
        if (ZSTD_isError(code) != 0) {
            step.ended = false;
            step.damage = ZSTD_getErrorName(code);
        }
        return step;
    }
    bool has_checksum() const noexcept { return has_checksum_; }

  private:
    ZSTD_DStream* stream_;
    bool has_checksum_;  // RFC 8878, section 3.1.1.1.1
};

using Codec = std::variant<Between, Plain, Gzip, Zstd, Bzip2, Xz>;

}  // namespace

struct Decompressor::State {
    Codec codec;
    bool begun = false;  // the first member has been started

    // Selects the codec of the member at the start of `input`. False if there is none.
    bool open_member(Octets input) {
        switch (Decompressor::compression_of(input)) {
            case Compression::gzip:
                codec.emplace<Gzip>();
                break;
            case Compression::zstd:
                codec.emplace<Zstd>(input);
                break;
            case Compression::bzip2:
                codec.emplace<Bzip2>();
                break;
            case Compression::xz:
                codec.emplace<Xz>();
                break;
            case Compression::none:
                if (begun) return false;
                codec.emplace<Plain>();
                break;
        }
        begun = true;
        return true;
    }
};

Compression Decompressor::compression_of(Octets start) noexcept {
    constexpr std::array<std::uint8_t, 3> gzip{0x1f, 0x8b, 0x08};
    constexpr std::array<std::uint8_t, 4> zstd{0x28, 0xb5, 0x2f, 0xfd};
    constexpr std::array<std::uint8_t, 3> zstd_skippable{0x2a, 0x4d, 0x18};  // from the second on
    constexpr std::array<std::uint8_t, 3> bzip2{'B', 'Z', 'h'};
    constexpr std::array<std::uint8_t, 6> xz{0xfd, '7', 'z', 'X', 'Z', 0x00};
    if (starts_with(start, gzip)) return Compression::gzip;
    if (starts_with(start, zstd)) return Compression::zstd;
    if (start.size() >= 4 && start[0] >> 4 == 5 && starts_with(start.subspan(1), zstd_skippable)) {
        return Compression::zstd;
    }
    if (starts_with(start, bzip2) && start.size() >= 4 && start[3] >= '1' && start[3] <= '9') {
        return Compression::bzip2;
    }
    if (starts_with(start, xz)) return Compression::xz;
    return Compression::none;
}

Decompressor::Decompressor() : state_(std::make_unique<State>()) {}
Decompressor::~Decompressor() = default;

Decompressor::Step Decompressor::step(Octets input, bool last, std::span<std::uint8_t> room) {
    Step step;
    Codec& codec = state_->codec;
    if (std::holds_alternative<Between>(codec)) {
        // Members may be padded with zeros (xz; tapes).
        if (state_->begun) {
            const auto padding = std::find_if(input.begin(), input.end(),
                                              [](std::uint8_t octet) { return octet != 0; });
            step.taken = static_cast<std::size_t>(padding - input.begin());
            input = input.subspan(step.taken);
        }
        if (input.empty()) {
            step.ended = last;
            return step;
        }
        if (input.size() < wanted_octets && !last) return step;
        if (!state_->begun) compression_ = compression_of(input);
        if (!state_->open_member(input)) {
            step.damage = "something else follows the compressed data";
            return step;
        }
    }
    const Step member = std::visit([&](auto& one) -> Step { return one.run(input, room); }, codec);
    step.taken += member.taken;
    step.written = member.written;
    step.damage = member.damage;
    const bool has_checksum = std::visit([](const auto& one) { return one.has_checksum(); }, codec);
    step.checked = member.damage.empty() && (member.ended || !has_checksum);
    if (member.ended) {
        codec.emplace<Between>();
    } else if (last && member.taken == 0 && member.written == 0 && member.damage.empty()) {
        if (std::holds_alternative<Plain>(codec)) {
            step.ended = true;
        } else {
            step.damage = "the compressed data is cut short";
        }
    }
    return step;
}

}  // namespace dnshist::zonegen
