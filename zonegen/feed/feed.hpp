// A feed: a file or standard input, its content decompressed where it is compressed, read through
// one buffer of fixed size.
//
// Positions count octets of content, after decompression, so that a feed is known again whether it
// comes compressed or not. The digest of the content up to the position goes into the store with
// it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "zonegen/feed/decompress.hpp"

namespace dnshist::zonegen {

// The feed cannot be opened. what() is a sentence for the operator, with the path.
class FeedError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

// XXH3, 128 bits, in its canonical (big-endian) form.
using Digest = std::array<std::uint8_t, 16>;
Digest digest_of(std::string_view content) noexcept;

// Ends of line in it.
std::uint64_t count_lines(std::string_view text) noexcept;

class Feed {
  public:
    // The longest line or JSON item that is looked at; a longer one is rejected.
    static constexpr std::size_t max_item_octets = std::size_t{1} << 20;
    // So many octets behind what is ahead() may be read, whatever they are (simdjson does).
    static constexpr std::size_t padding_octets = 64;
    // Of the content, to tell feeds apart by (FeedPosition::head).
    static constexpr std::size_t max_head_octets = 4096;

    enum class State : std::uint8_t {
        open,     // there may be more
        ended,    // the end was reached
        damaged,  // there is more, but it cannot be read: see problem()
        stopped,  // it is not to be read on
    };

    // What is the same content, but means something else, has another `identity`: its digests
    // differ. "-" is standard input. Once `stop_descriptor` is readable (not negative: there is
    // one) no more is read; a wait for a pipe's data ends too. Reads the head. Throws FeedError.
    explicit Feed(std::string path, int stop_descriptor = -1, std::string identity = {});
    ~Feed();
    Feed(const Feed&) = delete;
    Feed& operator=(const Feed&) = delete;

    const std::string& path() const noexcept { return path_; }
    // A regular file, which has positions that mean something when it is opened again.
    bool rereadable() const noexcept { return rereadable_; }

    Compression compression() const noexcept { return decompressor_.compression(); }

    // The content's first octets: max_head_octets, or all where it has fewer.
    std::string_view head() const noexcept { return head_; }
    // The digest of its first `octets`, of which it has as many.
    Digest head_digest(std::size_t octets) const;

    // What has been read and not been consumed. Good until more().
    std::string_view ahead() const noexcept { return {buffer_.data() + begin_, end_ - begin_}; }
    // Reads on behind what is ahead. False where nothing was added: see state(), or the buffer is
    // full, which it is not with less than max_item_octets ahead.
    bool more();
    // `count` is at most ahead().size().
    void consume(std::size_t count) noexcept { begin_ += count; }
    // Consumes up to the position, which is not behind it. Adds the ends of line on the way to
    // `lines`. False where the content ends before.
    bool skip_to(std::uint64_t position, std::uint64_t& lines);

    State state() const noexcept { return state_; }
    // Why it is damaged.
    const std::string& problem() const noexcept { return problem_; }

    // Octets of content consumed, and their digest.
    std::uint64_t position() const noexcept { return before_buffer_ + begin_; }
    Digest digest() noexcept;

    // Octets of the file itself read so far, and its size; 0 where it has none.
    std::uint64_t file_position() const noexcept { return file_position_; }
    std::uint64_t file_octets() const noexcept { return file_octets_; }

  private:
    struct Hash;
    // Standard input is not ours to close.
    struct Descriptor {
        int value = -1;

        Descriptor() = default;
        ~Descriptor();
        Descriptor(const Descriptor&) = delete;
        Descriptor& operator=(const Descriptor&) = delete;
    };

    void open_file();
    void read_head();
    void compact() noexcept;
    void hash_consumed() noexcept;
    bool read_file();
    bool await_input();
    void fail(std::string_view what);

    std::string path_;
    Descriptor descriptor_;
    int stop_descriptor_;
    std::string identity_;
    bool rereadable_ = false;
    bool file_ended_ = false;
    State state_ = State::open;
    std::string problem_;
    std::uint64_t file_position_ = 0;
    std::uint64_t file_octets_ = 0;

    Decompressor decompressor_;
    std::vector<std::uint8_t> input_;  // as read from the file
    std::size_t input_begin_ = 0;
    std::size_t input_end_ = 0;

    std::vector<char> buffer_;  // content: consumed [0, begin), ahead [begin, end), padding
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::size_t hashed_ = 0;           // of the buffer, already in the digest
    std::uint64_t before_buffer_ = 0;  // content that has left the buffer
    std::unique_ptr<Hash> hash_;
    std::string head_;
};

}  // namespace dnshist::zonegen
