#include "storage/record/line/record_line.hpp"

#include "storage/record/name.hpp"
#include "storage/record/rdata.hpp"

namespace dnshist {

namespace {

void write_type_and_rdata(TextWriter& out, Rrtype type, Octets rdata) {
    out.put(' ');
    write_rrtype(out, type);
    out.put(' ');
    write_rdata(out, type, rdata);
}

}  // namespace

void write_count(TextWriter& out, std::optional<std::uint64_t> count) {
    if (count) {
        out.put_decimal(*count);
    } else {
        out.put('-');
    }
}

void write_line(TextWriter& out, Period seen, std::optional<std::uint64_t> count,
                std::string_view owner, Rrtype type, Octets rdata) {
    write_time(out, seen.begin);
    out.put(' ');
    write_time(out, seen.end);
    out.put(' ');
    write_count(out, count);
    out.put(' ');
    out.put(owner);
    write_type_and_rdata(out, type, rdata);
}

void write_record(TextWriter& out, Octets owner_key, Rrtype type, Octets rdata) {
    write_key_name(out, owner_key);
    write_type_and_rdata(out, type, rdata);
}

}  // namespace dnshist
