#include "storage/cluster/known_sources.hpp"

#include <algorithm>
#include <utility>

#include "storage/cluster/cluster_store.hpp"
#include "storage/format/source_codec.hpp"
#include "storage/format/store_meta.hpp"
#include "storage/object/counted_write.hpp"
#include "storage/tablet/tablet_head.hpp"

namespace dnshist {

std::string KnownSources::load() {
    const ObjectRead read = read_object(objects_, {sources_object, {{}}});
    if (!read.exists) throw_damaged_object(sources_object);
    for (const ObjectEntry& entry : read.entries) {
        const auto number = store_meta::decode_u32(as_octets(entry.key));
        if (number) numbers_.emplace(entry.value, *number);
    }
    return read.head;
}

// The empty source is there from the beginning: a record that was seen without a source needs it
// as soon as any writer adds one.
KnownSources::Numbers KnownSources::add(std::span<const std::string> texts) {
    std::vector<std::string> all;
    encode_source(all.emplace_back(), {}, {});
    all.insert(all.end(), texts.begin(), texts.end());
    while (!write_missing(all)) {
    }
    Numbers numbers;
    for (const std::string& text : all) {
        const auto known = numbers_.find(text);
        numbers.of_texts.push_back(known == numbers_.end() ? none : known->second);
    }
    numbers.unnamed = numbers.of_texts.front();
    numbers.of_texts.erase(numbers.of_texts.begin());
    return numbers;
}

// Whether the store has all of them now, as far as it has room.
bool KnownSources::write_missing(std::span<const std::string> texts) {
    const auto is_known = [&](const std::string& text) { return numbers_.contains(text); };
    if (std::ranges::all_of(texts, is_known)) return true;
    ObjectWrite write = counted_write(sources_object, load());
    std::uint32_t next = 0;
    for (const auto& [text, number] : numbers_)
        next = std::max(next, number + 1);
    for (const std::string& text : texts) {
        if (is_known(text) || next > max_store_sources) continue;
        write.set.push_back({std::string(as_text(store_meta::encode_u32(next++))), text});
    }
    if (write.set.empty()) return true;
    write_object(objects_, std::move(write));
    // Another writer may have been faster, or the reply was lost.
    load();
    return std::ranges::all_of(texts, is_known);
}

}  // namespace dnshist
