#include "storage/level/search_file.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "storage/base/sealed.hpp"
#include "storage/engine/lmdb/sound_pages.hpp"
#include "storage/level/numbered_file.hpp"

namespace dnshist {

namespace {

// about  := filter_checksum:octet{8} groups:u32
// rows   := checksum:octet{8} row*            under the number of the first one, u16
// bounds := checksum:octet{8} number:u32 size:octet end:u16{size} key*
constexpr std::size_t about_octets = checksum_octets + 4;
constexpr std::size_t bounds_head_octets = checksum_octets + 4 + 1;

// A group is closed where so many of its bits are set: then one in three grams that it has not has
// one. Or with so many keys, all of which are read where it may have a literal.
constexpr std::size_t enough_bits = gram::rows * 7 / 20;
constexpr std::size_t keys_of_a_group = 256;
constexpr std::size_t max_lower = lmdb::max_key_octets - 2;
// Rows are stored together as long as they fit these octets: four pages, but for their head.
constexpr std::size_t octets_of_rows = 4 * 4096 - 16;

constexpr std::string_view search_file_begin = "search.";

void append_u16(std::vector<std::uint8_t>& out, std::size_t value) {
    out.push_back(static_cast<std::uint8_t>(value >> 8U));
    out.push_back(static_cast<std::uint8_t>(value));
}

void append_u32(std::vector<std::uint8_t>& out, std::size_t value) {
    append_u16(out, value >> 16U);
    append_u16(out, value);
}

void append(std::vector<std::uint8_t>& out, Octets octets) {
    out.insert(out.end(), octets.begin(), octets.end());
}

}  // namespace

namespace search_file {

std::string file_name(std::uint64_t number) {
    return numbered_file(search_file_begin, number);
}

std::optional<std::uint64_t> file_number(const std::string& name) {
    return number_of_file(search_file_begin, name);
}

}  // namespace search_file

std::optional<GroupBounds> GroupBounds::open(Octets stored) noexcept {
    if (stored.size() < bounds_head_octets || !is_sealed(stored)) return std::nullopt;
    GroupBounds bounds;
    bounds.number_ = get_u32(stored.data() + checksum_octets);
    bounds.size_ = stored[bounds_head_octets - 1];
    const Octets rest = stored.subspan(bounds_head_octets);
    const std::size_t ends = bounds.size_ * 2;
    const bool is_possible = bounds.size_ != 0 && bounds.size_ <= most && rest.size() >= ends &&
                             bounds.number_ % most == 0;
    if (!is_possible) return std::nullopt;
    bounds.ends_ = rest.first(ends);
    bounds.keys_ = rest.subspan(ends);
    for (std::size_t group = 0; group < bounds.size_; ++group) {
        if (bounds.end(group) > bounds.end(group + 1)) return std::nullopt;
    }
    if (bounds.end(bounds.size_) != bounds.keys_.size()) return std::nullopt;
    return bounds;
}

std::size_t GroupBounds::end(std::size_t groups) const noexcept {
    return groups == 0 ? 0 : get_u16(ends_.data() + (groups - 1) * 2);
}

std::size_t GroupBounds::find(Octets key) const noexcept {
    std::size_t first = 0;
    std::size_t last = size_;
    while (last - first > 1) {
        const std::size_t middle = first + (last - first) / 2;
        (compare(lower(middle), key) <= 0 ? first : last) = middle;
    }
    return first;
}

SearchBuilder::SearchBuilder(NextBeginning parts, Octets lower, Sink groups, Sink rows)
    : parts_(parts),
      groups_sink_(std::move(groups)),
      rows_sink_(std::move(rows)),
      lower_(lower.begin(), lower.end()) {}

void SearchBuilder::begin_group(Octets lower) {
    if (groups_ % GroupBounds::most == 0) {
        end_bounds();
        bits_.emplace_back();
    }
    ++groups_;
    append(bounds_, lower);
    append_u16(ends_, bounds_.size());
    group_keys_ = 0;
    group_bits_ = 0;
}

void SearchBuilder::end_bounds() {
    if (ends_.empty()) return;
    const std::size_t size = ends_.size() / 2;
    value_.assign(checksum_octets, 0);
    append_u32(value_, groups_ - size);
    value_.push_back(static_cast<std::uint8_t>(size));
    append(value_, ends_);
    append(value_, bounds_);
    seal(value_);
    groups_sink_(Octets(bounds_).first(get_u16(ends_.data())), value_);
    ends_.clear();
    bounds_.clear();
}

void SearchBuilder::add(Octets key) {
    const std::size_t shared = common_prefix(last_, key);
    const bool is_full = group_bits_ >= enough_bits || group_keys_ >= keys_of_a_group;
    if (last_.empty()) {
        begin_group(lower_);
    } else if (is_full && shared < max_lower) {
        begin_group(key.first(std::min(key.size(), shared + 1)));
    }
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = parts_(key, begin)) != 0; begin = end) {
        // The first octet is a length, or says what kind of value it is.
        if (end <= shared) continue;
        gram::for_each_row(key.subspan(begin + 1, end - begin - 1),
                           [this](std::size_t row) { add_row(row); });
    }
    if (group_bits_ != 0) ++group_keys_;
    last_.assign(key.begin(), key.end());
}

