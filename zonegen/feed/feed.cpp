#include "zonegen/feed/feed.hpp"

#include <xxhash.h>

#include <algorithm>
#include <cstring>
#include <system_error>

#include "storage/text/printable.hpp"

namespace dnshist::zonegen {

namespace {

constexpr std::size_t input_octets = std::size_t{128} << 10;
constexpr std::size_t buffer_octets = 2 * Feed::max_item_octets;
// The buffer is compacted when there is less room than this behind what is ahead.
constexpr std::size_t least_room = std::size_t{64} << 10;
constexpr std::size_t line_octets_shown = 256;  // by skip_line()

Digest canonical(XXH128_hash_t hash) noexcept {
    XXH128_canonical_t form;
    XXH128_canonicalFromHash(&form, hash);
    Digest digest;
    static_assert(sizeof form.digest == sizeof digest);
    std::memcpy(digest.data(), form.digest, digest.size());
    return digest;
}

}  // namespace

Digest digest_of(std::string_view content) noexcept {
    return canonical(XXH3_128bits(content.data(), content.size()));
}

// find() calls memchr, which is faster than std::count: that is not vectorised at -O2.
std::uint64_t count_lines(std::string_view text) noexcept {
    std::uint64_t lines = 0;
    for (std::size_t at = 0; (at = text.find('\n', at)) != std::string_view::npos; ++at)
        ++lines;
    return lines;
}

struct Feed::Hash {
    struct Free {
        void operator()(XXH3_state_t* hash) const noexcept { XXH3_freeState(hash); }
    };
    std::unique_ptr<XXH3_state_t, Free> state{XXH3_createState()};
};

Feed::Feed(const std::string& path, int stop_descriptor)
    : Feed(path, std::make_shared<FeedFile>(path, stop_descriptor)) {}

Feed::Feed(std::string path, std::shared_ptr<FeedFile> file)
    : path_(std::move(path)),
      name_(printable(path_)),
      file_(std::move(file)),
      hash_(std::make_unique<Hash>()) {
    if (hash_->state == nullptr) throw std::bad_alloc();
    XXH3_128bits_reset(hash_->state.get());
    input_.resize(input_octets);
    buffer_.resize(buffer_octets + padding_octets);
    if (file_->stopped()) state_ = State::stopped;
    read_head();
}

Feed::~Feed() = default;

std::unique_ptr<Feed> Feed::from_start() const {
    auto feed = std::unique_ptr<Feed>(new Feed(path_, file_));
    feed->distinguish(identity_);
    return feed;
}

void Feed::distinguish(const std::string& identity) {
    identity_ = identity;
    XXH3_128bits_reset(hash_->state.get());
    XXH3_128bits_update(hash_->state.get(), identity_.data(), identity_.size());
}

// Reads no more than a line of a pipe, since a writer may wait after it.
void Feed::read_head() {
    while (ahead().size() < max_head_octets &&
           (rereadable() || ahead().find('\n') == std::string_view::npos) && more()) {
    }
    head_ = ahead().substr(0, max_head_octets);
}

void Feed::fail(std::string_view what) {
    state_ = State::damaged;
    problem_ = what;
}

bool Feed::more() {
    if (buffer_octets - end_ < least_room) compact();
    while (state_ == State::open && end_ < buffer_octets) {
        // Content beyond what is sound is never given.
        const std::uint64_t sound = file_->sound_octets() - (before_buffer_ + end_);
        if (sound == 0) {
            state_ = file_->problem().empty() ? State::ended : State::damaged;
            problem_ = file_->problem();
            break;
        }
        const auto room = std::span(buffer_).subspan(
            end_, static_cast<std::size_t>(std::min<std::uint64_t>(sound, buffer_octets - end_)));
        const Decompressor::Step step = decompressor_.step(
            Octets(input_).subspan(input_begin_, input_end_ - input_begin_), file_ended_,
            {reinterpret_cast<std::uint8_t*>(room.data()), room.size()});
        input_begin_ += step.taken;
        end_ += step.written;
        if (!step.damage.empty()) {
            fail(step.damage);
        } else if (step.ended) {
            state_ = State::ended;
        }
        if (step.written != 0) return true;
        if (state_ == State::open && step.taken == 0 && !read_file()) break;
    }
    return false;
}

// Adds to the input, or finds its end. False if it failed or was stopped.
bool Feed::read_file() {
    std::copy(input_.begin() + static_cast<std::ptrdiff_t>(input_begin_),
              input_.begin() + static_cast<std::ptrdiff_t>(input_end_), input_.begin());
    input_end_ -= input_begin_;
    input_begin_ = 0;
    const FeedFile::Piece piece =
        file_->read(file_position_, std::span(input_).subspan(input_end_));
    if (piece.stopped) state_ = State::stopped;
    if (piece.error != 0) fail(std::generic_category().message(piece.error));
    if (state_ != State::open) return false;
    file_ended_ = piece.octets == 0;
    input_end_ += piece.octets;
    file_position_ += piece.octets;
    return true;
}

bool Feed::skip_to(std::uint64_t position, std::uint64_t& lines) {
    while (this->position() < position) {
        if (ahead().empty() && !more()) return false;
        const std::string_view skipped =
            ahead().substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(
                                  position - this->position(), ahead().size())));
        lines += count_lines(skipped);
        consume(skipped.size());
    }
    return true;
}

std::string Feed::skip_line(std::uint64_t& lines) {
    std::string beginning(ahead().substr(0, line_octets_shown));
    do {
        const std::size_t end = ahead().find('\n');
        if (end != std::string_view::npos) {
            consume(end + 1);
            ++lines;
            break;
        }
        consume(ahead().size());
    } while (more());
    return beginning;
}

void Feed::skip_byte_order_mark() noexcept {
    if (position() == 0 && ahead().starts_with(byte_order_mark)) consume(byte_order_mark.size());
}

void Feed::hash_consumed() noexcept {
    XXH3_128bits_update(hash_->state.get(), buffer_.data() + hashed_, begin_ - hashed_);
    hashed_ = begin_;
}

Digest Feed::head_digest(std::size_t octets) const {
    return digest_of(identity_ + head_.substr(0, octets));
}

Digest Feed::digest() noexcept {
    hash_consumed();
    return canonical(XXH3_128bits_digest(hash_->state.get()));
}

void Feed::compact() noexcept {
    hash_consumed();
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    before_buffer_ += begin_;
    end_ -= begin_;
    begin_ = 0;
    hashed_ = 0;
}

}  // namespace dnshist::zonegen
