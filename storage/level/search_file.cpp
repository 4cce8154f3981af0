#include "storage/level/search_file.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "storage/base/octet_search.hpp"
#include "storage/engine/lmdb/sound_pages.hpp"
#include "storage/level/numbered_file.hpp"

namespace dnshist {

namespace {

// chunk := checksum:octet{8} groups:u16 group{groups} keys text
// group := key_end:u16 text_end:u16
constexpr std::size_t checksum_octets = 8;
constexpr std::size_t head_octets = checksum_octets + 2;
constexpr std::size_t group_octets = 4;

// A group has so many keys, or fewer where their text is long.
constexpr std::size_t keys_of_a_group = 64;
constexpr std::size_t text_of_a_group = 2048;
// A chunk is closed at so many octets, so that it fits sixteen pages with its last group.
constexpr std::size_t enough_octets = 60'000;
constexpr std::size_t max_lower = lmdb::max_key_octets - 2;
// Literals are no shorter (storage/search/literal.hpp): a part with its length, or its mark, is
// longer.
constexpr std::size_t least_part = 4;

constexpr std::string_view search_file_begin = "search.";

std::array<std::uint8_t, checksum_octets> checksum(Octets octets) noexcept {
    XXH64_canonical_t canonical;
    XXH64_canonicalFromHash(&canonical, XXH3_64bits(octets.data(), octets.size()));
    std::array<std::uint8_t, checksum_octets> out;
    std::copy_n(canonical.digest, checksum_octets, out.begin());
    return out;
}

std::size_t u16_at(Octets octets, std::size_t at) noexcept {
    return std::size_t{octets[at]} << 8U | octets[at + 1];
}

void append_u16(std::vector<std::uint8_t>& out, std::size_t value) {
    out.push_back(static_cast<std::uint8_t>(value >> 8U));
    out.push_back(static_cast<std::uint8_t>(value));
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

std::optional<SearchChunk> SearchChunk::open(Octets stored) noexcept {
    if (stored.size() < head_octets ||
        !equal(stored.first(checksum_octets), checksum(stored.subspan(checksum_octets)))) {
        return std::nullopt;
    }
    SearchChunk chunk;
    chunk.groups_ = u16_at(stored, checksum_octets);
    const Octets rest = stored.subspan(head_octets);
    const std::size_t ends = chunk.groups_ * group_octets;
    if (chunk.groups_ == 0 || rest.size() < ends) return std::nullopt;
    chunk.ends_ = rest.first(ends);
    std::size_t key_end = 0;
    std::size_t text_end = 0;
    for (std::size_t group = 1; group <= chunk.groups_; ++group) {
        if (chunk.key_end(group) < key_end || chunk.text_end(group) < text_end) return std::nullopt;
        key_end = chunk.key_end(group);
        text_end = chunk.text_end(group);
    }
    if (rest.size() != ends + key_end + text_end) return std::nullopt;
    chunk.keys_ = rest.subspan(ends, key_end);
    chunk.text_ = rest.subspan(ends + key_end);
    return chunk;
}

std::size_t SearchChunk::end(std::size_t group, std::size_t field) const noexcept {
    return group == 0 ? 0 : u16_at(ends_, (group - 1) * group_octets + field);
}

std::size_t SearchChunk::find(Octets key) const noexcept {
    std::size_t first = 0;
    std::size_t last = groups_;
    while (last - first > 1) {
        const std::size_t middle = first + (last - first) / 2;
        (compare(lower(middle), key) <= 0 ? first : last) = middle;
    }
    return first;
}

std::size_t SearchChunk::find_text(Octets literal, std::size_t group,
                                   std::uint64_t& looked_at) const {
    const std::size_t begin = text_end(group);
    const std::size_t found = find_octets(text_.subspan(begin), literal);
    looked_at += found == not_found ? text_.size() - begin : found;
    if (found == not_found) return groups_;
    // The last group whose text begins at or before the place.
    std::size_t first = group;
    std::size_t last = groups_;
    while (last - first > 1) {
        const std::size_t middle = first + (last - first) / 2;
        (text_end(middle) <= begin + found ? first : last) = middle;
    }
    return first;
}

SearchBuilder::SearchBuilder(NextBeginning parts, Octets lower, Sink sink)
    : parts_(parts), sink_(std::move(sink)), lower_(lower.begin(), lower.end()) {}

void SearchBuilder::begin_group(Octets lower) {
    keys_.insert(keys_.end(), lower.begin(), lower.end());
    group_text_ = text_.size();
    group_keys_ = 0;
}

void SearchBuilder::end_group() {
    append_u16(ends_, keys_.size());
    append_u16(ends_, text_.size());
}

std::size_t SearchBuilder::chunk_octets() const noexcept {
    return head_octets + ends_.size() + keys_.size() + text_.size();
}

void SearchBuilder::end_chunk() {
    chunk_.assign(checksum_octets, 0);
    append_u16(chunk_, ends_.size() / group_octets);
    for (const auto* const part : {&ends_, &keys_, &text_})
        chunk_.insert(chunk_.end(), part->begin(), part->end());
    std::ranges::copy(checksum(Octets(chunk_).subspan(checksum_octets)), chunk_.begin());
    sink_(Octets(keys_).first(u16_at(ends_, 0)), chunk_);
    ends_.clear();
    keys_.clear();
    text_.clear();
}

void SearchBuilder::add(Octets key) {
    const std::size_t shared = common_prefix(last_, key);
    const bool is_full =
        group_keys_ >= keys_of_a_group || text_.size() - group_text_ >= text_of_a_group;
    if (last_.empty()) {
        begin_group(lower_);
    } else if (is_full && shared < max_lower) {
        end_group();
        if (chunk_octets() >= enough_octets) end_chunk();
        begin_group(key.first(std::min(key.size(), shared + 1)));
    }
    ++group_keys_;
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = parts_(key, begin)) != 0; begin = end) {
        if (end <= shared || end - begin < least_part) continue;
        const Octets part = key.subspan(begin, end - begin);
        // What neighbours have too need not be said again.
        const Octets said = Octets(text_).subspan(group_text_);
        if (find_octets(said, part.subspan(1)) != not_found) continue;
        text_.insert(text_.end(), part.begin(), part.end());
    }
    last_.assign(key.begin(), key.end());
}

void SearchBuilder::finish() {
    if (last_.empty()) return;
    end_group();
    end_chunk();
}

SearchFile::SearchFile(const std::filesystem::path& file)
    : environment_(file, MDB_RDONLY | MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOTLS, 0,
                   search_file::databases, 1) {
    lmdb::expect_sound_pages(environment_, {}, pages_at_opening);
    lmdb::Transaction transaction(environment_, MDB_RDONLY);
    const auto chunks = transaction.open_database(search_file::chunks_database, false);
    const auto about = transaction.open_database(search_file::about_database, false);
    if (!chunks || !about) throw lmdb::Error("no search index", MDB_INVALID);
    chunks_ = *chunks;
    if (const auto stored = transaction.get(*about, search_file::about_key)) {
        about_.assign(stored->begin(), stored->end());
    }
    transaction.commit();  // keeps the handles of the databases
}

SearchWriter::SearchWriter(const std::filesystem::path& file, NextBeginning parts, Octets lower)
    // Nothing is promised before finish(), so nothing is synced before it.
    : environment_(file, MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOTLS | MDB_NOSYNC, reserved_octets,
                   search_file::databases, 1),
      builder_(parts, lower, [this](Octets key, Octets chunk) { put(key, chunk); }) {
    begin_transaction();
}

void SearchWriter::begin_transaction() {
    transaction_.emplace(environment_, 0);
    chunks_ = *transaction_->open_database(search_file::chunks_database, true);
    uncommitted_ = 0;
}

void SearchWriter::put(Octets key, Octets chunk) {
    lmdb::Cursor(*transaction_, chunks_).put(key, chunk, MDB_APPEND);
    uncommitted_ += chunk.size();
    if (uncommitted_ < commit_octets) return;
    transaction_->commit();
    begin_transaction();
}

void SearchWriter::finish(Octets filter_checksum) {
    builder_.finish();
    const MDB_dbi about = *transaction_->open_database(search_file::about_database, true);
    transaction_->put(about, search_file::about_key, filter_checksum);
    transaction_->commit();
    transaction_.reset();
    lmdb::check("mdb_env_sync", mdb_env_sync(environment_.get(), 1));
}

}  // namespace dnshist
