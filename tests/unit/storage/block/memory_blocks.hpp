// Blocks in memory: the simplest engine.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "storage/block/block_source.hpp"
#include "storage/block/range_builder.hpp"
#include "storage/block/symbol_tables.hpp"

namespace dnshist::test {

class NoSymbols final : public BlockSymbols {
  public:
    std::optional<Newest> newest() const override { return Newest{0, 0}; }
    void add(const StoredSymbols&) override {}

  private:
    std::optional<Octets> stored(std::uint8_t) const override { return std::nullopt; }
};

class MemoryBlocks {
  public:
    explicit MemoryBlocks(const std::map<std::string, std::string>& entries) {
        constexpr std::size_t page_octets = 512;
        RangeBuilder range(symbols, page_octets);
        range.clear();
        for (const auto& [key, payload] : entries)
            range.add(as_octets(key), as_octets(payload));
        if (range.empty()) return;
        range.encode();
        for (std::size_t i = 0; i < range.blocks(); ++i) {
            const Octets key = i == 0 ? Octets(lowest_key) : range.key(i);
            const Octets block = range.block(i);
            blocks_.emplace(as_text(key), std::vector(block.begin(), block.end()));
        }
    }

    std::unique_ptr<BlockSource> source() const { return std::make_unique<Source>(blocks_); }

    NoSymbols symbols;

  private:
    using Blocks = std::map<std::string, std::vector<std::uint8_t>>;

    class Source final : public BlockSource {
      public:
        explicit Source(const Blocks& blocks) : blocks_(blocks) {}
        bool find(Octets key) override {
            next_ = blocks_.upper_bound(std::string(as_text(key)));
            if (next_ != blocks_.begin()) --next_;
            return next();
        }
        bool next() override {
            if (next_ == blocks_.end()) return false;
            at(as_octets(next_->first), next_->second);
            ++next_;
            return true;
        }
        void renew() override {}

      private:
        const Blocks& blocks_;
        Blocks::const_iterator next_ = blocks_.end();
    };

    Blocks blocks_;
};

}  // namespace dnshist::test
