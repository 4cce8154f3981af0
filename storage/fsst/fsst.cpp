#include "storage/fsst/fsst.hpp"

#include <algorithm>
#include <bit>

#include "storage/base/swar.hpp"

namespace dnshist {

namespace {

// The escape codes of literal runs: one each for one to three octets, and one for a run whose
// length follows.
constexpr std::uint8_t literal_run = max_symbols - 1;  // plus the number of octets
constexpr std::size_t short_run = 3;
constexpr std::uint8_t long_run = 255;
constexpr std::size_t longest_run = 255;
static_assert(literal_run + short_run < long_run);

// The octets at `place`, eight or as many as there are, in the form of Symbol::octets.
inline std::uint64_t load(Octets octets, std::size_t place) noexcept {
    const std::size_t left = octets.size() - place;
    if (left >= 8) return load_word(octets.data() + place);
    if (left > 0 && octets.size() >= 8) {
        return load_word(octets.data() + octets.size() - 8) >> (64 - 8 * left);
    }
    std::uint64_t word = 0;
    for (std::size_t i = octets.size(); i > place; --i)
        word = word << 8 | octets[i - 1];
    return word;
}

// By the number of octets: a word with all bits of the first ones set.
constexpr std::array<std::uint64_t, max_symbol_octets + 1> first_octets = [] {
    std::array<std::uint64_t, max_symbol_octets + 1> masks{};
    for (std::size_t octets = 1; octets <= max_symbol_octets; ++octets)
        masks[octets] = ~std::uint64_t{0} >> (64 - 8 * octets);
    return masks;
}();

std::uint8_t* put_run(Octets run, std::uint8_t* out) noexcept {
    while (!run.empty()) {
        const std::size_t size = std::min(run.size(), longest_run);
        if (size <= short_run) {
            *out++ = static_cast<std::uint8_t>(literal_run + size);
        } else {
            *out++ = long_run;
            *out++ = static_cast<std::uint8_t>(size);
        }
        out = std::copy_n(run.begin(), size, out);
        run = run.subspan(size);
    }
    return out;
}

// The run that the escape `code` announces and whose octets are at `next`; moves `next` behind
// them. Nothing where `code` is no escape or the run is cut off.
inline std::optional<Octets> read_run(std::uint8_t code, const std::uint8_t*& next,
                                      const std::uint8_t* end) noexcept {
    if (code <= literal_run) return std::nullopt;
    std::size_t size = code - literal_run;
    if (code == long_run) {
        if (next == end) return std::nullopt;
        size = *next++;
    }
    if (static_cast<std::size_t>(end - next) < size) return std::nullopt;
    const Octets run(next, size);
    next += size;
    return run;
}

}  // namespace

SymbolTable::SymbolTable(std::span<const Symbol> symbols) noexcept {
    for (const Symbol& symbol : symbols.first(std::min(symbols.size(), max_symbols))) {
        octets_[size_] = symbol.octets;
        sizes_[size_++] = symbol.size;
    }
}

std::optional<std::size_t> SymbolTable::unpack(Octets packed, std::uint8_t* out,
                                               std::size_t room) const noexcept {
    const std::uint8_t* in = packed.data();
    const std::uint8_t* const in_end = in + packed.size();
    std::uint8_t* next = out;
    const std::uint8_t* const end = out + room;
    while (in < in_end) {
        if (end - next < static_cast<std::ptrdiff_t>(max_symbol_octets)) return std::nullopt;
        const std::uint8_t symbol = *in++;
        if (symbol < size_) {
            store_word(next, octets_[symbol]);
            next += sizes_[symbol];
            continue;
        }
        const auto run = read_run(symbol, in, in_end);
        if (!run || static_cast<std::size_t>(end - next) < run->size()) return std::nullopt;
        for (const std::uint8_t octet : *run)
            *next++ = octet;
    }
    return static_cast<std::size_t>(next - out);
}

std::optional<SymbolTable::Comparison> SymbolTable::compare(Octets packed, Octets sought,
                                                            std::size_t place) const noexcept {
    const std::uint8_t* in = packed.data();
    const std::uint8_t* const in_end = in + packed.size();
    const std::uint8_t* const begin = sought.data() + place;
    const std::uint8_t* const end = sought.data() + sought.size();
    const std::uint8_t* next = begin;
    const auto result = [&](std::size_t more, int order) {
        return Comparison{
            static_cast<std::uint32_t>(next - begin) + static_cast<std::uint32_t>(more), order};
    };
    // The result for two words of eight octets that differ.
    const auto differ = [&](std::uint64_t word, std::uint64_t expected) {
        const auto same = static_cast<unsigned>(std::countr_zero(word ^ expected)) / 8;
        const bool before = (word >> (8 * same) & 0xffU) < (expected >> (8 * same) & 0xffU);
        return result(same, before ? -1 : 1);
    };
    // Nearly always the octets sought go on for a word, and there is no escape.
    if (sought.size() >= max_symbol_octets) {
        const std::uint8_t* const last = end - max_symbol_octets;
        for (; in < in_end && next <= last && *in < size_; ++in) {
            const std::uint64_t word = octets_[*in];
            const std::uint64_t expected = load_word(next);
            const std::size_t size = sizes_[*in];
            if (((word ^ expected) & first_octets[size]) != 0) return differ(word, expected);
            next += size;
        }
    }
    while (in < in_end) {
        const std::uint8_t symbol = *in++;
        if (symbol < size_) {
            const auto left = static_cast<std::size_t>(end - next);
            const std::uint64_t word = octets_[symbol];
            const std::uint64_t expected = load(sought, sought.size() - left);
            const std::uint64_t unlike = (word ^ expected) & first_octets[sizes_[symbol]];
            if (unlike == 0 && sizes_[symbol] <= left) {
                next += sizes_[symbol];
                continue;
            }
            const bool is_longer =
                unlike == 0 || static_cast<std::size_t>(std::countr_zero(unlike)) / 8 >= left;
            return is_longer ? result(left, 1) : differ(word, expected);
        }
        const auto run = read_run(symbol, in, in_end);
        if (!run) return std::nullopt;
        for (const std::uint8_t octet : *run) {
            if (next == end) return result(0, 1);
            if (octet != *next) return result(0, octet < *next ? -1 : 1);
            ++next;
        }
    }
    return result(0, next == end ? 0 : -1);
}

SymbolPacker::SymbolPacker(const SymbolTable& table) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < table.size(); ++i) {
        const auto [octets, size] = table[i];
        const Match match{static_cast<std::uint8_t>(i), size};
        if (size > 2) {
            const std::uint64_t mask = ~std::uint64_t{0} >> (64 - 8 * size);
            longs_[count++] = {octets, mask, match};
        } else if (size == 1) {
            singles_[octets] = match;
        }
    }
    for (std::size_t second = 0; second < 256; ++second) {
        std::copy(singles_.begin(), singles_.end(),
                  pairs_.begin() + static_cast<std::ptrdiff_t>(second << 8));
    }
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (table[i].size == 2) pairs_[table[i].octets] = {static_cast<std::uint8_t>(i), 2};
    }
    const auto longs = std::span(longs_).first(count);
    std::ranges::sort(longs, [](const LongSymbol& a, const LongSymbol& b) {
        const std::size_t bucket_a = bucket_of(a.octets);
        const std::size_t bucket_b = bucket_of(b.octets);
        return bucket_a != bucket_b ? bucket_a < bucket_b : a.match.size > b.match.size;
    });
    for (std::size_t i = 0; i < count; ++i) {
        Bucket& bucket = buckets_[bucket_of(longs[i].octets)];
        if (bucket.first == bucket.last) bucket.first = static_cast<std::uint8_t>(i);
        bucket.last = static_cast<std::uint8_t>(i + 1);
    }
}

