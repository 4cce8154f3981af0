#include "zonegen/export/zone_writer.hpp"

#include <array>

#include "storage/base/text_writer.hpp"
#include "storage/record/labels.hpp"
#include "storage/text/escape.hpp"

namespace dnshist::zonegen {

namespace {

constexpr std::size_t max_string_octets = 255;
constexpr std::size_t max_escape = 4;  // characters for one octet

// Only letters, digits, '-' and '_' are not escaped: readers of master files differ in what else
// they accept without a backslash.
void append_label(std::string& out, Octets label) {
    for (const std::uint8_t octet : label) {
        const char c = static_cast<char>(octet);
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_') {
            out += c;
        } else if (c > ' ' && c <= '~') {
            out += '\\';
            out += c;
        } else {
            std::array<char, max_escape> room;
            TextWriter escaped(room);
            write_decimal_escape(escaped, octet);
            out += escaped.text();
        }
    }
}

void append_number(std::string& out, std::uint32_t number) {
    out += ' ';
    out += std::to_string(number);
}

}  // namespace

ZoneWriter::ZoneWriter(std::FILE* out, const Name& zone, std::uint32_t ttl)
    : output_(out), zone_(zone), zone_text_(zone.text()), ttl_(ttl) {}

void ZoneWriter::end_line() {
    octets_ += output_.text().size() - line_begin_ + 1;
    if (!output_.end_line()) no_reader_ = true;
    line_begin_ = output_.text().size();
}

void ZoneWriter::flush() {
    if (!output_.flush()) no_reader_ = true;
    line_begin_ = 0;
}

void ZoneWriter::comment(std::string_view text) {
    output_.text() += "; ";
    output_.text() += text;
    end_line();
}

void ZoneWriter::add_apex(const SoaTimers& soa, std::span<const Name> name_servers) {
    std::string& out = output_.text();
    out += "$ORIGIN ";
    out += zone_text_;
    end_line();
    out += "$TTL";
    append_number(out, ttl_);
    end_line();

    out += '@';
    append_number(out, soa.minimum);
    out += " IN SOA ";
    out += zone_text_;
    out += ' ';
    out += hostmaster;
    out += '.';
    if (zone_.label_count() > 0) out += zone_text_;
    for (const std::uint32_t number :
         {soa.serial, soa.refresh, soa.retry, soa.expire, soa.minimum}) {
        append_number(out, number);
    }
    end_line();
    for (const Name& server : name_servers) {
        out += "@ IN NS ";
        out += server.text();
        end_line();
    }
    last_owner_ = zone_;
    ++names_;
    records_ += 1 + name_servers.size();
}

// Relative to the origin; omitted where it is that of the record before.
void ZoneWriter::put_owner(const Name& owner) {
    if (owner == last_owner_) return;
    last_owner_ = owner;
    ++names_;
    Labels labels(owner.wire().first(owner.wire().size() - zone_.wire().size()));
    if (labels.rest().empty()) output_.text() += '@';
    while (const auto label = labels.next()) {
        append_label(output_.text(), as_octets(*label));
        if (!labels.rest().empty()) output_.text() += '.';
    }
}

void ZoneWriter::add_txt(const Name& owner, std::string_view text) {
    put_owner(owner);
    std::string& out = output_.text();
    out += "\tTXT";
    do {
        const std::string_view string = text.substr(0, max_string_octets);
        std::array<char, max_escape * max_string_octets> room;
        TextWriter escaped(room);
        write_escaped(escaped, as_octets(string), Escaping::quoted);
        out += " \"";
        out += escaped.text();
        out += '"';
        text.remove_prefix(string.size());
    } while (!text.empty());
    end_line();
    ++records_;
}

}  // namespace dnshist::zonegen
