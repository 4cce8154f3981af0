#include "storage/block/block_database.hpp"

#include "storage/block/range_builder.hpp"

namespace dnshist {

namespace {

class DatabaseSource final : public BlockSource {
  public:
    explicit DatabaseSource(const BlockDatabase& database)
        : transaction_(database.transaction), cursor_(transaction_, database.blocks) {}

    bool find(Octets key) override {
        return at_block(cursor_.at_or_before(key) || cursor_.first());
    }
    bool next() override { return at_block(cursor_.next()); }
    void renew() override { cursor_.renew(transaction_); }

  private:
    bool at_block(bool any) noexcept {
        if (any) at(cursor_.key(), cursor_.value());
        return any;
    }

    const lmdb::Transaction& transaction_;
    lmdb::Cursor cursor_;
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
