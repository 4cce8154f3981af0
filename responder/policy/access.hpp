// Which clients may ask, and which may be told what.
//
// There is a right for each of six views. A right is about what is told, whichever view tells it:
//
//     history   which records a name had, and when: `changes` tells all of it too
//     names     which names there are below another: `*.NAME` and `+.NAME` in every view too
//     pivot     which records hold a value: other views of an address or a prefix too
//
// The views without a right of their own need another's: `seen` that of summary, `lookalike` that
// of names, `cohost` those of names, history and pivot; and NAME.T.asof that of at.
//
// And there is a right to the personal types (is_personal()), which nobody has unless it is given:
// what their records alone know does not exist for the others, in any view.
//
// A client that may not is refused before anything is looked up, whatever it asks, so that the
// codes tell it nothing of what is stored.
#pragma once

#include <array>
#include <bitset>
#include <optional>
#include <span>

#include "responder/message/client.hpp"
#include "responder/policy/address_set.hpp"
#include "storage/query/query.hpp"

namespace dnshist::responder {

// The rights that somebody has, by the number of the view.
class Rights {
  public:
    // To all views.
    static Rights all() noexcept { return Rights(~std::bitset<right_count>(), false); }

    Rights() noexcept = default;
    void add(View view) noexcept { views_.set(static_cast<std::size_t>(view)); }
    bool has(View view) const noexcept { return views_.test(static_cast<std::size_t>(view)); }
    void add_personal() noexcept { personal_ = true; }
    // To records of personal types.
    bool has_personal() const noexcept { return personal_; }
    // The right that is lacking for what the query tells; nothing where none is. That to personal
    // types is another.
    std::optional<View> lack(const Query& query) const noexcept;
    // Those that both have.
    friend Rights operator&(const Rights& a, const Rights& b) noexcept {
        return Rights(a.views_ & b.views_, a.personal_ && b.personal_);
    }

  private:
    Rights(std::bitset<right_count> views, bool personal) noexcept
        : views_(views), personal_(personal) {}

    std::bitset<right_count> views_;
    bool personal_ = false;
};

class Access {
  public:
    // Until it is told otherwise, everyone may ask everything but personal types.

    // Nobody else may ask; everyone where there are none.
    void allow(std::span<const AddressPrefix> clients);
    // These may not ask, even where they are allowed.
    void deny(std::span<const AddressPrefix> clients);
    // Only these may use the view, and only where they may ask; nobody may where there are none.
    void allow_view(View view, std::span<const AddressPrefix> clients);
    // These may see personal types, where they may ask.
    void allow_personal(std::span<const AddressPrefix> clients);

    bool may_ask(const Client& client) const noexcept { return !restricted_ || is_let_in(client); }
    // Whether may_use() ever says false.
    bool restricts_views() const noexcept { return restricts_views_; }
    // For a client that may ask: whether it has the view's right.
    bool may_use(View view, const Client& client) const noexcept;
    // Likewise the right to personal types.
    bool may_see_personal(const Client& client) const noexcept {
        return !personal_.empty() && personal_.has(client.address);
    }
    // All rights of such a client.
    Rights rights_of(const Client& client) const noexcept;
    // The right that such a client lacks for what the query tells; nothing where it lacks none.
    std::optional<View> lacks(const Query& query, const Client& client) const noexcept;

  private:
    bool is_let_in(const Client& client) const noexcept;

    bool restricted_ = false;
    bool restricts_views_ = false;
    AddressSet allowed_;
    AddressSet denied_;
    AddressSet personal_;
    std::array<std::optional<AddressSet>, right_count> views_;
};

}  // namespace dnshist::responder
