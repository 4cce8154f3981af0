#include "conf/choices.hpp"

#include <algorithm>
#include <array>

namespace dnshist::conf {

namespace {

// By number.
constexpr std::array<std::string_view, 3> trust_names = {"bailiwick", "unasked", "all"};

struct TypeName {
    DnstapType type;
    std::string_view name;
};
constexpr std::array type_names = {
    TypeName{DnstapType::auth_response, "auth"},
    TypeName{DnstapType::resolver_response, "resolver"},
    TypeName{DnstapType::client_response, "client"},
    TypeName{DnstapType::forwarder_response, "forwarder"},
    TypeName{DnstapType::stub_response, "stub"},
    TypeName{DnstapType::tool_response, "tool"},
};
constexpr auto all_types = [] {
    std::array<DnstapType, type_names.size()> types{};
    std::ranges::transform(type_names, types.begin(), &TypeName::type);
    return types;
}();

}  // namespace

std::optional<Counts> counts_named(std::string_view word) noexcept {
    if (word == "add") return Counts::add;
    if (word == "max") return Counts::max;
    return std::nullopt;
}

std::optional<Trust> trust_named(std::string_view word) noexcept {
    const auto* const found = std::ranges::find(trust_names, word);
    if (found == trust_names.end()) return std::nullopt;
    return static_cast<Trust>(found - trust_names.begin());
}

std::string_view trust_name(Trust trust) noexcept {
    return trust_names[static_cast<std::size_t>(trust)];
}

std::string_view dnstap_type_name(DnstapType type) noexcept {
    return std::ranges::find(type_names, type, &TypeName::type)->name;
}

std::optional<DnstapType> dnstap_type_named(std::string_view name) noexcept {
    const auto* found = std::ranges::find(type_names, name, &TypeName::name);
    if (found == type_names.end()) return std::nullopt;
    return found->type;
}

std::span<const DnstapType> dnstap_types() noexcept {
    return all_types;
}

}  // namespace dnshist::conf
