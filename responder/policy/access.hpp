// Which clients may ask, and which may be told what.
//
// There is a right for each view. A right is about what is told, whichever view tells it:
//
//     history   which records a name had, and when: `changes` tells all of it too
//     names     which names there are below another: `*.NAME` and `+.NAME` in every view too
//     pivot     which records hold a value: `summary` of an address or a prefix too
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
    static Rights all() noexcept { return Rights(~std::bitset<view_count>()); }

    Rights() noexcept = default;
    void add(View view) noexcept { views_.set(static_cast<std::size_t>(view)); }
    bool has(View view) const noexcept { return views_.test(static_cast<std::size_t>(view)); }
    // The right that is lacking for what the query tells; nothing where none is.
    std::optional<View> lack(const Query& query) const noexcept;
    // Those that both have.
    friend Rights operator&(const Rights& a, const Rights& b) noexcept {
        return Rights(a.views_ & b.views_);
    }

  private:
    explicit Rights(std::bitset<view_count> views) noexcept : views_(views) {}

    std::bitset<view_count> views_;
};

class Access {
  public:
    // Until it is told otherwise, everyone may ask everything.

    // Nobody else may ask; everyone where there are none.
    void allow(std::span<const AddressPrefix> clients);
    // These may not ask, even where they are allowed.
    void deny(std::span<const AddressPrefix> clients);
    // Only these may use the view, and only where they may ask; nobody may where there are none.
    void allow_view(View view, std::span<const AddressPrefix> clients);

    bool may_ask(const Client& client) const noexcept { return !restricted_ || is_let_in(client); }
    // Whether may_use() ever says false.
    bool restricts_views() const noexcept { return restricts_views_; }
    // For a client that may ask: whether it has the view's right.
    bool may_use(View view, const Client& client) const noexcept;
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
    std::array<std::optional<AddressSet>, view_count> views_;
};

}  // namespace dnshist::responder
