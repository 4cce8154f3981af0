#include "responder/page/page_files.hpp"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "storage/base/hex.hpp"

// The assembler takes the files in; PAGE_BUNDLE and PAGE_GZIPPED are the folders that CMake knows.
#define DNSHIST_TAKE_IN(symbol, file) \
    asm(".pushsection .rodata\n"      \
        "dnshist_page_" symbol        \
        "_begin:\n"                   \
        ".incbin \"" file             \
        "\"\n"                        \
        "dnshist_page_" symbol        \
        "_end:\n"                     \
        ".byte 0\n"                   \
        ".popsection\n")
#define DNSHIST_DECLARE(symbol)                                                     \
    extern const std::uint8_t symbol##_begin asm("dnshist_page_" #symbol "_begin"); \
    extern const std::uint8_t symbol##_end asm("dnshist_page_" #symbol "_end")

DNSHIST_TAKE_IN("html", PAGE_BUNDLE "/index.html");
DNSHIST_TAKE_IN("start", PAGE_BUNDLE "/start.js");
DNSHIST_TAKE_IN("script", PAGE_BUNDLE "/page.js");
DNSHIST_TAKE_IN("style", PAGE_BUNDLE "/page.css");
DNSHIST_TAKE_IN("icon", PAGE_BUNDLE "/page.svg");
DNSHIST_TAKE_IN("html_gz", PAGE_GZIPPED "/index.html.gz");
DNSHIST_TAKE_IN("start_gz", PAGE_GZIPPED "/start.js.gz");
DNSHIST_TAKE_IN("script_gz", PAGE_GZIPPED "/page.js.gz");
DNSHIST_TAKE_IN("style_gz", PAGE_GZIPPED "/page.css.gz");
DNSHIST_TAKE_IN("icon_gz", PAGE_GZIPPED "/page.svg.gz");

namespace dnshist::responder {

// Not within a nameless namespace, where clang would look for them in this file.
namespace page_bundle {

DNSHIST_DECLARE(html);
DNSHIST_DECLARE(start);
DNSHIST_DECLARE(script);
DNSHIST_DECLARE(style);
DNSHIST_DECLARE(icon);
DNSHIST_DECLARE(html_gz);
DNSHIST_DECLARE(start_gz);
DNSHIST_DECLARE(script_gz);
DNSHIST_DECLARE(style_gz);
DNSHIST_DECLARE(icon_gz);

}  // namespace page_bundle

namespace {

using namespace page_bundle;

Octets between(const std::uint8_t& begin, const std::uint8_t& end) {
    return {&begin, &end};
}

std::string quoted_hex(std::uint64_t number) {
    std::string text = "\"";
    for (int shift = 60; shift >= 0; shift -= 4)
        text += hex_digits[(number >> shift) & 15];
    return text + '"';
}

struct Files {
    std::array<PageFile, 5> files{{
        {"/",
         "text/html; charset=utf-8",
         between(html_begin, html_end),
         between(html_gz_begin, html_gz_end),
         {}},
        {"/start.js",
         "text/javascript; charset=utf-8",
         between(start_begin, start_end),
         between(start_gz_begin, start_gz_end),
         {}},
        {"/page.js",
         "text/javascript; charset=utf-8",
         between(script_begin, script_end),
         between(script_gz_begin, script_gz_end),
         {}},
        {"/page.css",
         "text/css; charset=utf-8",
         between(style_begin, style_end),
         between(style_gz_begin, style_gz_end),
         {}},
        {"/page.svg",
         "image/svg+xml",
         between(icon_begin, icon_end),
         between(icon_gz_begin, icon_gz_end),
         {}},
    }};
    std::array<std::string, 5> etags;

    Files() {
        for (std::size_t at = 0; at < files.size(); ++at) {
            const Octets octets = files[at].octets;
            etags[at] = quoted_hex(XXH3_64bits(octets.data(), octets.size()));
            files[at].etag = etags[at];
        }
    }
};

}  // namespace

const PageFile* find_page_file(std::string_view path) {
    static const Files known;
    const auto* const file = std::ranges::find(known.files, path, &PageFile::path);
    return file == known.files.end() ? nullptr : file;
}

}  // namespace dnshist::responder
