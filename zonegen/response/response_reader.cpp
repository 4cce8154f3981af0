#include "zonegen/response/response_reader.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "storage/record/compressed_name.hpp"
#include "storage/record/rdata_fields.hpp"

namespace dnshist::zonegen {

namespace {

using Section = Response::Section;

// Expands the name at the position of `in`, which reads the message from `offset` on, to lower
// case, and advances `in` behind it.
bool take_name(Octets message, std::size_t offset, OctetReader& in, ExpandedName& name) noexcept {
    if (!expand_name(message, offset + in.position(), name)) return false;
    copy_lower(name.wire.data(), name.wire.size(), name.wire.data());
    return in.octets(name.sent).has_value();
}

// The octets that a pointer at the front leads to, from the start of the message; 0 if there is
// none.
std::size_t pointer_target(Octets octets) noexcept {
    if (octets.size() < 2 || (octets[0] & 0xc0U) != 0xc0U) return 0;
    return get_u16(octets.data()) & 0x3fffU;
}

constexpr bool is_name(Field field) noexcept {
    return field == Field::name || field == Field::names;
}

// Which names the RDATA of a type has.
enum class NamesInside : std::uint8_t {
    none,
    fields,     // fields of their own, which may be compressed
    in_fields,  // within others, never compressed
};
NamesInside names_inside(const Layout* layout) noexcept {
    if (layout == nullptr) return NamesInside::none;
    for (const Field field : layout->fields) {
        if (field == Field::none) break;
        if (is_name(field)) return NamesInside::fields;
        if (field == Field::gateway || field == Field::relay || field == Field::chain) {
            return NamesInside::in_fields;
        }
    }
    return NamesInside::none;
}

constexpr std::size_t max_names_inside = std::tuple_size_v<decltype(detail::NameSpans::spans)>;

// Writes the canonical form of RDATA that begins at `offset` of the message: with its names
// expanded. False if it is not valid for its type.
bool expand_rdata(Octets message, Octets rdata, std::size_t offset, const Layout& layout,
                  Rdata& out) noexcept {
    out.clear();
    OctetReader in(rdata);
    ExpandedName name;
    std::size_t names = 0;
    for (const Field field : layout.fields) {
        if (field == Field::none) break;
        if (!is_name(field)) {
            const auto taken = take_field(field, in);
            if (!taken || !out.append(*taken)) return false;
            continue;
        }
        if (field == Field::names && in.at_end()) break;
        do {
            if (++names > max_names_inside || !take_name(message, offset, in, name) ||
                !out.append(name.wire.octets())) {
                return false;
            }
        } while (field == Field::names && !in.at_end());
    }
    return in.at_end();
}

constexpr std::string_view section_text(Section section) noexcept {
    switch (section) {
        case Section::answer:
            return "answer";
        case Section::authority:
            return "authority";
        case Section::additional:
            return "additional";
    }
    return {};
}

Problem malformed_record(Section section, unsigned number) {
    std::string text = "record ";
    text += std::to_string(number);
    text += " of the ";
    text += section_text(section);
    text += " section cannot be read";
    return {std::move(text)};
}

void set_flags(Response& response, std::uint16_t flags) noexcept {
    response.is_response = (flags & 0x8000U) != 0;
    response.opcode = static_cast<std::uint8_t>(flags >> 11U & 0xfU);
    response.authoritative = (flags & 0x0400U) != 0;
    response.truncated = (flags & 0x0200U) != 0;
    response.recursion_desired = (flags & 0x0100U) != 0;
    response.recursion_available = (flags & 0x0080U) != 0;
    response.rcode = flags & 0xfU;
}

}  // namespace

Result<Response> ResponseReader::read(Octets message, bool multicast) {
    message_ = message;
    class_bits_ = multicast ? 0x7fff : 0xffff;
    octets_.clear();
    records_.clear();
    slices_.clear();
    known_names_ = {};

    OctetReader in(message);
    Response response;
    if (in.remaining() < message_header_octets) return Problem{"shorter than a header"};
    // The size was checked, so every field is there.
    response.id = in.u16().value_or(0);
    set_flags(response, in.u16().value_or(0));
    const unsigned questions = in.u16().value_or(0);
    std::array<unsigned, 3> counts{};
    for (unsigned& count : counts)
        count = in.u16().value_or(0);

    if (!read_questions(in, questions, response)) return Problem{"the question cannot be read"};
    bool cut = false;
    for (const Section section : {Section::answer, Section::authority, Section::additional}) {
        const unsigned count = counts[static_cast<std::size_t>(section)];
        for (unsigned number = 1; number <= count && !cut; ++number) {
            Response::Record record;
            record.section = section;
            if (read_record(in, record)) {
                records_.push_back(record);
            } else if (response.truncated) {
                cut = true;
            } else {
                return malformed_record(section, number);
            }
        }
    }
    if (!cut) response.left_over = in.remaining();

    // octets_ is complete, so views of it stay valid.
    for (std::size_t i = 0; i < records_.size(); ++i) {
        Response::Record& record = records_[i];
        record.owner = at(slices_[i].owner);
        record.rdata = at(slices_[i].rdata);
        if (record.type == Rrtype::OPT && record.section == Section::additional) {
            response.rcode =
                static_cast<std::uint16_t>(record.ttl >> 24U << 4U | (response.rcode & 0xfU));
        }
    }
    if (response.question) response.question->name = at(question_);
    response.records = records_;
    return response;
}

ResponseReader::Slice ResponseReader::keep(Octets octets) {
    const Slice slice{Slice::Of::kept, octets_.size(), octets.size()};
    octets_.insert(octets_.end(), octets.begin(), octets.end());
    return slice;
}

bool ResponseReader::read_questions(OctetReader& in, unsigned count, Response& response) {
    for (unsigned i = 0; i < count; ++i) {
        const std::size_t begin = in.position();
        const Octets all = in.rest();
        ExpandedName name;
        if (!take_name(message_, 0, in, name)) return false;
        const auto type = in.u16();
        const auto rrclass = in.u16();
        if (!type || !rrclass) return false;
        if (count != 1) continue;
        question_ = keep(name.wire.octets());
        known_names_.question = {begin, question_};
        // No name precedes the first one, so it has no pointer and is sent in full.
        response.question.emplace(
            Response::Question{{}, all.first(name.sent), Rrtype{*type}, class_of(*rrclass)});
    }
    return true;
}

// Most owners are a pointer to QNAME, or to the owner of a record before.
std::optional<ResponseReader::Slice> ResponseReader::take_owner(OctetReader& in) {
    const std::size_t begin = in.position();
    if (const std::size_t target = pointer_target(in.rest()); target != 0) {
        for (const KnownName& known : {known_names_.question, known_names_.owner}) {
            if (known.begin != target) continue;
            static_cast<void>(in.u16());
            return known.expanded;
        }
    }
    ExpandedName name;
    if (!take_name(message_, 0, in, name)) return std::nullopt;
    known_names_.owner = {begin, keep(name.wire.octets())};
    return known_names_.owner.expanded;
}

bool ResponseReader::read_record(OctetReader& in, Response::Record& record) {
    const auto owner = take_owner(in);
    if (!owner) return false;
    const auto type = in.u16();
    const auto rrclass = in.u16();
    const auto ttl = in.u32();
    const auto length = in.u16();
    if (!type || !rrclass || !ttl || !length) return false;
    const std::size_t offset = in.position();
    const auto rdata = in.octets(*length);
    if (!rdata) return false;

    record.type = Rrtype{*type};
    record.rrclass = class_of(*rrclass);
    record.ttl = *ttl;
    const Slice sent{Slice::Of::message, offset, rdata->size()};
    const auto canonical = read_rdata(record, *rdata, sent);
    record.valid = canonical.has_value();
    slices_.push_back({*owner, canonical.value_or(sent)});
    return true;
}

// The canonical form; nothing if it is not valid. RDATA without names is canonical as it was sent.
std::optional<ResponseReader::Slice> ResponseReader::read_rdata(const Response::Record& record,
                                                                Octets rdata, Slice sent) {
    if (record.rrclass != Response::class_in) return std::nullopt;
    const Layout* const layout = layout_of(record.type);
    bool valid = false;
    switch (names_inside(layout)) {
        case NamesInside::none:
            if (!is_valid_rdata(record.type, rdata)) return std::nullopt;
            return sent;
        case NamesInside::fields:
            valid = expand_rdata(message_, rdata, sent.offset, *layout, canonical_);
            break;
        case NamesInside::in_fields:
            valid = rdata_from_wire(record.type, rdata, canonical_);
            break;
    }
    if (!valid) return std::nullopt;
    return keep(canonical_.octets());
}

}  // namespace dnshist::zonegen
