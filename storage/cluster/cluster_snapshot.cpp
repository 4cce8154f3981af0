#include "storage/cluster/cluster_snapshot.hpp"

#include <utility>

namespace dnshist {

void ClusterSnapshot::read_later(std::function<void()> arrived) {
    store.tables().read(store.objects());
    names_symbols.read_later(store.tables());
    pivots_symbols.read_later(store.tables());
    reader.read_later(store.threads(), std::move(arrived), &store.tables());
    texts.read_later(reader);
}

StoreStatistics ClusterSnapshot::statistics() {
    if (!reader.reads_later()) return store.statistics().read(store.objects());
    if (const auto kept = store.statistics().within(cluster_cache().age)) return *kept;
    switch (reader.missing()) {
        case TabletReader::Missing::note:
            reader.note("statistics",
                        [&opened = store] { opened.statistics().read(opened.objects()); });
            return {};
        case TabletReader::Missing::fail:
            reader.throw_failure();
        case TabletReader::Missing::read:
            break;
    }
    return store.statistics().read(store.objects());
}

}  // namespace dnshist
