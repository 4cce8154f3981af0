#include "responder/http/http2_memory.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace dnshist::responder {

namespace {

constexpr std::size_t least_buffer = 16384;  // octets of such a buffer

std::size_t page_octets() noexcept {
    static const auto octets = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    return octets;
}

// As malloc(), but that the pages within a buffer are not resident until they are used.
void* allocate(std::size_t octets, void*) noexcept {
    void* const memory = std::malloc(octets);
    if (memory == nullptr || octets < least_buffer) return memory;
    const std::size_t page = page_octets();
    const std::size_t before = (page - reinterpret_cast<std::uintptr_t>(memory) % page) % page;
    if (before < octets) {
        const std::size_t within = (octets - before) / page * page;
        ::madvise(static_cast<std::uint8_t*>(memory) + before, within, MADV_DONTNEED);
    }
    return memory;
}

void release(void* memory, void*) noexcept {
    std::free(memory);
}

void* allocate_zeroed(std::size_t count, std::size_t octets, void*) noexcept {
    return std::calloc(count, octets);
}

void* reallocate(void* memory, std::size_t octets, void*) noexcept {
    return memory == nullptr ? allocate(octets, nullptr) : std::realloc(memory, octets);
}

}  // namespace

nghttp2_mem* http2_memory() noexcept {
    static nghttp2_mem memory{nullptr, allocate, release, allocate_zeroed, reallocate};
    return &memory;
}

}  // namespace dnshist::responder
