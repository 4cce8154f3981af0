// The deleter of a std::unique_ptr to what a C library made.
#pragma once

namespace dnshist {

// Frees by the library's own function: std::unique_ptr<T, Deleter<t_free>>.
template <auto Free>
struct Deleter {
    template <class T>
    void operator()(T* made) const noexcept {
        Free(made);
    }
};

}  // namespace dnshist
