#include "responder/policy/access.hpp"

namespace dnshist::responder {

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
    const auto misses = [&](bool is_told, View right) {
        return is_told && !may_use(right, client);
    };
    if (misses(true, query.view)) return query.view;
    if (misses(query.view == View::changes, View::history)) return View::history;
    if (misses(query.lists_names, View::names)) return View::names;
    if (misses(query.scope == Scope::values, View::pivot)) return View::pivot;
    return std::nullopt;
}

}  // namespace dnshist::responder
