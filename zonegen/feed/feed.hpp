// A feed: a file or standard input, decompressed and read through one buffer of fixed size.
//
// Positions count octets of the decompressed content, so that a feed is recognised whether it is
// compressed or not. The store keeps a position together with the digest of the content up to it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zonegen/feed/decompress.hpp"
#include "zonegen/feed/feed_file.hpp"

namespace dnshist::zonegen {

// XXH3, 128 bits, in its canonical (big-endian) form.
using Digest = std::array<std::uint8_t, 16>;
Digest digest_of(std::string_view content) noexcept;

// UTF-8's.
inline constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

constexpr std::string_view without_byte_order_mark(std::string_view head) noexcept {
    if (head.starts_with(byte_order_mark)) head.remove_prefix(byte_order_mark.size());
    return head;
}

// Counts the ends of line.
std::uint64_t count_lines(std::string_view text) noexcept;

class Feed {
  public:
    // The longest item (line or JSON object) that is read; longer ones are rejected.
    static constexpr std::size_t max_item_octets = std::size_t{1} << 20;
    // So many octets behind ahead() may be read, with any value. simdjson needs them.
    static constexpr std::size_t padding_octets = 64;
    // The content's beginning, by which feeds are told apart (FeedPosition::head).
    static constexpr std::size_t max_head_octets = 4096;

    enum class State : std::uint8_t {
        open,     // there may be more
        ended,    // the end was reached
        damaged,  // there is more, but it cannot be read: see problem()
        stopped,  // by the stop descriptor
    };

    // Opens `path` ("-": standard input) and reads the head. Reading, also from a pipe that has no
    // data, stops once `stop_descriptor` is readable; -1: there is none. Throws FeedError.
    explicit Feed(const std::string& path, int stop_descriptor = -1);
    ~Feed();
    Feed(const Feed&) = delete;
    Feed& operator=(const Feed&) = delete;

    // The same open file, read from its start. It must be rereadable().
    std::unique_ptr<Feed> from_start() const;
    // `identity` goes into the digests: it separates feeds of equal content that mean different
    // things. Nothing may have been consumed.
    void distinguish(const std::string& identity);

    const std::string& path() const noexcept { return path_; }
    // The path, for messages.
    const std::string& name() const noexcept { return name_; }
    // See FeedFile.
    bool rereadable() const noexcept { return file_->rereadable(); }
    bool may_grow() const noexcept { return file_->may_grow(); }

    Compression compression() const noexcept { return decompressor_.compression(); }

    // The first max_head_octets of the content, or all of a shorter one.
    std::string_view head() const noexcept { return head_; }
    // The digest of the head's first `octets`, at most head().size().
    Digest head_digest(std::size_t octets) const;

    // The content that has been read and not consumed. Valid until more().
    std::string_view ahead() const noexcept { return {buffer_.data() + begin_, end_ - begin_}; }
    // Adds to ahead(). False if nothing was added: see state(); or the buffer is full, which needs
    // max_item_octets ahead.
    bool more();
    // `count` is at most ahead().size().
    void consume(std::size_t count) noexcept { begin_ += count; }
    // Consumes up to `position`, which is not before the current one, and adds the ends of line in
    // between to `lines`. False if the content ends before.
    bool skip_to(std::uint64_t position, std::uint64_t& lines);
    // Consumes the rest of the line, of any length, and adds its end to `lines`. Returns its
    // beginning, for a reject report.
    std::string skip_line(std::uint64_t& lines);
    // Consumes a byte order mark at the start of the content.
    void skip_byte_order_mark() noexcept;

    State state() const noexcept { return state_; }
    // Why it is damaged.
    const std::string& problem() const noexcept { return problem_; }

    // Octets of content consumed, and their digest.
    std::uint64_t position() const noexcept { return before_buffer_ + begin_; }
    Digest digest() noexcept;

    // Octets read of the file itself, before decompression, and its size; 0 if it has none.
    std::uint64_t file_position() const noexcept { return file_position_; }
    std::uint64_t file_octets() const noexcept { return file_->octets(); }

  private:
    struct Hash;
    Feed(std::string path, std::shared_ptr<FeedFile> file);

    void read_head();
    void compact() noexcept;
    void hash_consumed() noexcept;
    bool read_file();
    void fail(std::string_view what);

    std::string path_;
    std::string name_;
    std::shared_ptr<FeedFile> file_;
    std::string identity_;
    bool file_ended_ = false;
    State state_ = State::open;
    std::string problem_;
    std::uint64_t file_position_ = 0;

    Decompressor decompressor_;
    std::vector<std::uint8_t> input_;  // as read from the file
    std::size_t input_begin_ = 0;
    std::size_t input_end_ = 0;

    std::vector<char> buffer_;  // consumed [0, begin), ahead [begin, end), padding
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::size_t hashed_ = 0;           // [0, hashed) is in the digest
    std::uint64_t before_buffer_ = 0;  // octets of content before the buffer
    std::unique_ptr<Hash> hash_;
    std::string head_;
};

}  // namespace dnshist::zonegen
