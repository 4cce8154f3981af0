#include "storage/format/store_meta.hpp"

#include <algorithm>
#include <cerrno>

#include "storage/base/hex.hpp"
#include "storage/base/text_codec.hpp"
#include "storage/format/record_key.hpp"
#include "storage/record/name.hpp"

namespace dnshist::store_meta {

namespace {

// Reads varints in a row; from the first missing one on they are 0 and ok() is false.
class VarintReader {
  public:
    explicit VarintReader(OctetReader& in) : in_(in) {}
    std::uint64_t next() noexcept {
        const auto value = in_.varint();
        ok_ = ok_ && value.has_value();
        return value.value_or(0);
    }
    Seconds next_time() noexcept {
        const std::uint64_t value = next();
        ok_ = ok_ && value <= end_of_time.since_epoch;
        return Seconds{static_cast<std::uint32_t>(value)};
    }
    bool ok() const noexcept { return ok_; }

  private:
    OctetReader& in_;
    bool ok_ = true;
};

}  // namespace

std::array<std::uint8_t, 4> encode_u32(std::uint32_t value) noexcept {
    std::array<std::uint8_t, 4> octets;
    put_u32(octets.data(), value);
    return octets;
}

std::optional<std::uint32_t> decode_u32(Octets octets) noexcept {
    if (octets.size() != 4) return std::nullopt;
    return OctetReader(octets).u32();
}

std::vector<std::uint8_t> encode_statistics(const StoreStatistics& statistics) {
    std::vector<std::uint8_t> out;
    append_varint(out, statistics.names);
    append_varint(out, statistics.records);
    append_varint(out, statistics.pivots);
    // If no record was seen: an interval that ends before it begins.
    append_varint(out, statistics.earliest.value_or(end_of_time).since_epoch);
    append_varint(out, statistics.latest.value_or(Seconds{0}).since_epoch);
    append_varint(out, statistics.written.value_or(Seconds{0}).since_epoch);
    return out;
}

std::optional<StoreStatistics> decode_statistics(Octets octets) noexcept {
    OctetReader in(octets);
    VarintReader varints(in);
    StoreStatistics statistics;
    statistics.names = varints.next();
    statistics.records = varints.next();
    statistics.pivots = varints.next();
    const Seconds earliest = varints.next_time();
    const Seconds latest = varints.next_time();
    const Seconds written = varints.next_time();
    if (!varints.ok() || !in.at_end()) return std::nullopt;
    if (earliest <= latest) {
        statistics.earliest = earliest;
        statistics.latest = latest;
    }
    if (written != Seconds{0}) statistics.written = written;
    return statistics;
}

std::vector<std::uint8_t> encode_position(const FeedPosition& position) {
    std::vector<std::uint8_t> out;
    append_varint(out, position.head_octets);
    out.insert(out.end(), position.head.begin(), position.head.end());
    append_varint(out, position.offset);
    out.insert(out.end(), position.prefix.begin(), position.prefix.end());
    out.push_back(position.whole ? 1 : 0);
    append_varint(out, position.when.since_epoch);
    const Octets name = as_octets(position.name);
    out.insert(out.end(), name.begin(), name.end());
    const std::uint64_t usual_end = position.whole ? position.offset : 0;
    const bool has_more = position.ended_at != usual_end || !position.clocks.empty();
    if (!has_more && position.reading == decltype(position.reading){}) return out;
    out.push_back(0);
    out.insert(out.end(), position.reading.begin(), position.reading.end());
    if (!has_more) return out;
    append_varint(out, position.ended_at);
    for (const FeedPosition::Clock& clock : position.clocks) {
        append_varint(out, clock.until);
        append_varint(out, clock.time.since_epoch);
    }
    return out;
}

namespace {

// What is behind the reading. False where it is malformed.
bool decode_end_and_clocks(Octets octets, FeedPosition& position) {
    OctetReader in(octets);
    VarintReader varints(in);
    if (!in.at_end()) position.ended_at = varints.next();
    while (varints.ok() && !in.at_end()) {
        const std::uint64_t until = varints.next();
        position.clocks.push_back({until, varints.next_time()});
    }
    return varints.ok();
}

}  // namespace

std::optional<FeedPosition> decode_position(Octets octets) {
    OctetReader in(octets);
    VarintReader varints(in);
    FeedPosition position;
    const std::uint64_t head_octets = varints.next();
    const auto head = in.octets(position.head.size());
    position.offset = varints.next();
    const auto prefix = in.octets(position.prefix.size());
    const auto whole = in.u8();
    position.when = varints.next_time();
    if (!varints.ok() || !head || !prefix || !whole || head_octets > 0xffffffff) {
        return std::nullopt;
    }
    position.head_octets = static_cast<std::uint32_t>(head_octets);
    std::copy(head->begin(), head->end(), position.head.begin());
    std::copy(prefix->begin(), prefix->end(), position.prefix.begin());
    position.whole = *whole != 0;
    // No path has a zero octet.
    const std::string_view rest = as_text(in.rest());
    const std::size_t end = std::min(rest.find('\0'), rest.size());
    position.name = rest.substr(0, end);
    position.ended_at = position.whole ? position.offset : 0;
    const Octets behind = as_octets(rest.substr(std::min(end + 1, rest.size())));
    const std::size_t reading_octets = position.reading.size();
    if (behind.size() < reading_octets) return position;
    std::ranges::copy(behind.first(reading_octets), position.reading.begin());
    if (!decode_end_and_clocks(behind.subspan(reading_octets), position)) return std::nullopt;
    return position;
}

std::vector<std::uint8_t> encode_child_count(const ChildCount& children) {
    std::vector<std::uint8_t> out;
    append_varint(out, children.admitted);
    append_varint(out, children.refused);
    return out;
}

std::optional<ChildCount> decode_child_count(Octets octets) noexcept {
    OctetReader in(octets);
    VarintReader varints(in);
    const ChildCount children{varints.next(), varints.next()};
    if (!varints.ok() || !in.at_end()) return std::nullopt;
    return children;
}

namespace {

[[noreturn]] void throw_unknown_version(const std::filesystem::path& directory,
                                        const std::string& found) {
    throw StoreError("the store " + directory.string() + " has format " + found +
                     ", this program knows the formats " + std::to_string(version_without_levels) +
                     " and " + std::to_string(format_version) +
                     ": use the version of dnshist that wrote it, or export it with that one and "
                     "import the export into a new store");
}

}  // namespace

std::uint32_t known_version(const std::filesystem::path& directory,
                            const lmdb::Transaction& transaction, MDB_dbi meta) {
    const auto number_of = [&](std::string_view key) {
        const auto stored = transaction.get(meta, as_octets(key));
        return stored ? decode_u32(*stored).value_or(0) : 0;
    };
    const std::uint32_t version = number_of(version_key);
    if (version == version_without_levels) return version;
    if (version != format_version) throw_unknown_version(directory, std::to_string(version));
    if (number_of(draft_key) != format_draft) {
        throw_unknown_version(directory,
                              std::to_string(version) + " as a version before its release had it");
    }
    return version;
}

void put_version(const lmdb::Transaction& transaction, MDB_dbi meta) {
    transaction.put(meta, as_octets(version_key), encode_u32(format_version));
    transaction.put(meta, as_octets(draft_key), encode_u32(format_draft));
}

std::string block_text(const char* database, Octets key) {
    std::string text = std::string(database) + " block ";
    for (const std::uint8_t octet : key) {
        text += hex_digits[octet >> 4];
        text += hex_digits[octet & 15];
    }
    const auto owner = owner_length(key);
    const auto name = owner ? Name::from_key(key.first(*owner)) : std::nullopt;
    return name ? text + " (" + name->text() + ")" : text;
}

std::string no_store(const std::filesystem::path& directory) {
    return "there is no store in " + directory.string() +
           ": make one with 'dnshist-zonegen --store DIR import FILE', or name another with "
           "--store";
}

void throw_store_error(const std::filesystem::path& directory, const lmdb::Error& error,
                       const char* doing) {
    const std::string what = std::string("cannot ") + doing + " the store " + directory.string();
    switch (error.code()) {
        case ENOENT:
            throw StoreError(no_store(directory));
        case EACCES:
        case EPERM:
            throw StoreError(what +
                             ": permission denied; its files data.mdb and lock.mdb must be "
                             "readable and lock.mdb writable for this user, since readers "
                             "register there");
        case ELOOP:
            throw StoreError(what +
                             ": its files data.mdb and lock.mdb must be regular files, not "
                             "symbolic links");
        case ENOSPC:
        case EIO:
        case EDQUOT:
            // LMDB's commit reports a full disk as one or another of these.
            if (std::string_view(doing) == "read") {
                throw StoreError(what + ": " + mdb_strerror(error.code()) +
                                 "; readers need room for its file lock.mdb: make room, or mend "
                                 "the disk");
            }
            throw StoreError(what + ": " + mdb_strerror(error.code()) +
                             "; the store is whole, and as it was before this step: make room (or "
                             "mend the disk) and run the same command again, it goes on where it "
                             "stopped");
        case lmdb::unsound_files:
            throw StoreError(what + ": " + error.what() +
                             "; restore it from a copy, or import its feeds into a new store");
        case MDB_INVALID:
        case MDB_VERSION_MISMATCH:
        case MDB_CORRUPTED:
        case MDB_PAGE_NOTFOUND:
            throw StoreError(what + ": data.mdb is no intact LMDB file (" +
                             mdb_strerror(error.code()) +
                             "); restore it from a copy, or import its feeds into a new store");
        case MDB_READERS_FULL:
            throw StoreError(what + ": all " + std::to_string(max_readers) +
                             " slots for readers are taken; end some of its readers");
        case ENOMEM:
            throw StoreError(what + ": not enough address space for its map; raise 'ulimit -v'");
        default:
            throw StoreError(what + ": " + error.what());
    }
}

}  // namespace dnshist::store_meta
