#include "storage/line.hpp"

#include "storage/name.hpp"
#include "storage/rdata.hpp"

namespace dnshist {

void write_line(TextWriter& out, Period seen, std::uint64_t count, Octets owner_key, Rrtype type,
                Octets rdata) {
    write_time(out, seen.begin);
    out.put(' ');
    write_time(out, seen.end);
    out.put(' ');
    out.put_decimal(count);
    out.put(' ');
    write_record(out, owner_key, type, rdata);
}

void write_record(TextWriter& out, Octets owner_key, Rrtype type, Octets rdata) {
    write_key_name(out, owner_key);
    out.put(' ');
    write_rrtype(out, type);
    out.put(' ');
    write_rdata(out, type, rdata);
}

}  // namespace dnshist
