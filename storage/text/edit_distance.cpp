#include "storage/text/edit_distance.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace dnshist {

std::size_t edit_distance(std::string_view a, std::string_view b) noexcept {
    const std::size_t longest = std::max(a.size(), b.size());
    if (longest > max_compared) return longest;
    // One row of the matrix of distances between prefixes of a and b.
    std::array<std::uint16_t, max_compared + 1> row;
    for (std::size_t j = 0; j <= b.size(); ++j)
        row[j] = static_cast<std::uint16_t>(j);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::uint16_t diagonal = row[0];
        row[0] = static_cast<std::uint16_t>(i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const int changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = static_cast<std::uint16_t>(std::min({changed, row[j] + 1, row[j - 1] + 1}));
        }
    }
    return row[b.size()];
}

}  // namespace dnshist
