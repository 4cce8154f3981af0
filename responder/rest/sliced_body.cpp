#include "responder/rest/sliced_body.hpp"

#include <algorithm>
#include <cstring>
#include <exception>
#include <utility>

namespace dnshist::responder {

HttpBody::Piece SlicedBody::read(std::span<std::uint8_t> room, Lookup* store, Seconds /*now*/) {
    std::size_t octets = take_octets(room);
    if (octets < room.size() && !ended_) {
        work(store, room.size() - octets);
        octets += take_octets(room.subspan(octets));
    }
    const bool last = ended_ && text_.empty();
    return {.octets = octets, .ended = last && !failed_, .failed = last && failed_};
}

std::size_t SlicedBody::take_octets(std::span<std::uint8_t> room) noexcept {
    const std::size_t octets = std::min(room.size(), text_octets());
    if (octets > 0) std::memcpy(room.data(), text_.data() + read_, octets);
    read_ += octets;
    if (read_ == text_.size()) {
        text_.clear();
        read_ = 0;
    }
    return octets;
}

void SlicedBody::work(Lookup* store, std::size_t room) {
    if (ended_) return;
    if (store == nullptr) return give_up(text_, "the store cannot be read at present");
    const std::size_t before = text_.size();
    try {
        write(*store, text_, room);
        waits_ = !ended_ && !store->snapshot().is_whole();
    } catch (const std::exception&) {
        // The error's own text names paths, which are not the client's business.
        text_.resize(before);
        give_up(text_, "the store cannot be read");
    }
}

std::string SlicedBody::take_text() noexcept {
    read_ = 0;
    return std::exchange(text_, {});
}

void SlicedBody::give_up(std::string& text, std::string_view why) {
    ended_ = true;
    failed_ = !fail(text, why);
}

}  // namespace dnshist::responder
