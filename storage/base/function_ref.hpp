// A reference to something that can be called, without owning or copying it.
#pragma once

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

namespace dnshist {

template <class Signature>
class FunctionRef;

// An object, as a lambda is, that can be called with Args and returns an R; and no Self, which has
// copying for that.
template <class Function, class Self, class R, class... Args>
concept CalledAs = !std::same_as<std::remove_cvref_t<Function>, Self> &&
                   std::is_object_v<std::remove_reference_t<Function>> &&
                   std::is_invocable_r_v<R, Function&, Args...>;

// Calls what it was made from, which must outlive it: a lambda that is written where a FunctionRef
// is passed lives until that call returns. Two pointers; never allocates.
template <class R, class... Args>
class FunctionRef<R(Args...)> {
  public:
    // Refers to nothing yet, and must not be called.
    FunctionRef() noexcept = default;
    template <CalledAs<FunctionRef, R, Args...> Function>
    FunctionRef(Function&& function) noexcept  // NOLINT: meant to convert; hides no copying
        : call_([](const void* to, Args... args) -> R {
              using Target = std::remove_reference_t<Function>;
              auto* const target = static_cast<Target*>(const_cast<void*>(to));
              if constexpr (std::is_void_v<R>) {
                  (*target)(std::forward<Args>(args)...);
              } else {
                  return (*target)(std::forward<Args>(args)...);
              }
          }),
          to_(std::addressof(function)) {}

    R operator()(Args... args) const { return call_(to_, std::forward<Args>(args)...); }

  private:
    R (*call_)(const void* to, Args... args) = nullptr;
    const void* to_ = nullptr;
};

}  // namespace dnshist
