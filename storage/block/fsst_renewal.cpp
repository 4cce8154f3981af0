#include "storage/block/fsst_renewal.hpp"

#include <algorithm>
#include <vector>

#include "storage/base/arena.hpp"
#include "storage/fsst/fsst_training.hpp"

namespace dnshist {

namespace {

// Fewer keys than this are too small a sample.
constexpr std::size_t least_keys = 1000;
// So many blocks are read as a sample of all.
constexpr std::size_t sampled_blocks = 128;
// A table is renewed once the keys are more by one part in so many.
constexpr std::uint64_t growth_divisor = 4;

// The suffixes of keys that prefix compression leaves, up to some octets.
class Sample {
  public:
    explicit Sample(std::size_t most_octets) : left_(most_octets) {}

    bool is_full() const noexcept { return left_ == 0; }
    void add(Octets suffix) {
        left_ -= std::min(left_, suffix.size());
        suffixes_.push_back(arena_.keep(suffix));
    }
    const std::vector<Octets>& suffixes() const noexcept { return suffixes_; }

  private:
    std::size_t left_;
    Arena arena_;
    std::vector<Octets> suffixes_;
};

// Adds keys spread over all of them.
void add_incoming(Sample& sample, const IncomingKeys& incoming) {
    std::uint64_t place = 0;
    for (std::size_t i = 0; i < incoming.count && !sample.is_full(); ++i) {
        // Multiples of the golden ratio are evenly spread, however many there are.
        place += 0x9e3779b97f4a7c15U;
        const std::size_t at = static_cast<std::size_t>((place >> 32) * incoming.count >> 32);
        const Octets key = incoming.key(at);
        const std::size_t shared = at == 0 ? 0 : common_prefix(incoming.key(at - 1), key);
        sample.add(key.subspan(shared));
    }
}

// Adds the first entries of each n-th block.
void add_known(Sample& sample, BlockSymbols& symbols, const KnownKeys& known, std::size_t octets) {
    const std::size_t step = known.block_count / sampled_blocks + 1;
    const std::size_t share = octets / sampled_blocks + 1;
    BlockSource& blocks = known.blocks;
    BlockReader reader;
    std::size_t number = 0;
    for (bool any = blocks.find({}); any && !sample.is_full(); any = blocks.next(), ++number) {
        if (number % step != 0 || symbols.open(reader, blocks.block()) != nullptr) continue;
        std::size_t taken = 0;
        while (taken < share && reader.next() == BlockReader::Step::entry) {
            sample.add(reader.key().subspan(reader.shared()));
            taken += reader.key().size() - reader.shared();
        }
    }
}

}  // namespace

void renew_table_if_due(BlockSymbols& symbols, const KnownKeys& known,
                        const IncomingKeys& incoming) {
    const auto newest = symbols.newest();
    const std::uint64_t all = known.count + incoming.count;
    if (!newest || newest->number == BlockSymbols::last_number || incoming.count < least_keys ||
        all - std::min(all, newest->keys) < newest->keys / growth_divisor) {
        return;
    }
    const auto octets_known =
        static_cast<std::size_t>(static_cast<double>(training_octets) *
                                 static_cast<double>(known.count) / static_cast<double>(all));
    Sample sample(training_octets);
    add_known(sample, symbols, known, octets_known);
    add_incoming(sample, incoming);
    symbols.add({all, train_symbols(sample.suffixes())});
}

}  // namespace dnshist
