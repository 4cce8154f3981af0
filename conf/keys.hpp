// The table of the configuration's keys. The reader, the defaults, the commented file dnshist.toml
// and a test of the manual are all made from it: a new key is a row here and a member of Settings.
#pragma once

#include <toml++/toml.h>

#include <span>
#include <string>
#include <string_view>

#include "conf/settings.hpp"

namespace dnshist::conf {

// A table of the file.
struct Section {
    std::string_view name;  // "responder.views"
    std::string_view text;  // for dnshist.toml; may be empty
    // In a section whose keys the operator names: what the value of each is
    // expected to be, and the function that puts one into the settings and returns what Key::take
    // does.
    std::string_view expected{};
    const toml::node* (*take)(Settings&, std::string_view key, const toml::node&) = nullptr;
};
std::span<const Section> sections() noexcept;

struct Key {
    std::string_view name;      // with its section: "responder.ttl"
    std::string_view value;     // the default, as TOML: "\"5m\""
    std::string_view expected;  // "a length of time, such as 300 (seconds) or \"5m\""
    // For dnshist.toml: what the key means, as sentences. Empty: the text of the key before is of
    // both.
    std::string_view text;
    // Puts a value into the settings. Null, or the node (the value itself or an element of it) that
    // is not what is expected.
    const toml::node* (*take)(Settings&, const toml::node&);
    // The value that was perhaps meant by a wrong text; empty where none is near.
    std::string (*suggest)(std::string_view text) = nullptr;

    std::string_view section() const noexcept { return name.substr(0, name.rfind('.')); }
    std::string_view word() const noexcept { return name.substr(name.rfind('.') + 1); }
};
// In the order of the file; the keys of a section stand together.
std::span<const Key> keys() noexcept;

// The whole file, with every key and its default commented out: conf/dnshist.toml.
std::string commented_defaults();

}  // namespace dnshist::conf