// The longest symbol that begins `size` octets, of which `word` has the first eight.
inline SymbolPacker::Match SymbolPacker::find(std::uint64_t word, std::size_t size) const noexcept {
    const Bucket bucket = buckets_[bucket_of(word)];
    for (std::size_t i = bucket.first; i < bucket.last; ++i) {
        const LongSymbol& symbol = longs_[i];
        if (((word ^ symbol.octets) & symbol.mask) == 0 && symbol.match.size <= size) {
            return symbol.match;
        }
    }
    return size > 1 ? pairs_[word & 0xffffU] : singles_[word & 0xffU];
}

std::optional<std::uint8_t> SymbolPacker::longest(Octets octets) const noexcept {
    const Match match = find(load(octets, 0), octets.size());
    return match.size == 0 ? std::nullopt : std::optional(match.symbol);
}

std::uint8_t* SymbolPacker::pack(Octets octets, std::uint8_t* out) const noexcept {
    const std::uint8_t* next = octets.data();
    const std::uint8_t* const end = next + octets.size();
    const std::uint8_t* literals = next;  // from here to `next`: not yet written
    const auto take = [&](Match match) {
        if (match.size == 0) {
            ++next;
            return;
        }
        if (literals != next) out = put_run({literals, next}, out);
        *out++ = match.symbol;
        next += match.size;
        literals = next;
    };
    while (end - next >= static_cast<std::ptrdiff_t>(max_symbol_octets))
        take(find(load_word(next), max_symbol_octets));
    // The rest is less than a word.
    auto left = static_cast<std::size_t>(end - next);
    std::uint64_t word = left == 0 ? 0 : load(octets, octets.size() - left);
    while (left != 0) {
        take(find(word, left));
        const auto still_left = static_cast<std::size_t>(end - next);
        word >>= 8 * (left - still_left);
        left = still_left;
    }
    return literals == end ? out : put_run({literals, end}, out);
}

}  // namespace dnshist
