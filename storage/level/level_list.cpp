#include "storage/level/level_list.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "storage/base/text_codec.hpp"
#include "storage/block/range_builder.hpp"
#include "storage/level/numbered_file.hpp"

namespace dnshist {

namespace {

// key   := space:octet level:octet lower
// value := number:varint octets:varint written:varint
std::vector<std::uint8_t> key_of(const ListedFile& file) {
    std::vector<std::uint8_t> key = {static_cast<std::uint8_t>(file.space), file.level};
    key.insert(key.end(), file.lower.begin(), file.lower.end());
    return key;
}

bool is_space(std::uint8_t octet) noexcept {
    const auto space = static_cast<Space>(octet);
    return space == Space::names || space == Space::pivots;
}

std::optional<ListedFile> decode(Octets key, Octets value) {
    if (key.size() < 3 || !is_space(key[0])) return std::nullopt;
    const auto space = static_cast<Space>(key[0]);
    if (key[1] < 1 || key[1] > levels_of_a_store) return std::nullopt;
    OctetReader in(value);
    const auto number = in.varint();
    const auto octets = in.varint();
    const auto written = in.varint();
    if (!number || !octets || !written || !in.at_end()) return std::nullopt;
    return ListedFile{space, key[1], {key.begin() + 2, key.end()}, *number, *octets, *written};
}

constexpr std::string_view level_file_begin = "level.";

}  // namespace

namespace level_list {

Read read(const lmdb::Transaction& transaction, MDB_dbi database) {
    Read all;
    lmdb::Cursor cursor(transaction, database);
    for (bool any = cursor.first(); any; any = cursor.next()) {
        auto file = decode(cursor.key(), cursor.value());
        if (file) {
            all.files.push_back(std::move(*file));
        } else {
            ++all.malformed;
        }
    }
    return all;
}

void put(const lmdb::Transaction& transaction, MDB_dbi database, const ListedFile& file) {
    std::vector<std::uint8_t> value;
    append_varint(value, file.number);
    append_varint(value, file.octets);
    append_varint(value, file.written);
    transaction.put(database, key_of(file), value);
}

void remove(const lmdb::Transaction& transaction, MDB_dbi database, const ListedFile& file) {
    transaction.remove(database, key_of(file));
}

std::string file_name(std::uint64_t number) {
    return numbered_file(level_file_begin, number);
}

std::optional<std::uint64_t> file_number(const std::string& name) {
    return number_of_file(level_file_begin, name);
}

}  // namespace level_list

// Each map has a range more than it has boundaries between files.
std::pair<std::uint64_t, std::uint64_t> ranges_behind(const std::vector<ListedFile>& list,
                                                      Octets position) {
    const auto key_of_range = [](Space space, Octets lower) {
        std::vector<std::uint8_t> key = {static_cast<std::uint8_t>(space)};
        key.insert(key.end(), lower.begin(), lower.end());
        return key;
    };
    std::set<std::vector<std::uint8_t>> ranges;
    for (const Space space : {Space::names, Space::pivots})
        ranges.insert(key_of_range(space, lowest_key));
    for (const ListedFile& file : list)
        ranges.insert(key_of_range(file.space, file.lower));
    const auto behind = std::count_if(ranges.begin(), ranges.end(), [&](const auto& range) {
        return compare(range, position) >= 0;
    });
    return {static_cast<std::uint64_t>(behind), ranges.size()};
}

std::uint8_t first_level(const std::vector<ListedFile>& list, std::uint64_t for_all_levels) {
    std::uint64_t octets = 0;
    for (const ListedFile& file : list)
        octets += file.octets;
    return octets < for_all_levels ? 2 : 1;
}

std::uint64_t octets_of_a_round(const std::vector<ListedFile>& list, std::uint8_t first,
                                std::uint64_t young) {
    std::uint64_t octets = 2 * young;
    for (const ListedFile& file : list) {
        if (file.level <= first) octets += file.octets;
    }
    return octets;
}

std::vector<std::uint8_t> encode_merge_progress(const MergeProgress& progress) {
    std::vector<std::uint8_t> out;
    for (const std::uint64_t value :
         {progress.next_file, progress.written, progress.observations, progress.young_octets,
          progress.level_octets, progress.damaged}) {
        append_varint(out, value);
    }
    out.insert(out.end(), progress.position.begin(), progress.position.end());
    return out;
}

std::optional<MergeProgress> decode_merge_progress(Octets octets) {
    OctetReader in(octets);
    MergeProgress progress;
    for (std::uint64_t* const value :
         {&progress.next_file, &progress.written, &progress.observations, &progress.young_octets,
          &progress.level_octets, &progress.damaged}) {
        const auto read = in.varint();
        if (!read) return std::nullopt;
        *value = *read;
    }
    const Octets position = in.rest();
    if (!position.empty() && (position.size() < 2 || !is_space(position[0]))) return std::nullopt;
    progress.position.assign(position.begin(), position.end());
    return progress;
}

}  // namespace dnshist
