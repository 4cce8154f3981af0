// The numbers of sources in a store of objects, which writers add to beside each other.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "storage/object/object_store.hpp"

namespace dnshist {

class KnownSources {
  public:
    // `objects` outlives this.
    explicit KnownSources(ObjectStore& objects) : objects_(objects) {}

    static constexpr std::uint32_t none = 0xffffffff;
    struct Numbers {
        std::vector<std::uint32_t> of_texts;  // `none` where the store has too many
        std::uint32_t unnamed;                // of the empty source
    };
    // The numbers of encoded sources (storage/format/source_codec.hpp); those that are new are
    // added. Throws ObjectError.
    Numbers add(std::span<const std::string> texts);

  private:
    // The head.
    std::string load();
    bool write_missing(std::span<const std::string> texts);

    ObjectStore& objects_;
    std::map<std::string, std::uint32_t, std::less<>> numbers_;
};

}  // namespace dnshist
