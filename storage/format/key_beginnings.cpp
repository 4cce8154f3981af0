#include "storage/format/key_beginnings.hpp"

#include <algorithm>

#include "storage/record/name.hpp"

namespace dnshist {

namespace {

// The end of the label that begins there; 0 where there is none.
std::size_t label_end(Octets key, std::size_t begin) noexcept {
    if (begin >= key.size() || key[begin] == 0 || key[begin] > max_label_octets) return 0;
    const std::size_t end = begin + 1 + key[begin];
    return end <= key.size() ? end : 0;
}

std::size_t within(Octets key, std::size_t length) noexcept {
    return length <= key.size() ? length : 0;
}

}  // namespace

std::size_t next_record_beginning(Octets key, std::size_t after) {
    return label_end(key, after);
}

std::size_t next_pivot_beginning(Octets key, std::size_t after) {
    if (key.empty()) return 0;
    if (key[0] == 'n') return label_end(key, std::max<std::size_t>(after, 1));
    if (after != 0) return 0;
    switch (key[0]) {
        case '4':
            return within(key, 1 + 4);
        case '6':
            return within(key, 1 + 16);
        case 't': {
            const auto end = std::find(key.begin(), key.end(), 0);
            return end == key.end() ? 0 : static_cast<std::size_t>(end - key.begin()) + 1;
        }
        default:
            return 0;
    }
}

std::size_t next_pivot_text(Octets key, std::size_t after) {
    const bool is_text = !key.empty() && (key[0] == 'n' || key[0] == 't');
    return is_text ? next_pivot_beginning(key, after) : 0;
}

}  // namespace dnshist
