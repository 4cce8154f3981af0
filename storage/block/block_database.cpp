#include "storage/block/block_database.hpp"

#include "storage/block/range_builder.hpp"

namespace dnshist {

namespace {

class DatabaseSource final : public BlockSource {
  public:
    explicit DatabaseSource(const BlockDatabase& database)
        : transaction_(database.transaction), cursor_(transaction_, database.blocks) {}

    bool find(Octets key) override {
        if (is_empty_) return false;
        const bool any = cursor_.at_or_before(key) || cursor_.first();
        is_empty_ = !any && !transaction_.writes();
        return at_block(any);
    }
    bool next() override { return at_block(cursor_.next()); }
    void renew() override {
        cursor_.renew(transaction_);
        is_empty_ = false;
    }

  private:
    bool at_block(bool any) noexcept {
        if (any) at(cursor_.key(), cursor_.value());
        return any;
    }

    const lmdb::Transaction& transaction_;
    lmdb::Cursor cursor_;
    // Known of a state that does not change.
    bool is_empty_ = false;
};

}  // namespace

std::unique_ptr<BlockSource> BlockDatabase::source() const {
    return std::make_unique<DatabaseSource>(*this);
}

void BlockDatabase::put(lmdb::Cursor& cursor, const RangeBuilder& range, Octets first_key) const {
    for (std::size_t i = 0; i < range.blocks(); ++i)
        put(cursor, i == 0 ? first_key : range.key(i), range.block(i));
}

}  // namespace dnshist
