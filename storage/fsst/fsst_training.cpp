#include "storage/fsst/fsst_training.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace dnshist {

namespace {

constexpr int rounds = 5;
// The sample is packed into codes: symbols, and after them literal octets.
constexpr std::size_t first_octet = max_symbols;
constexpr std::size_t codes = first_octet + 256;

struct Candidate {
    Symbol symbol;
    std::uint64_t gain;  // octets of the sample that it covers
};

bool before(const Candidate& a, const Candidate& b) noexcept {
    return a.symbol.octets != b.symbol.octets ? a.symbol.octets < b.symbol.octets
                                              : a.symbol.size < b.symbol.size;
}

// The most gain first; a total order, so that the same sample always gives the same table.
bool better(const Candidate& a, const Candidate& b) noexcept {
    return a.gain != b.gain ? a.gain > b.gain : before(a, b);
}

// How often each code, and each pair of neighbouring codes, occurs in the packed sample.
class Counts {
  public:
    Counts() : ones_(codes), pairs_(codes * codes) {}

    void count(const SymbolTable& table, const SymbolPacker& packer, Octets octets) {
        std::size_t last = codes;
        while (!octets.empty()) {
            const auto symbol = packer.longest(octets);
            const std::size_t code = symbol ? *symbol : first_octet + octets[0];
            const std::size_t size = symbol ? table[*symbol].size : 1;
            ++ones_[code];
            // Counted too, as the authors' code does: else an octet that only ever begins longer
            // symbols would never be a symbol again.
            if (size > 1) ++ones_[first_octet + octets[0]];
            if (last != codes) count_pair(last * codes + code);
            last = code;
            octets = octets.subspan(size);
        }
    }

    std::vector<Candidate> candidates(const SymbolTable& table, bool with_pairs) const {
        const auto symbol = [&](std::size_t code) {
            return code < first_octet ? table[code] : Symbol{code - first_octet, 1};
        };
        std::vector<Candidate> all;
        for (std::size_t a = 0; a < codes; ++a) {
            if (ones_[a] == 0) continue;
            const Symbol one = symbol(a);
            all.push_back({one, std::uint64_t{ones_[a]} * one.size});
        }
        if (!with_pairs) return all;
        for (const std::size_t pair : met_) {
            const std::uint32_t times = pairs_[pair];
            const Symbol one = symbol(pair / codes);
            const Symbol other = symbol(pair % codes);
            const unsigned size = one.size + other.size;
            if (times < 2 || size > max_symbol_octets) continue;
            all.push_back(
                {{one.octets | other.octets << (8 * one.size), static_cast<std::uint8_t>(size)},
                 std::uint64_t{times} * size});
        }
        return all;
    }

    void clear() {
        std::ranges::fill(ones_, 0);
        for (const std::size_t pair : met_)
            pairs_[pair] = 0;
        met_.clear();
    }

  private:
    void count_pair(std::size_t pair) {
        if (pairs_[pair]++ == 0) met_.push_back(pair);
    }

    std::vector<std::uint32_t> ones_;
    std::vector<std::uint32_t> pairs_;
    std::vector<std::size_t> met_;  // the pairs whose count is not zero
};

SymbolTable best(std::vector<Candidate> all) {
    // The same symbol may come from several pairs.
    std::ranges::sort(all, before);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (kept != 0 && all[kept - 1].symbol == all[i].symbol) {
            all[kept - 1].gain += all[i].gain;
        } else {
            all[kept++] = all[i];
        }
    }
    all.resize(kept);
    const auto end = all.begin() + static_cast<std::ptrdiff_t>(std::min(kept, max_symbols));
    std::partial_sort(all.begin(), end, all.end(), better);
    std::vector<Symbol> symbols;
    for (auto candidate = all.begin(); candidate != end; ++candidate)
        symbols.push_back(candidate->symbol);
    return SymbolTable(symbols);
}

}  // namespace

SymbolTable train_symbols(std::span<const Octets> sample) {
    SymbolTable table;
    Counts counts;
    for (int round = 1; round <= rounds; ++round) {
        const SymbolPacker packer(table);
        counts.clear();
        for (const Octets octets : sample)
            counts.count(table, packer, octets);
        table = best(counts.candidates(table, round < rounds));
    }
    return table;
}

}  // namespace dnshist
