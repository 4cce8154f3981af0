#include "conf/http_user.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/query/vocabulary.hpp"
#include "storage/record/personal_type.hpp"

namespace dnshist::conf {

namespace {

std::optional<View> view_named(const std::string& word) {
    const ViewWord* const view = find_view(word);
    const bool has_right = view != nullptr && right_of(view->view) == view->view;
    return has_right ? std::optional(view->view) : std::nullopt;
}

std::optional<Rrtype> closed_type_named(const std::string& word) {
    const auto type = rrtype_from_text(word);
    return type && is_personal(*type) ? type : std::nullopt;
}

}  // namespace

const toml::node* http_user(Settings& settings, std::string_view name, const toml::node& node) {
    const toml::table* const table = node.as_table();
    if (table == nullptr || table->get("key") == nullptr) return &node;
    if (name.find(':') != std::string_view::npos) return &node;
    HttpUserSettings user;
    std::vector<Rrtype> types;
    user.name = name;
    for (std::size_t right = 0; right < right_count; ++right)
        user.views.push_back(View{static_cast<std::uint8_t>(right)});
    for (const auto& [key, value] : *table) {
        const toml::node* wrong = &value;
        if (key == "key") wrong = take_text(user.key, value, key_hash_from_text);
        if (key == "views") wrong = take_list(user.views, value, view_named);
        if (key == "types") wrong = take_list(types, value, closed_type_named);
        if (wrong != nullptr) return wrong;
    }
    user.whois = !types.empty();
    settings.http.users.push_back(std::move(user));
    return nullptr;
}

}  // namespace dnshist::conf
