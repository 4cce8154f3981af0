#include "storage/level/search_scan.hpp"

#include "storage/base/sealed.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace dnshist {

namespace {

constexpr std::size_t groups_of_a_word = GroupBounds::most;

}  // namespace

SearchScan::SearchScan(std::shared_ptr<const LevelParts> parts)
    : parts_(std::move(parts)), readers_(parts_->size()) {
    for (std::size_t part = 0; part < parts_->size(); ++part) {
        const std::string& fault = (*parts_)[part].file->search_fault();
        if (!fault.empty()) set_fault(fault);
    }
}

void SearchScan::begin(Octets literal) {
    literal_ = gram::LiteralRows(literal);
    groups_of_.reset();
    forget_span();
}

bool SearchScan::has_index() const {
    for (std::size_t part = 0; part < parts_->size(); ++part) {
        if ((*parts_)[part].file->search()) return true;
    }
    return false;
}

SearchScan::Reader& SearchScan::reader(std::size_t part) {
    auto& reader = readers_[part];
    if (!reader) reader = std::make_unique<Reader>(*(*parts_)[part].file->search());
    return *reader;
}

void SearchScan::note_damage(std::size_t part) {
    set_fault((*parts_)[part].file->search()->environment().file_name() +
              ": a part of it is damaged");
}

bool SearchScan::look(Octets key, std::uint64_t& octets) {
    for (std::size_t part = parts_->find(key); part < parts_->size(); ++part) {
        const LevelFile& file = *(*parts_)[part].file;
        if (file.block_count() == 0) continue;
        if (!file.search()) {
            set_span((*parts_)[part].lower, behind(part));
            return true;
        }
        if (groups_of_ != part) find_groups(part, octets);
        if (look_in(part, key)) return true;
    }
    return false;
}

void SearchScan::find_groups(std::size_t part, std::uint64_t& octets) {
    const std::size_t count = (*parts_)[part].file->search()->groups();
    groups_of_ = part;
    // Whole words, so that groups_from() reads none behind the last.
    groups_.assign((count + groups_of_a_word - 1) / groups_of_a_word * sizeof(std::uint64_t), 0xff);
    for (const std::size_t row : literal_.rows()) {
        if (octets == 0) return;
        if (!keep_groups_of(reader(part).rows, row, octets)) note_damage(part);
        if (std::ranges::all_of(groups_, [](std::uint8_t some) { return some == 0; })) return;
    }
}

// Leaves the groups that have the row. False, and leaves all, where that is damaged.
bool SearchScan::keep_groups_of(lmdb::Cursor& rows, std::size_t row, std::uint64_t& octets) {
    const std::size_t count = (*parts_)[*groups_of_].file->search()->groups();
    const std::size_t row_octets = (count + 7) / 8;
    std::array<std::uint8_t, 2> key;
    put_u16(key.data(), static_cast<std::uint16_t>(row));
    if (!rows.at_or_before(key) || rows.key().size() != key.size()) return false;
    const Octets stored = rows.value();
    octets -= std::min<std::uint64_t>(octets, stored.size());
    const std::size_t at = checksum_octets + (row - get_u16(rows.key().data())) * row_octets;
    if (stored.size() < at + row_octets || !is_sealed(stored)) return false;
    const Octets bits = stored.subspan(at, row_octets);
    for (std::size_t i = 0; i < row_octets; ++i)
        groups_[i] &= bits[i];
    std::fill(groups_.begin() + static_cast<std::ptrdiff_t>(row_octets), groups_.end(), 0);
    return true;
}

// A bit for each of the groups from that number on, a multiple of 64; none where there are none.
std::uint64_t SearchScan::groups_from(std::size_t number) const noexcept {
    const std::size_t at = number / 8;
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < sizeof word && at + i < groups_.size(); ++i)
        word |= std::uint64_t{groups_[at + i]} << i * 8;
    return word;
}

// What is damaged may have the literal.
bool SearchScan::look_in(std::size_t part, Octets key) {
    const std::size_t count = (*parts_)[part].file->search()->groups();
    lmdb::Cursor& bounds = reader(part).bounds;
    bool any = bounds.at_or_before(key) || bounds.first();
    for (bool is_first = true; any; is_first = false) {
        const Octets lower = bounds.key();
        const auto groups = GroupBounds::open(bounds.value());
        any = bounds.next();
        const Octets next = any ? bounds.key() : behind(part);
        if (!groups || groups->number() + groups->size() > count) {
            note_damage(part);
            set_span(lower, next);
            return true;
        }
        std::uint64_t wanted = groups_from(groups->number());
        if (is_first) wanted &= ~std::uint64_t{0} << groups->find(key);
        const auto group = static_cast<std::size_t>(std::countr_zero(wanted));
        if (group >= groups->size()) continue;
        set_span(groups->lower(group),
                 group + 1 < groups->size() ? groups->lower(group + 1) : next);
        return true;
    }
    return false;
}

}  // namespace dnshist
