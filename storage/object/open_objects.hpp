// Opens an object store by its location, SCHEME://CONTAINER/NAMESPACE.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "storage/object/object_store.hpp"

namespace dnshist {

struct ObjectLocation {
    std::string scheme;     // "rados"
    std::string container;  // of RADOS: the pool
    std::string space;      // one store of those in the container
};
// Nothing where the text has no "://": it is a directory then. A location with an empty or a
// further part has an empty `container`, and cannot be opened.
std::optional<ObjectLocation> object_location(std::string_view text);

// How a process reaches Ceph: its configuration file and its user; and where it says what is unwise
// about a pool, or what it does about a copy that was broken off. To be set before a store is
// opened.
struct CephAccess {
    std::string conf = "/etc/ceph/ceph.conf";
    std::string user = "admin";
    std::function<void(const std::string& sentence)> warn{};
};
CephAccess& ceph_access();

// Whether time-outs are short, as for those who answer questions, or long, as for those who write.
enum class Patience : std::uint8_t { reader, writer };

using ObjectOpener =
    std::function<std::unique_ptr<ObjectStore>(const ObjectLocation& location, Patience patience)>;
// Adds a kind of store beside RADOS, which is a module that is loaded when it is named.
void add_object_opener(const std::string& scheme, ObjectOpener opener);

// Throws ObjectError.
std::unique_ptr<ObjectStore> open_objects(const ObjectLocation& location, Patience patience);

// The symbol of a module that opens stores, and its type.
inline constexpr const char* object_module_symbol = "dnshist_open_objects";
using ObjectModuleOpener = ObjectStore*(const ObjectLocation& location, const CephAccess& access,
                                        Patience patience);

}  // namespace dnshist
