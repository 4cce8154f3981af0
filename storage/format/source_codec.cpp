#include "storage/format/source_codec.hpp"

#include "storage/base/text_codec.hpp"

namespace dnshist {

namespace {

// source    := sensor_id origin bailiwick
// sensor_id := length:varint octet*            (origin likewise)
// bailiwick := 'n'                             none was given
//            | 'l' labels:u8                   the last `labels` labels of the owner
//            | 'o' octet*                      another text, as it was given
enum Bailiwick : char { none = 'n', of_owner = 'l', other = 'o' };

}  // namespace

void EncodableSource::assign(const Source& source) {
    source_ = source;
    bailiwick_.reset();
    if (source.bailiwick.empty()) return;
    if (const auto bailiwick = Name::from_text(source.bailiwick)) {
        bailiwick_ = bailiwick->key();
        labels_ = bailiwick->label_count();
    }
}

void EncodableSource::encode(std::string& out, bool holds_owner) const {
    out.clear();
    append_text(out, source_.sensor_id);
    append_text(out, source_.origin);
    if (source_.bailiwick.empty()) {
        out.push_back(none);
    } else if (holds_owner) {
        out.push_back(of_owner);
        out.push_back(static_cast<char>(labels_));
    } else {
        out.push_back(other);
        out.append(source_.bailiwick);
    }
}

void encode_source(std::string& out, const Source& source, Octets owner_key) {
    EncodableSource encodable;
    encodable.assign(source);
    encodable.encode(out, encodable.holds(owner_key));
}

namespace {

std::optional<Source> read_source(OctetReader& in) {
    auto sensor_id = read_text(in);
    auto origin = read_text(in);
    if (!sensor_id || !origin) return std::nullopt;
    return Source{std::move(*sensor_id), std::move(*origin), {}};
}

}  // namespace

std::optional<Source> decode_source(Octets encoded) {
    OctetReader in(encoded);
    return read_source(in);
}

std::optional<Source> decode_source(Octets encoded, Octets owner_key) {
    OctetReader in(encoded);
    auto read = read_source(in);
    const auto kind = in.u8();
    if (!read || !kind) return std::nullopt;
    Source& source = *read;
    if (*kind == other) {
        source.bailiwick = as_text(in.rest());
    } else if (*kind == of_owner) {
        const auto labels = in.u8();
        const auto owner = Name::from_key(owner_key);
        if (!labels || !owner || *labels > owner->label_count()) return std::nullopt;
        source.bailiwick = owner->parent(owner->label_count() - *labels).text();
    } else if (*kind != none) {
        return std::nullopt;
    }
    return read;
}

}  // namespace dnshist
