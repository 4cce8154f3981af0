#include "storage/tablet/tablet_head.hpp"

#include <algorithm>
#include <array>

#include "storage/base/hex.hpp"
#include "storage/base/text_codec.hpp"

namespace dnshist {

const TabletMark* TabletHead::mark_of(std::uint8_t lane) const noexcept {
    const auto found = std::ranges::find(marks, lane, &TabletMark::lane);
    return found == marks.end() ? nullptr : &*found;
}

void TabletHead::set_mark(const TabletMark& mark) {
    const auto found = std::ranges::find(marks, mark.lane, &TabletMark::lane);
    if (found == marks.end()) {
        marks.push_back(mark);
    } else {
        *found = mark;
    }
}

std::string encode_head(const TabletHead& head) {
    std::string out;
    append_varint(out, head.version);
    out.push_back(static_cast<char>(head.space));
    append_text(out, head.lower);
    append_text(out, head.upper);
    append_varint(out, head.right);
    append_varint(out, head.octets);
    for (const TabletMark& mark : head.marks) {
        out.push_back(static_cast<char>(mark.lane));
        append_varint(out, mark.seq);
        append_varint(out, mark.counts.records);
        append_varint(out, mark.counts.merged);
        append_varint(out, mark.counts.names);
    }
    return out;
}

std::optional<TabletHead> decode_head(std::string_view octets) {
    OctetReader in(as_octets(octets));
    TabletHead head;
    const auto version = in.varint();
    const auto space = in.u8();
    auto lower = read_text(in);
    auto upper = lower ? read_text(in) : std::nullopt;
    const auto right = in.varint();
    const auto size = in.varint();
    if (!version || !space || !upper || !right || !size || (*space != 'n' && *space != 'p')) {
        return std::nullopt;
    }
    head.version = *version;
    head.space = TabletSpace{static_cast<char>(*space)};
    head.lower = std::move(*lower);
    head.upper = std::move(*upper);
    head.right = *right;
    head.octets = *size;
    while (!in.at_end()) {
        const auto lane = in.u8();
        const auto seq = in.varint();
        const auto records = in.varint();
        const auto merged = in.varint();
        const auto names = in.varint();
        if (!lane || !seq || !records || !merged || !names) return std::nullopt;
        head.marks.push_back({*lane, *seq, {*records, *merged, *names, 0, 0}});
    }
    return head;
}

std::string tablet_object(std::uint64_t id) {
    std::string name = "t";
    for (int shift = 60; shift >= 0; shift -= 4)
        name.push_back(hex_digits[id >> shift & 15]);
    return name;
}

}  // namespace dnshist