void SearchBuilder::add_row(std::size_t row) {
    std::uint64_t& word = bits_.back()[row];
    const std::uint64_t bit = std::uint64_t{1} << (groups_ - 1) % GroupBounds::most;
    group_bits_ += (word & bit) == 0 ? 1 : 0;
    word |= bit;
}

void SearchBuilder::write_rows() {
    const std::size_t row_octets = (groups_ + 7) / 8;
    const std::size_t together =
        std::max<std::size_t>(1, (octets_of_rows - checksum_octets) / row_octets);
    for (std::size_t first = 0; first < gram::rows; first += together) {
        value_.assign(checksum_octets, 0);
        for (std::size_t row = first; row < std::min(first + together, gram::rows); ++row) {
            for (std::size_t at = 0; at < row_octets; ++at)
                value_.push_back(static_cast<std::uint8_t>(bits_[at / 8][row] >> at % 8 * 8));
        }
        seal(value_);
        std::array<std::uint8_t, 2> key;
        put_u16(key.data(), static_cast<std::uint16_t>(first));
        rows_sink_(key, value_);
    }
}

std::size_t SearchBuilder::finish() {
    if (groups_ == 0) return 0;
    end_bounds();
    write_rows();
    return groups_;
}

SearchFile::SearchFile(const std::filesystem::path& file)
    : environment_(file, MDB_RDONLY | MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOTLS, 0,
                   search_file::databases, 1) {
    lmdb::expect_sound_pages(environment_, {}, pages_at_opening);
    lmdb::Transaction transaction(environment_, MDB_RDONLY);
    const auto rows = transaction.open_database(search_file::rows_database, false);
    const auto bounds = transaction.open_database(search_file::groups_database, false);
    const auto about = transaction.open_database(search_file::about_database, false);
    if (about && (!rows || !bounds)) return;  // of an older form
    if (!about) throw lmdb::Error("no search index", MDB_INVALID);
    rows_ = *rows;
    bounds_ = *bounds;
    const auto stored = transaction.get(*about, search_file::about_key);
    if (stored && stored->size() == about_octets) {
        filter_.assign(stored->begin(), stored->begin() + checksum_octets);
        groups_ = get_u32(stored->data() + checksum_octets);
    }
    transaction.commit();  // keeps the handles of the databases
}

SearchWriter::SearchWriter(const std::filesystem::path& file, NextBeginning parts, Octets lower)
    // Nothing is promised before finish(), so nothing is synced before it.
    : environment_(file, MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOTLS | MDB_NOSYNC, reserved_octets,
                   search_file::databases, 1),
      builder_(
          parts, lower, [this](Octets key, Octets value) { put(bounds_, key, value); },
          [this](Octets key, Octets value) { put(rows_, key, value); }) {
    begin_transaction();
}

void SearchWriter::begin_transaction() {
    transaction_.emplace(environment_, 0);
    rows_ = *transaction_->open_database(search_file::rows_database, true);
    bounds_ = *transaction_->open_database(search_file::groups_database, true);
    uncommitted_ = 0;
}

void SearchWriter::put(MDB_dbi database, Octets key, Octets value) {
    lmdb::Cursor(*transaction_, database).put(key, value, MDB_APPEND);
    uncommitted_ += value.size();
    if (uncommitted_ < commit_octets) return;
    transaction_->commit();
    begin_transaction();
}

void SearchWriter::finish(Octets filter_checksum) {
    std::vector<std::uint8_t> value(filter_checksum.begin(), filter_checksum.end());
    append_u32(value, builder_.finish());
    const MDB_dbi about = *transaction_->open_database(search_file::about_database, true);
    transaction_->put(about, search_file::about_key, value);
    transaction_->commit();
    transaction_.reset();
    lmdb::check("mdb_env_sync", mdb_env_sync(environment_.get(), 1));
}

}  // namespace dnshist
