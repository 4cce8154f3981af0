// Large memory in huge pages, where the kernel has them.
//
// A batch touches what it gathers in no order. In pages of 4 KB, each page costs a page fault and
// nearly each access a TLB miss; together these were an eighth of an import's time.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace dnshist {

inline constexpr std::size_t huge_page_octets = std::size_t{2} << 20;

// For containers: a block of a huge page or more is in huge pages, a smaller one is ordinary
// memory.
template <class T>
struct HugePageAllocator {
    using value_type = T;
    static constexpr std::size_t each = sizeof(T);  // NOLINT: which may be a pointer

    HugePageAllocator() = default;
    template <class U>
    HugePageAllocator(const HugePageAllocator<U>&) noexcept {}  // NOLINT: allocators convert

    T* allocate(std::size_t count) {
        const std::size_t octets = count * each;
        if (octets < huge_page_octets) return std::allocator<T>().allocate(count);
        const std::size_t pages = (octets + huge_page_octets - 1) / huge_page_octets;
        void* const memory =
            ::operator new (pages* huge_page_octets, std::align_val_t{huge_page_octets});
        // Advice only: where the kernel does not follow it, the memory is as good.
        ::madvise(memory, pages * huge_page_octets, MADV_HUGEPAGE);
        return static_cast<T*>(memory);
    }
    void deallocate(T* memory, std::size_t count) noexcept {
        if (count * each < huge_page_octets) {
            std::allocator<T>().deallocate(memory, count);
        } else {
            ::operator delete (memory, std::align_val_t{huge_page_octets});
        }
    }

    friend bool operator==(HugePageAllocator, HugePageAllocator) noexcept { return true; }
};

template <class T>
using HugePageVector = std::vector<T, HugePageAllocator<T>>;

// A block of uninitialised memory.
class HugePageBuffer {
  public:
    explicit HugePageBuffer(std::size_t octets)
        : octets_(octets), room_(HugePageAllocator<std::uint8_t>().allocate(octets)) {}
    ~HugePageBuffer() {
        if (room_ != nullptr) HugePageAllocator<std::uint8_t>().deallocate(room_, octets_);
    }
    HugePageBuffer(HugePageBuffer&& other) noexcept
        : octets_(other.octets_), room_(std::exchange(other.room_, nullptr)) {}
    HugePageBuffer& operator=(HugePageBuffer&&) = delete;

    std::uint8_t* get() const noexcept { return room_; }
    std::size_t size() const noexcept { return octets_; }

  private:
    std::size_t octets_;
    std::uint8_t* room_;
};

}  // namespace dnshist
