#include "storage/object/open_objects.hpp"

#include <dlfcn.h>

#include <filesystem>
#include <map>
#include <utility>

namespace dnshist {

namespace {

constexpr const char* rados_module = "dnshist-rados.so";

std::map<std::string, ObjectOpener>& openers() {
    static std::map<std::string, ObjectOpener> all;
    return all;
}

// Beside the program, as where it was built, or where it is installed.
void* load_module() {
    std::error_code error;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
    const auto folder = program.parent_path();
    for (const auto& path : {folder / rados_module, folder / ".." / "storage" / rados_module,
                             folder / ".." / "lib" / "dnshist" / rados_module}) {
        if (!std::filesystem::exists(path, error)) continue;
        // Never closed: librados has threads that outlive a store.
        if (void* module = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) return module;
        throw ObjectError(ObjectError::Kind::other,
                          std::string("cannot load the module for Ceph: ") + ::dlerror());
    }
    throw ObjectError(ObjectError::Kind::other,
                      std::string("the module for Ceph, ") + rados_module +
                          ", is not installed: install the package dnshist-rados, or build dnshist "
                          "where libradospp-dev is installed");
}

}  // namespace

std::optional<ObjectLocation> object_location(std::string_view text) {
    const auto colon = text.find("://");
    if (colon == std::string_view::npos) return std::nullopt;
    ObjectLocation location{std::string(text.substr(0, colon)), {}, {}};
    const std::string_view rest = text.substr(colon + 3);
    const auto slash = rest.find('/');
    if (slash == std::string_view::npos || slash == 0 || slash + 1 == rest.size() ||
        rest.find('/', slash + 1) != std::string_view::npos) {
        return location;
    }
    location.container = rest.substr(0, slash);
    location.space = rest.substr(slash + 1);
    return location;
}

CephAccess& ceph_access() {
    static CephAccess access;
    return access;
}

void add_object_opener(const std::string& scheme, ObjectOpener opener) {
    openers()[scheme] = std::move(opener);
}

std::unique_ptr<ObjectStore> open_objects(const ObjectLocation& location, Patience patience) {
    if (location.container.empty()) {
        throw ObjectError(ObjectError::Kind::other, "it must be named as rados://POOL/NAMESPACE");
    }
    if (const auto known = openers().find(location.scheme); known != openers().end()) {
        return known->second(location, patience);
    }
    if (location.scheme != "rados") {
        throw ObjectError(ObjectError::Kind::other,
                          "no kind of store is called '" + location.scheme +
                              "': name a directory, or rados://POOL/NAMESPACE");
    }
    static void* const module = load_module();
    auto* const open = reinterpret_cast<ObjectModuleOpener*>(::dlsym(module, object_module_symbol));
    if (open == nullptr) {
        throw ObjectError(ObjectError::Kind::other,
                          "the module for Ceph is of another version of dnshist");
    }
    return std::unique_ptr<ObjectStore>(open(location, ceph_access(), patience));
}

}  // namespace dnshist
