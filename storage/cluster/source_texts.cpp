#include "storage/cluster/source_texts.hpp"

#include <algorithm>
#include <utility>

#include "storage/cluster/cluster_store.hpp"
#include "storage/format/source_codec.hpp"
#include "storage/format/store_meta.hpp"

namespace dnshist {

void StoredSources::read(ObjectStore& objects) {
    ObjectRead read = read_object(objects, {sources_object, {{}}});
    const std::lock_guard lock(mutex_);
    for (ObjectEntry& entry : read.entries) {
        const auto number = store_meta::decode_u32(as_octets(entry.key));
        if (number) texts_.try_emplace(*number, std::move(entry.value));
    }
}

void StoredSources::read(ObjectStore& objects, std::uint32_t wanted) {
    {
        const std::lock_guard lock(mutex_);
        if (texts_.contains(wanted)) return;
    }
    // A source that this read does not find was not there when it was asked for.
    const auto asked_at = Clock::now();
    read(objects);
    const std::lock_guard lock(mutex_);
    if (texts_.contains(wanted)) {
        absent_.erase(wanted);
    } else {
        absent_[wanted] = asked_at;
    }
}

bool StoredSources::lacks(std::uint32_t number, std::chrono::seconds age) const {
    const std::lock_guard lock(mutex_);
    const auto found = absent_.find(number);
    return found != absent_.end() && Clock::now() - found->second <= age;
}

void StoredSources::copy_to(Texts& known) const {
    const std::lock_guard lock(mutex_);
    if (known.size() == texts_.size()) return;
    for (const auto& [number, text] : texts_)
        known.try_emplace(number, as_octets(text));
}

std::optional<Octets> ClusterSourceTexts::known(std::uint32_t number) const {
    auto found = texts_.find(number);
    if (found == texts_.end()) {
        stored_.copy_to(texts_);
        found = texts_.find(number);
    }
    return found == texts_.end() ? std::nullopt : std::optional(found->second);
}

const StoredSources::Texts& ClusterSourceTexts::load() const {
    stored_.read(objects_);
    stored_.copy_to(texts_);
    return texts_;
}

Octets ClusterSourceTexts::of(std::uint32_t number) const {
    if (const auto text = known(number)) return *text;
    if (reader_ == nullptr) {
        load();
    } else if (!stored_.lacks(number, cluster_cache().age)) {
        reader_->note(
            "source " + std::to_string(number),
            [&objects = objects_, &stored = stored_, number] { stored.read(objects, number); });
    }
    return known(number).value_or(Octets{});
}

std::optional<std::uint32_t> ClusterSourceTexts::unnamed() {
    std::string text;
    encode_source(text, {}, {});
    const auto look = [&]() -> std::optional<std::uint32_t> {
        for (const auto& [number, known] : texts_)
            if (as_text(known) == text) return number;
        return std::nullopt;
    };
    stored_.copy_to(texts_);
    if (const auto number = look(); number || reader_ != nullptr) return number;
    load();
    return look();
}

}  // namespace dnshist
