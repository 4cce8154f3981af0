// The texts of the sources of a store of objects. They never change, and are read all at once.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "storage/format/payload_merge.hpp"
#include "storage/object/object_store.hpp"
#include "storage/tablet/tablet_reader.hpp"

namespace dnshist {

// As they were last read, for all readers of a process. For any thread.
class StoredSources {
  public:
    // By number; the texts are good as long as this.
    using Texts = std::map<std::uint32_t, Octets>;

    // Reads all. Throws ObjectError.
    void read(ObjectStore& objects);
    // Reads all unless `wanted` is known. If it is not there afterwards, lacks() says so.
    void read(ObjectStore& objects, std::uint32_t wanted);
    // Whether the source was looked for within so long, and was not there.
    bool lacks(std::uint32_t number, std::chrono::seconds age) const;
    // Adds to `known` what it does not have.
    void copy_to(Texts& known) const;

  private:
    using Clock = std::chrono::steady_clock;

    mutable std::mutex mutex_;  // of the following
    std::map<std::uint32_t, std::string> texts_;
    std::map<std::uint32_t, Clock::time_point> absent_;
};

// As one thread knows them; those that are new are read.
class ClusterSourceTexts final : public SourceTexts {
  public:
    // Both outlive this.
    ClusterSourceTexts(ObjectStore& objects, StoredSources& stored)
        : objects_(objects), stored_(stored) {}

    // From now on `reader`, which reads later, notes that a new one is to be read, and has no text
    // until then.
    void read_later(TabletReader& reader) {
        load();
        reader_ = &reader;
    }

    Octets of(std::uint32_t number) const override;
    std::optional<std::uint32_t> unnamed() override;
    // All that there are; waits for them.
    const StoredSources::Texts& load() const;

  private:
    std::optional<Octets> known(std::uint32_t number) const;

    ObjectStore& objects_;
    StoredSources& stored_;
    TabletReader* reader_ = nullptr;
    mutable StoredSources::Texts texts_;
};

}  // namespace dnshist
