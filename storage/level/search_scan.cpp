#include "storage/level/search_scan.hpp"

#include <algorithm>

namespace dnshist {

SearchScan::SearchScan(std::shared_ptr<const LevelParts> parts)
    : parts_(std::move(parts)), readers_(parts_->size()) {
    for (std::size_t part = 0; part < parts_->size(); ++part) {
        const std::string& fault = (*parts_)[part].file->search_fault();
        if (!fault.empty()) fault_ = fault;
    }
}

void SearchScan::begin() noexcept {
    has_span_ = false;
    ended_ = false;
}

bool SearchScan::any_index() const noexcept {
    for (std::size_t part = 0; part < parts_->size(); ++part) {
        if ((*parts_)[part].file->search()) return true;
    }
    return false;
}

lmdb::Cursor& SearchScan::cursor(std::size_t part) {
    auto& reader = readers_[part];
    if (!reader) reader = std::make_unique<Reader>(*(*parts_)[part].file->search());
    return reader->cursor;
}

bool SearchScan::find(Octets key, Octets literal, std::uint64_t& octets) {
    if (ended_) return false;
    if (!has_span_ || (!upper_.empty() && compare(key, upper_) >= 0)) {
        has_span_ = look(key, literal, octets);
        ended_ = !has_span_;
        if (ended_) return false;
    }
    const Octets from = compare(key, lower_) < 0 ? Octets(lower_) : key;
    from_.assign(from.begin(), from.end());
    return true;
}

bool SearchScan::look(Octets key, Octets literal, std::uint64_t& octets) {
    for (std::size_t part = parts_->find(key); part < parts_->size(); ++part) {
        const LevelFile& file = *(*parts_)[part].file;
        if (file.block_count() == 0) continue;
        if (!file.search()) {
            set_span((*parts_)[part].lower, behind(part));
            return true;
        }
        if (look_in(part, key, literal, octets)) return true;
    }
    return false;
}

// Chunk after chunk. What is damaged, or not to be looked at any more, may have the literal.
bool SearchScan::look_in(std::size_t part, Octets key, Octets literal, std::uint64_t& octets) {
    lmdb::Cursor& chunks = cursor(part);
    bool any = chunks.at_or_before(key) || chunks.first();
    for (bool is_first = true; any; is_first = false) {
        const Octets lower = chunks.key();
        const auto chunk = SearchChunk::open(chunks.value());
        if (!chunk) {
            fault_ = (*parts_)[part].file->search()->environment().file_name() +
                     ": a part of it is damaged";
        }
        const bool is_read = chunk && octets > 0;
        std::size_t group = 0;
        if (is_read) {
            std::uint64_t looked_at = 0;
            group = chunk->find_text(literal, is_first ? chunk->find(key) : 0, looked_at);
            octets -= std::min(octets, looked_at);
        }
        any = chunks.next();
        const Octets next = any ? chunks.key() : behind(part);
        if (!is_read) {
            set_span(lower, next);
            return true;
        }
        if (group == chunk->groups()) continue;
        set_span(chunk->lower(group), group + 1 < chunk->groups() ? chunk->lower(group + 1) : next);
        return true;
    }
    return false;
}

}  // namespace dnshist
