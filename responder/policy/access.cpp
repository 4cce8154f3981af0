#include "responder/policy/access.hpp"

namespace dnshist::responder {

namespace {

// `may_use` says of a view whether its right is there.
std::optional<View> right_lacking(const Query& query, const auto& may_use) noexcept {
    const auto misses = [&](bool is_told, View right) { return is_told && !may_use(right); };
    if (misses(true, query.view)) return query.view;
    if (misses(query.view == View::changes, View::history)) return View::history;
    if (misses(query.lists_names, View::names)) return View::names;
    if (misses(query.scope == Scope::values, View::pivot)) return View::pivot;
    return std::nullopt;
}

}  // namespace

std::optional<View> Rights::lack(const Query& query) const noexcept {
    return right_lacking(query, [this](View view) { return has(view); });
}

void Access::allow(std::span<const AddressPrefix> clients) {
    allowed_ = AddressSet(clients);
    restricted_ = !allowed_.empty() || !denied_.empty();
}

void Access::deny(std::span<const AddressPrefix> clients) {
    denied_ = AddressSet(clients);
    restricted_ = !allowed_.empty() || !denied_.empty();
}

void Access::allow_view(View view, std::span<const AddressPrefix> clients) {
    views_[static_cast<std::size_t>(view)] = AddressSet(clients);
    restricts_views_ = true;
}

bool Access::is_let_in(const Client& client) const noexcept {
    if (denied_.has(client.address)) return false;
    return allowed_.empty() || allowed_.has(client.address);
}

bool Access::may_use(View view, const Client& client) const noexcept {
    const auto& allowed = views_[static_cast<std::size_t>(view)];
    return !allowed || allowed->has(client.address);
}

std::optional<View> Access::lacks(const Query& query, const Client& client) const noexcept {
    return right_lacking(query, [&](View view) { return may_use(view, client); });
}

Rights Access::rights_of(const Client& client) const noexcept {
    Rights rights;
    for (std::size_t view = 0; view < view_count; ++view) {
        if (may_use(View{static_cast<std::uint8_t>(view)}, client))
            rights.add(View{static_cast<std::uint8_t>(view)});
    }
    return rights;
}

}  // namespace dnshist::responder
