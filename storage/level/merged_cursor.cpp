#include "storage/level/merged_cursor.hpp"

#include <algorithm>
#include <utility>

namespace dnshist {

MergedCursor::MergedCursor(std::vector<MapSource> sources, BlockSymbols& symbols,
                           const BlockDamage& report, PayloadMerge& merge, NextBeginning beginnings)
    : symbols_(&symbols), report_(report), merge_(merge), beginnings_(beginnings) {
    renew(std::move(sources));
}

void MergedCursor::renew() {
    ++state_;
    for (const auto& source : sources_)
        source->cursor.renew();
}

void MergedCursor::renew(std::vector<MapSource> sources) {
    ++state_;
    sources_.clear();
    for (MapSource& source : sources) {
        sources_.push_back(std::make_unique<Source>(
            BlockCursor(std::move(source.blocks), *symbols_, report_, state_),
            std::move(source.parts)));
    }
    is_alone_ = sources_.size() == 1;
    is_void_ = false;
    only_ = nullptr;
    current_ = &sources_.front()->cursor;
}

// Whether the source may have keys that begin with `prefix`.
bool MergedCursor::may_have(const Source& source, Octets prefix) const noexcept {
    if (!source.parts) return true;
    const Octets beginning = longest_beginning(prefix, beginnings_);
    return beginning.empty() || source.parts->may_have(beginning);
}

void MergedCursor::seek_all(Octets prefix, Octets target, bool is_known) {
    bool is_elsewhere = !is_known;  // perhaps
    for (const auto& source : sources_) {
        const bool is_here = !is_elsewhere && source == sources_.back();
        source->excluded = !is_here && !may_have(*source, prefix);
        if (source->excluded) continue;
        source->cursor.seek(target);
        is_elsewhere = is_elsewhere || !source->cursor.is_empty();
    }
    begin();
}

void MergedCursor::seek(Octets prefix, Octets target, const Prefetch& expected) {
    const bool is_expected = expected.sources() == sources_.size() &&
                             expected.place(0).state == state_ && equal(expected.target(), target);
    if (!is_expected) return seek(prefix, target);
    if (is_alone_) return current_->seek(target, expected.place(0));
    for (std::size_t i = 0; i < sources_.size(); ++i) {
        Source& source = *sources_[i];
        source.excluded = expected.place(i).excluded;
        if (!source.excluded) source.cursor.seek(target, expected.place(i));
    }
    begin();
}

void MergedCursor::begin() {
    std::size_t count = 0;
    for (const auto& source : sources_) {
        source->has_moved = !source->excluded && !source->cursor.is_empty();
        source->at_entry = false;
        source->common = 0;
        if (!source->has_moved) continue;
        only_ = source.get();
        ++count;
    }
    last_ = nullptr;
    if (count != 1) {
        only_ = nullptr;
    } else {
        current_ = &only_->cursor;
    }
}

void MergedCursor::prefetch(std::span<Prefetch* const> seeks) {
    for (Prefetch* seek : seeks) {
        seek->clear();
        for (const auto& source : sources_)
            seek->add_place().excluded = !may_have(*source, seek->target());
    }
    for (std::size_t i = 0; i < sources_.size(); ++i)
        sources_[i]->cursor.prefetch(seeks, i);
}

bool MergedCursor::step_of_only() {
    if (!current_->next()) return false;
    shared_ = current_->shared();
    payload_ = current_->payload();
    is_void_ = false;
    if (voids_older(payload_)) merge({&payload_, 1});
    return true;
}

bool MergedCursor::step_of_all() {
    advance();
    if (!goes_on_alone() && !select()) return false;
    merge_selected();
    return true;
}

// Moves the sources that had the last entry.
void MergedCursor::advance() {
    for (const auto& source : sources_) {
        if (!source->has_moved) continue;
        source->at_entry = source->cursor.next();
        source->common = source->at_entry ? source->cursor.shared() : 0;
    }
}

// Whether the source that alone had the last entry has the next one too. It has where its key
// shares more with the last entry than the keys of all others do: those are after the last entry at
// an octet that the two share.
bool MergedCursor::goes_on_alone() noexcept {
    if (last_ == nullptr || last_->common <= common_with_others_) return false;
    shared_ = last_->common;
    return true;
}

// Finds the sources that have the least key, and marks them as those that go on next. False at the
// end.
bool MergedCursor::select() {
    Octets least;
    for (const auto& source : sources_) {
        if (!source->at_entry) continue;
        const Octets key = source->cursor.key();
        if (least.empty() || compare(key, least) < 0) least = key;
    }
    if (least.empty()) return false;
    last_ = nullptr;
    common_with_others_ = 0;
    std::size_t selected = 0;
    std::size_t common = 0;
    bool is_exact = false;
    for (const auto& source : sources_) {
        if (!source->at_entry) {
            source->has_moved = false;
            continue;
        }
        const Octets key = source->cursor.key();
        const std::size_t common_here = common_prefix(key, least);
        if (common_here == key.size() && key.size() == least.size()) {
            // A source that has just moved may not know how much it shares.
            if (!is_exact) common = std::max(common, source->common);
            if (!source->has_moved) {
                common = source->common;
                is_exact = true;
            }
            source->has_moved = true;
            last_ = ++selected == 1 ? source.get() : nullptr;
        } else {
            source->has_moved = false;
            source->common = common_here;
            common_with_others_ = std::max(common_with_others_, common_here);
        }
    }
    shared_ = common;
    return true;
}

// Makes the entry of those that go on next.
void MergedCursor::merge_selected() {
    std::array<Octets, max_sources_of_a_map> payloads;
    std::size_t count = 0;
    bool is_void = false;
    for (const auto& source : sources_) {
        if (!source->has_moved || is_void) continue;
        if (count == 0) current_ = &source->cursor;
        payloads[count++] = source->cursor.payload();
        is_void = voids_older(payloads[count - 1]);
    }
    payload_ = payloads[0];
    is_void_ = false;
    if (count > 1 || is_void) merge(std::span(payloads).first(count));
}

void MergedCursor::merge(std::span<const Octets> payloads) {
    const auto merged = merge_.merge(payloads);
    is_void_ = !merged;
    if (merged) payload_ = *merged;
}

bool MergedCursor::ends_block() const noexcept {
    if (is_alone_ || only_ != nullptr) return current_->ends_block();
    return std::ranges::any_of(sources_, [](const auto& source) {
        return source->has_moved && source->cursor.ends_block();
    });
}

std::uint64_t MergedCursor::reads_of_all() const noexcept {
    std::uint64_t reads = 0;
    for (const auto& source : sources_)
        reads += source->excluded ? 0 : source->cursor.reads();
    return reads;
}

bool MergedCursor::excludes(Octets beginning) const noexcept {
    return std::ranges::all_of(sources_, [&](const auto& source) {
        if (!source->excluded) {
            if (source->cursor.is_empty()) return true;
            const auto before = source->cursor.shared_before();
            const bool none = before && *before < beginning.size() &&
                              !starts_with(source->cursor.key(), beginning);
            if (none) return true;
        }
        return !may_have(*source, beginning);
    });
}

}  // namespace dnshist
