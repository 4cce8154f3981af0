#include "storage/query/resume_point.hpp"

#include <algorithm>
#include <array>

#include "storage/record/rdata.hpp"
#include "storage/record/tokens.hpp"
#include "storage/text/base_encoding.hpp"

namespace dnshist {

bool read_resume_point(std::string_view digits, ResumePoint& point) noexcept {
    if (!digits.starts_with(resume_mark)) return false;
    digits.remove_prefix(1);
    Rdata octets;
    return std::ranges::none_of(digits, is_blank) && read_base32hex(digits, octets) &&
           !octets.octets().empty() && point.append(octets.octets());
}

std::uint8_t room_for_place(std::size_t name_octets) noexcept {
    constexpr std::size_t paging = 24;  // page-1234567 and limit-99
    constexpr std::size_t useful = 32;
    constexpr std::size_t before_digits = 7;  // a length octet, from- and the mark
    std::size_t room = max_name_octets - std::min<std::size_t>(name_octets, max_name_octets);
    if (room >= paging + useful) room -= paging;
    constexpr std::size_t whole_label = 1 + max_label_octets;
    std::size_t octets = room / whole_label * place_octets_in_label;
    const std::size_t rest = room % whole_label;
    if (rest > before_digits) octets += (rest - before_digits) * 5 / 8;
    return static_cast<std::uint8_t>(std::min(octets, max_resume_octets));
}

void write_resume_point(TextWriter& out, Octets octets) noexcept {
    std::array<char, 2 * max_resume_octets> room;
    TextWriter digits(room);
    write_base32hex(digits, octets);
    out.put(resume_mark);
    for (const char digit : digits.text())
        out.put(static_cast<char>(to_lower(static_cast<std::uint8_t>(digit))));
}

}  // namespace dnshist
