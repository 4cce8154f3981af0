#include "zonegen/import/foreign_format.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "storage/text/characters.hpp"
#include "zonegen/feed/feed.hpp"
#include "zonegen/import/feed_format.hpp"

namespace dnshist::zonegen {

namespace {

using namespace std::string_view_literals;

struct Foreign {
    std::string_view magic;  // the first octets
    std::string_view what;
    std::string_view way_out;
};

constexpr std::string_view unpack = "unpack it and import the files in it";
constexpr std::string_view decompress = "decompress it first; gzip, zstd, bzip2 and xz are read";
constexpr std::string_view to_utf8 = "convert it: iconv -t UTF-8";
constexpr std::string_view to_pcap =
    "the program inspector of dns-stats compactor writes it as pcap, which is";

constexpr std::array<Foreign, 21> containers = {{
    {"PK\x03\x04"sv, "a zip archive", unpack},
    {"PK\x05\x06"sv, "a zip archive without files", unpack},
    {"7z\xbc\xaf\x27\x1c"sv, "a 7z archive", unpack},
    {"Rar!\x1a\x07"sv, "a rar archive", unpack},
    {"!<arch>\n"sv, "an ar archive", unpack},
    {"070701"sv, "a cpio archive", unpack},
    {"\x04\x22\x4d\x18"sv, "compressed with lz4", decompress},
    {"\x02\x21\x4c\x18"sv, "compressed with lz4", decompress},
    {"\x1f\x9d"sv, "compressed with compress (.Z)", decompress},
    {"LZIP"sv, "compressed with lzip", decompress},
    {"\x89LZO\0"sv, "compressed with lzop", decompress},
    {"\xff\x06\0\0sNaPpY"sv, "compressed with snappy", decompress},
    {"\xff\xfe\0\0"sv, "text in UTF-32", to_utf8},
    {"\0\0\xfe\xff"sv, "text in UTF-32", to_utf8},
    {"\xff\xfe"sv, "text in UTF-16", to_utf8},
    {"\xfe\xff"sv, "text in UTF-16", to_utf8},
    {"NMSG"sv, "NMSG", "nmsgtool -r FILE -J - writes it as JSON, which is"},
    // An array of CBOR, of definite length or not (RFC 8618, section 7.3).
    {"\x83\x65"
     "C-DNS"sv,
     "C-DNS (RFC 8618)", to_pcap},
    {"\x9f\x65"
     "C-DNS"sv,
     "C-DNS (RFC 8618)", to_pcap},
    {"PAR1"sv, "Parquet", "export it as COF"},
    {"SQLite format 3\0"sv, "an SQLite database", "export it as COF"},
}};

std::string text_of(const Foreign& foreign) {
    std::string text = "this is ";
    text += foreign.what;
    text += ", which is not read here; ";
    text += foreign.way_out;
    return text;
}

template <class Table>
std::optional<std::string> named(const Table& table, std::string_view head) {
    const auto found = std::ranges::find_if(
        table, [head](const Foreign& foreign) { return head.starts_with(foreign.magic); });
    if (found == table.end()) return std::nullopt;
    return text_of(*found);
}

// A tar archive begins with a header that has the sum of its octets, in octal (POSIX.1, pax).
bool is_tar(std::string_view head) noexcept {
    constexpr std::size_t header_octets = 512;
    constexpr std::size_t sum_at = 148;
    constexpr std::size_t sum_octets = 8;
    if (head.size() < header_octets) return false;
    std::string_view digits = head.substr(sum_at, sum_octets);
    digits.remove_prefix(std::min(digits.find_first_not_of(' '), digits.size()));
    unsigned wanted = 0;
    if (std::from_chars(digits.data(), digits.data() + digits.size(), wanted, 8).ec !=
        std::errc{}) {
        return false;
    }
    unsigned sum = sum_octets * ' ';
    for (std::size_t i = 0; i < header_octets; ++i) {
        if (i < sum_at || i >= sum_at + sum_octets) sum += static_cast<std::uint8_t>(head[i]);
    }
    return sum == wanted;
}

// The old format of LZMA has no magic: properties, the size of the dictionary (a power of two, or
// one and a half), and that of the content or all ones.
bool is_lzma(std::string_view head) noexcept {
    constexpr std::size_t header_octets = 13;
    if (head.size() < header_octets || !head.starts_with("\x5d\0\0"sv)) return false;
    const std::string_view size = head.substr(5, 8);
    return size == "\xff\xff\xff\xff\xff\xff\xff\xff"sv || size.ends_with("\0\0\0"sv);
}

// Text without a byte order mark in which each second octet is zero.
bool is_utf16(std::string_view head) noexcept {
    if (head.size() < 4) return false;
    for (const std::size_t zero : {std::size_t{0}, std::size_t{1}}) {
        bool fits = true;
        for (std::size_t i = 0; i < std::min<std::size_t>(head.size(), 32); ++i)
            fits = fits && (head[i] == '\0') == (i % 2 == zero);
        if (fits) return true;
    }
    return false;
}

std::string_view first_line(std::string_view head) noexcept {
    return head.substr(0, head.find('\n'));
}

bool is_cache_dump(std::string_view head) noexcept {
    return head.starts_with("$DATE ") || contains(head, "\n$DATE ");
}

bool is_dnsdbq_text(std::string_view head) noexcept {
    return head.starts_with(";;") &&
           (contains(head, "record times: ") || contains(head, "bailiwick: "));
}

bool is_dns_collector(std::string_view head) noexcept {
    return contains(head, "\"dnstap.operation\"") ||
           (contains(head, "\"dnstap\"") && contains(head, "\"resource-records\""));
}

// Whether the first line has names of columns with two such separators between them, or more.
bool has_columns(std::string_view head, char separator) noexcept {
    const std::string_view line = first_line(head);
    const auto is_of_names = [separator](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == separator || c == '"' || c == '\r';
    };
    return std::ranges::count(line, separator) >= 2 && std::ranges::all_of(line, is_of_names);
}

bool is_csv(std::string_view head) noexcept {
    return has_columns(head, ',');
}

bool is_csv_of_semicolons(std::string_view head) noexcept {
    return has_columns(head, ';');
}

// A zone file may have tabs between plain words too.
bool is_whois_of_tabs(std::string_view head) noexcept {
    return has_columns(head, '\t') &&
           (contains(head, "domainName") || contains(head, "domain_name"));
}

bool is_markup(std::string_view head) noexcept {
    // Syslog has a number there.
    constexpr std::string_view numbers = "0123456789";
    return head.size() > 1 && head[0] == '<' && numbers.find(head[1]) == std::string_view::npos;
}

bool is_pdf(std::string_view head) noexcept {
    return head.starts_with("%PDF");
}

// Text, which could be taken for a format that is read.
struct ForeignText {
    bool (*is)(std::string_view head) noexcept;
    std::string_view what;
    std::string_view way_out;
};

constexpr std::array<ForeignText, 8> foreign_texts = {{
    {is_cache_dump, "a dump of a resolver's cache",
     "rndc dumpdb -zones writes the zones alone, and by dnstap the resolver sends what it learns"},
    {is_dnsdbq_text, "what dnsdbq writes for people", "dnsdbq -j writes JSON, which is"},
    {is_dns_collector, "the JSON of DNS-collector",
     "its logger dnstapclient sends dnstap, which dnshist-zonegen listen reads"},
    {is_csv, "CSV, by its first line", "mlr --icsv --ojsonl cat FILE writes it as JSON, which is"},
    {is_csv_of_semicolons, "CSV with ';' between its columns",
     "between the columns of registrations is a ',': mlr --icsv --ifs ';' --ocsv cat FILE writes "
     "that"},
    {is_whois_of_tabs, "CSV with tabs between its columns",
     "between the columns of registrations is a ',': mlr --icsv --ifs tab --ocsv cat FILE writes "
     "that"},
    {is_markup, "HTML or XML, perhaps the error of a download", "look into it"},
    {is_pdf, "a PDF", "look for the data that it was made from"},
}};

}  // namespace

std::optional<std::string> container_of(std::string_view head) {
    if (is_tar(head)) return text_of({{}, "a tar archive", unpack});
    if (is_lzma(head)) return text_of({{}, "compressed with LZMA (.lzma)", decompress});
    if (is_utf16(head)) return text_of({{}, "text in UTF-16", to_utf8});
    const auto* const found = std::ranges::find_if(
        containers, [head](const Foreign& each) { return head.starts_with(each.magic); });
    return found == containers.end() ? std::nullopt : std::optional(text_of(*found));
}

std::optional<std::string> foreign_text_of(std::string_view head) {
    head = without_byte_order_mark(head);
    const auto* const found = std::ranges::find_if(
        foreign_texts, [head](const ForeignText& each) { return each.is(head); });
    if (found == foreign_texts.end()) return std::nullopt;
    return text_of({{}, found->what, found->way_out});
}

std::string unknown_format_text(std::string_view head) {
    if (consists_of(head, blanks)) {
        return "no record in it, it is empty (with --format that is no failure)";
    }
    if (const auto text = foreign_text_of(head)) return *text;
    return "not in a format that is known here (" + feed_format_names() +
           "); --format reads it as one all the same";
}

}  // namespace dnshist::zonegen
