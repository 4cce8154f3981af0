#include "zonegen/import/unread_format.hpp"

#include <algorithm>
#include <array>

#include "zonegen/feed/feed.hpp"

namespace dnshist::zonegen {

namespace {

using namespace std::string_view_literals;

bool has(std::string_view head, std::string_view text) noexcept {
    return head.find(text) != std::string_view::npos;
}

bool is_utf16(std::string_view head) noexcept {
    return head.starts_with("\xff\xfe"sv) || head.starts_with("\xfe\xff"sv);
}

bool is_nmsg(std::string_view head) noexcept {
    return head.starts_with("NMSG"sv);
}

// An array of CBOR, of definite length or not, whose first member is this text (RFC 8618, section
// 7.3).
bool is_c_dns(std::string_view head) noexcept {
    return head.starts_with(
               "\x83\x65"
               "C-DNS"sv) ||
           head.starts_with(
               "\x9f\x65"
               "C-DNS"sv);
}

bool is_cache_dump(std::string_view head) noexcept {
    return head.starts_with("$DATE "sv) || has(head, "\n$DATE "sv);
}

bool is_dnsdbq_text(std::string_view head) noexcept {
    return head.starts_with(";;"sv) && has(head, "record times: "sv);
}

// The names of columns, one of which is that of COF.
bool is_csv(std::string_view head) noexcept {
    const std::string_view line = head.substr(0, head.find('\n'));
    const auto is_of_names = [](char c) {
        return (c >= 'a' && c <= 'z') || c == '_' || c == ',' || c == '"' || c == '\r';
    };
    return has(line, ","sv) && has(line, "rrname"sv) && std::ranges::all_of(line, is_of_names);
}

bool is_dns_collector(std::string_view head) noexcept {
    return has(head, "\"dnstap.operation\""sv) ||
           (has(head, "\"dnstap\""sv) && has(head, "\"resource-records\""sv));
}

struct UnreadFormat {
    bool (*is)(std::string_view head) noexcept;
    std::string_view what;
};

constexpr std::array unread_formats = {
    UnreadFormat{is_utf16,
                 "text in UTF-16, which is not read: convert it to UTF-8 with iconv -f "
                 "UTF-16 -t UTF-8"},
    UnreadFormat{is_nmsg,
                 "NMSG, which is not read: nmsgtool -r FILE -J - writes it as JSON, which "
                 "is"},
    UnreadFormat{is_c_dns,
                 "C-DNS (RFC 8618), which is not read: the program inspector of "
                 "dns-stats compactor writes it as pcap, which is"},
    UnreadFormat{is_cache_dump,
                 "a dump of a resolver's cache, which is no zone and is not read: "
                 "rndc dumpdb -zones writes the zones alone, and by dnstap the "
                 "resolver sends what it learns"},
    UnreadFormat{is_dnsdbq_text,
                 "the text of dnsdbq, which is not read: dnsdbq -j writes JSON, "
                 "which is"},
    UnreadFormat{is_csv,
                 "CSV, which is not read: mlr --icsv --ojsonl cat FILE writes it as JSON, "
                 "which is"},
    UnreadFormat{is_dns_collector,
                 "the JSON of DNS-collector, which is not read: its logger "
                 "dnstapclient sends dnstap, which dnshist-zonegen listen reads"},
};

}  // namespace

std::optional<std::string_view> unread_format_of(std::string_view head) noexcept {
    head = without_byte_order_mark(head);
    const auto* const found = std::ranges::find_if(
        unread_formats, [head](const UnreadFormat& format) { return format.is(head); });
    if (found == unread_formats.end()) return std::nullopt;
    return found->what;
}

}  // namespace dnshist::zonegen
