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

void write_resume_point(TextWriter& out, Octets octets) noexcept {
    std::array<char, 2 * max_resume_octets> room;
    TextWriter digits(room);
    write_base32hex(digits, octets);
    out.put(resume_mark);
    for (const char digit : digits.text())
        out.put(static_cast<char>(to_lower(static_cast<std::uint8_t>(digit))));
}

}  // namespace dnshist
