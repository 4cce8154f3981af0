// dnshist's own store as one of the comparison: for look-ups alone, as dnshist-zonegen imports.
#include <memory>

#include "storage/history/cursor.hpp"
#include "storage/history/history.hpp"
#include "storage/pivot/pivot_values.hpp"
#include "tests/bench/keep.hpp"

using namespace dnshist;

namespace {

class Dnshist : public bench::Keeper {
  public:
    Dnshist(const std::string& path, bool import) : history_(path) {
        if (import) throw std::runtime_error("dnshist-zonegen imports");
        snapshot_.renew();
    }

    void add(const Observation&) override {}
    void finish() override {}

    std::size_t forward(const bench::Wanted& wanted) override {
        records_.seek_owner(wanted.owner.key().octets(), wanted.type);
        std::size_t found = 0;
        while (found < bench::most_found && records_.next())
            found += records_.record().count != 0 ? 1U : 0U;
        return found;
    }

    // The pivot gives the owner, and the owner's record when it was seen.
    std::size_t backward(const bench::Wanted& wanted) override {
        std::optional<PivotValue> value;
        for_each_pivot_value(wanted.type, wanted.rdata,
                             [&](const PivotValue& first) { value = value ? value : first; });
        std::size_t found = 0;
        pivots_.seek_prefix(value.value().octets());
        while (found < bench::most_found && pivots_.next()) {
            const StoredPivot& pivot = pivots_.pivot();
            if (pivot.type != wanted.type) continue;
            records_.seek_record(pivot.owner, wanted.type, wanted.rdata);
            while (records_.next())
                found += records_.record().count != 0 ? 1U : 0U;
        }
        return found;
    }

  private:
    History history_;
    Snapshot snapshot_{history_};
    RecordCursor records_{snapshot_};
    PivotCursor pivots_{snapshot_};
};

}  // namespace

int main(int argc, char** argv) {
    return bench::keep(argc, argv, [](const std::string& path, bool import) {
        return std::make_unique<Dnshist>(path, import);
    });
}
