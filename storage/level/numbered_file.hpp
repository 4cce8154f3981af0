// Files that are told apart by a number, such as "level.42.mdb": LMDB environments that are written
// once.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dnshist {

inline constexpr std::string_view numbered_file_end = ".mdb";
// Committed after so many, which keeps the memory of the writer small.
inline constexpr std::size_t commit_octets = std::size_t{8} << 20;
// Address space for a file.
inline constexpr std::size_t reserved_octets = std::size_t{1} << 36;
// Their checksums are looked at when a file is opened: the roots and what is next to them.
inline constexpr std::size_t pages_at_opening = 16;

// `kind` is the name up to the number, such as "level.".
inline std::string numbered_file(std::string_view kind, std::uint64_t number) {
    return std::string(kind) + std::to_string(number) + std::string(numbered_file_end);
}

// The number in such a name; nothing in any other.
inline std::optional<std::uint64_t> number_of_file(std::string_view kind, std::string_view name) {
    if (!name.starts_with(kind) || !name.ends_with(numbered_file_end)) return std::nullopt;
    if (name.size() <= kind.size() + numbered_file_end.size()) return std::nullopt;
    const char* const begin = name.data() + kind.size();
    const char* const end = name.data() + name.size() - numbered_file_end.size();
    std::uint64_t number = 0;
    const auto read = std::from_chars(begin, end, number);
    const bool whole = read.ec == std::errc() && read.ptr == end;
    return whole ? std::optional(number) : std::nullopt;
}

}  // namespace dnshist
