// TOML values into members of Settings, for the rows of the table of keys (conf/keys.hpp).
//
// Each take_* puts what it reads into `out` and returns null, or returns the node that is not what
// is expected and leaves `out` alone.
#pragma once

#include <toml++/toml.h>

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "conf/settings.hpp"
#include "storage/text/time.hpp"

namespace dnshist::conf {

template <class T>
const toml::node* take_number(T& out, const toml::node& node, std::int64_t low, std::int64_t high) {
    const auto* value = node.as_integer();
    if (value == nullptr || value->get() < low || value->get() > high) return &node;
    out = static_cast<T>(value->get());
    return nullptr;
}

// Seconds, as a number or as a text with a unit.
inline const toml::node* take_duration(std::uint32_t& out, const toml::node& node,
                                       std::uint32_t low, std::uint32_t high) {
    const auto* text = node.as_string();
    if (text == nullptr) return take_number(out, node, low, high);
    const auto duration = duration_from_text(text->get());
    if (!duration || *duration < low || *duration > high) return &node;
    out = *duration;
    return nullptr;
}

// A string that `convert` makes a T of; it gives an optional or a Result.
template <class T, class Convert>
const toml::node* take_text(T& out, const toml::node& node, const Convert& convert) {
    const auto* text = node.as_string();
    if (text == nullptr) return &node;
    auto converted = convert(text->get());
    if (!converted) return &node;
    out = *std::move(converted);
    return nullptr;
}

enum class Least { none, one };

// One string or an array of them.
template <class T, class Convert>
const toml::node* take_list(std::vector<T>& out, const toml::node& node, const Convert& convert,
                            Least least = Least::none) {
    std::vector<T> list;
    if (const auto* array = node.as_array()) {
        for (const toml::node& item : *array) {
            if (take_text(list.emplace_back(), item, convert) != nullptr) return &item;
        }
    } else if (take_text(list.emplace_back(), node, convert) != nullptr) {
        return &node;
    }
    if (list.empty() && least == Least::one) return &node;
    out = std::move(list);
    return nullptr;
}

// The member of whichever section has it.
template <class Section, class T>
T& member_of(Settings& settings, T Section::*member) {
    return std::get<Section&>(std::tie(settings.store, settings.responder, settings.tls,
                                       settings.http, settings.import, settings.listen)).*
           member;
}

template <auto member, std::int64_t low, std::int64_t high>
const toml::node* number(Settings& settings, const toml::node& node) {
    return take_number(member_of(settings, member), node, low, high);
}

template <auto member, std::uint32_t low, std::uint32_t high>
const toml::node* duration(Settings& settings, const toml::node& node) {
    return take_duration(member_of(settings, member), node, low, high);
}

template <auto member>
const toml::node* boolean(Settings& settings, const toml::node& node) {
    const auto* value = node.as_boolean();
    if (value == nullptr) return &node;
    member_of(settings, member) = value->get();
    return nullptr;
}

template <auto member, auto convert>
const toml::node* text(Settings& settings, const toml::node& node) {
    return take_text(member_of(settings, member), node, convert);
}

template <auto member, auto convert, Least least = Least::none>
const toml::node* list(Settings& settings, const toml::node& node) {
    return take_list(member_of(settings, member), node, convert, least);
}

}  // namespace dnshist::conf
