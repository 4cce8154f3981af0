#include "responder/policy/access.hpp"

namespace dnshist::responder {

namespace {

// `may_use` says of a view whether its right is there.
std::optional<View> right_lacking(const Query& query, const auto& may_use) noexcept {
    const auto misses = [&](bool is_told, View right) { return is_told && !may_use(right); };
    if (const View right = right_of(query.view); misses(true, right)) return right;
    if (misses(query.view == View::changes, View::history)) return View::history;
    if (misses(query.lists_names, View::names)) return View::names;
    const bool is_pivot = query.scope == Scope::values || query.scope == Scope::shared;
    if (misses(is_pivot, View::pivot)) return View::pivot;
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
    views_[static_cast<std::size_t>(right_of(view))] = AddressSet(clients);
    restricts_views_ = true;
}

void Access::allow_personal(std::span<const AddressPrefix> clients) {
    personal_ = AddressSet(clients);
}

bool Access::is_let_in(const Client& client) const noexcept {
    if (denied_.has(client.address)) return false;
    return allowed_.empty() || allowed_.has(client.address);
}

bool Access::may_use(View view, const Client& client) const noexcept {
    const auto& allowed = views_[static_cast<std::size_t>(right_of(view))];
    return !allowed || allowed->has(client.address);
}

std::optional<View> Access::lacks(const Query& query, const Client& client) const noexcept {
    return right_lacking(query, [&](View view) { return may_use(view, client); });
}

Rights Access::rights_of(const Client& client) const noexcept {
    Rights rights;
    for (std::size_t view = 0; view < right_count; ++view) {
        if (may_use(View{static_cast<std::uint8_t>(view)}, client))
            rights.add(View{static_cast<std::uint8_t>(view)});
    }
    if (may_see_personal(client)) rights.add_personal();
    return rights;
}

}  // namespace dnshist::responder
