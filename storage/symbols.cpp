#include "storage/symbols.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

namespace dnshist {

namespace {

using namespace std::string_view_literals;

// packed := (symbol | 255 length:octet octet{length})*        1 <= length
//
// A symbol is an index of this table. To change it is to change the format.
constexpr std::string_view symbols[] = {
    // What names are made of.
    "\000"sv,
    "\001"sv,
    "\002"sv,
    "\003"sv,
    "\004"sv,
    "\005"sv,
    "\006"sv,
    "\007"sv,
    "\010"sv,
    "\011"sv,
    "\012"sv,
    "\013"sv,
    "\014"sv,
    "\015"sv,
    "\016"sv,
    "\017"sv,
    "\020"sv,
    "\021"sv,
    "\022"sv,
    "\023"sv,
    "\024"sv,
    " "sv,
    "\""sv,
    "-"sv,
    "."sv,
    "0"sv,
    "1"sv,
    "2"sv,
    "3"sv,
    "4"sv,
    "5"sv,
    "6"sv,
    "7"sv,
    "8"sv,
    "9"sv,
    "="sv,
    "_"sv,
    "a"sv,
    "b"sv,
    "c"sv,
    "d"sv,
    "e"sv,
    "f"sv,
    "g"sv,
    "h"sv,
    "i"sv,
    "j"sv,
    "k"sv,
    "l"sv,
    "m"sv,
    "n"sv,
    "o"sv,
    "p"sv,
    "q"sv,
    "r"sv,
    "s"sv,
    "t"sv,
    "u"sv,
    "v"sv,
    "w"sv,
    "x"sv,
    "y"sv,
    "z"sv,
    // Runs of letters.
    "aa"sv,
    "ab"sv,
    "ac"sv,
    "ad"sv,
    "al"sv,
    "am"sv,
    "an"sv,
    "ar"sv,
    "as"sv,
    "at"sv,
    "ba"sv,
    "be"sv,
    "bi"sv,
    "bl"sv,
    "bo"sv,
    "ca"sv,
    "ce"sv,
    "ch"sv,
    "ci"sv,
    "ck"sv,
    "co"sv,
    "cr"sv,
    "ct"sv,
    "de"sv,
    "di"sv,
    "do"sv,
    "ea"sv,
    "ec"sv,
    "ed"sv,
    "el"sv,
    "en"sv,
    "er"sv,
    "es"sv,
    "et"sv,
    "ex"sv,
    "fi"sv,
    "fo"sv,
    "ga"sv,
    "ge"sv,
    "gi"sv,
    "gr"sv,
    "ha"sv,
    "he"sv,
    "hi"sv,
    "ho"sv,
    "ic"sv,
    "ie"sv,
    "il"sv,
    "im"sv,
    "in"sv,
    "is"sv,
    "it"sv,
    "ke"sv,
    "la"sv,
    "le"sv,
    "li"sv,
    "ll"sv,
    "lo"sv,
    "ly"sv,
    "ma"sv,
    "me"sv,
    "mi"sv,
    "mo"sv,
    "mp"sv,
    "na"sv,
    "nc"sv,
    "nd"sv,
    "ne"sv,
    "ng"sv,
    "ni"sv,
    "no"sv,
    "ns"sv,
    "nt"sv,
    "ol"sv,
    "on"sv,
    "or"sv,
    "pa"sv,
    "pe"sv,
    "pi"sv,
    "pl"sv,
    "po"sv,
    "pr"sv,
    "qu"sv,
    "ra"sv,
    "re"sv,
    "ri"sv,
    "ro"sv,
    "rs"sv,
    "rt"sv,
    "sa"sv,
    "sc"sv,
    "se"sv,
    "sh"sv,
    "si"sv,
    "so"sv,
    "sp"sv,
    "ss"sv,
    "st"sv,
    "su"sv,
    "ta"sv,
    "te"sv,
    "th"sv,
    "ti"sv,
    "to"sv,
    "tr"sv,
    "ts"sv,
    "ty"sv,
    "ul"sv,
    "un"sv,
    "ur"sv,
    "us"sv,
    "ut"sv,
    "ve"sv,
    "vi"sv,
    "wa"sv,
    "dns"sv,
    "ers"sv,
    "ing"sv,
    "ion"sv,
    "ous"sv,
    "ove"sv,
    "per"sv,
    "pro"sv,
    "red"sv,
    "ted"sv,
    "ter"sv,
    "ver"sv,
    "atio"sv,
    "ling"sv,
    "ment"sv,
    "ness"sv,
    "ting"sv,
    "tion"sv,
    "domain"sv,
    "verifica"sv,
    // Ends of owners with the types after them, common labels, and what TXT says.
    "\000\000"sv,
    "\000\001"sv,
    "\000\002"sv,
    "\000\005"sv,
    "\000\017"sv,
    "\000\020"sv,
    "\000\034"sv,
    "\000t"sv,
    "\000\000\001"sv,
    "\000\000\002"sv,
    "\000\000\005"sv,
    "\000\000\006"sv,
    "\000\000\014"sv,
    "\000\000\017"sv,
    "\000\000\020"sv,
    "\000\000\034"sv,
    "\002co"sv,
    "\002de"sv,
    "\002mx"sv,
    "\002ns"sv,
    "\002uk"sv,
    "ns-"sv,
    "\000\000\017\000"sv,
    "\000\017\000\012"sv,
    "\003_do"sv,
    "\003cdn"sv,
    "\003com"sv,
    "\003dns"sv,
    "\003net"sv,
    "\003ns1"sv,
    "\003ns2"sv,
    "\003org"sv,
    "\003www"sv,
    ".com"sv,
    ".net"sv,
    ".org"sv,
    "_spf"sv,
    "ip4:"sv,
    "xn--"sv,
    "\000\000\017\000\012"sv,
    "\003com\000"sv,
    "\003net\000"sv,
    "\003org\000"sv,
    "\003www\000"sv,
    "\004_spf"sv,
    "\004arpa"sv,
    "\004mail"sv,
    " -all"sv,
    " ~all"sv,
    "site-"sv,
    "tion="sv,
    "_dmarc"sv,
    "v=spf1"sv,
    "google-"sv,
    "\007in-addr"sv,
    "include:"sv,
    "v=DMARC1"sv,
};
constexpr std::size_t symbol_count = std::size(symbols);
constexpr std::uint8_t literal = 255;
static_assert(symbol_count <= literal);

// The table as the decoder reads it: each symbol in eight octets, so that one copy of fixed size
// writes it.
struct Decoder {
    std::array<std::array<std::uint8_t, max_symbol_octets>, symbol_count> octets{};
    std::array<std::uint8_t, symbol_count> lengths{};

    constexpr Decoder() {
        for (std::size_t i = 0; i < symbol_count; ++i) {
            lengths[i] = static_cast<std::uint8_t>(symbols[i].size());
            for (std::size_t k = 0; k < symbols[i].size(); ++k) {
                octets[i][k] = static_cast<std::uint8_t>(symbols[i][k]);
            }
        }
    }
};
constexpr Decoder decoder;

// The table as the encoder reads it: which symbols begin with two given octets.
class Encoder {
  public:
    Encoder() {
        singles_.fill(literal);
        pairs_.fill(Start{literal, 0, 0});
        std::array<std::uint8_t, symbol_count> order;
        for (std::size_t i = 0; i < symbol_count; ++i)
            order[i] = static_cast<std::uint8_t>(i);
        // Those that begin alike together, the longest first.
        std::sort(order.begin(), order.end(), [](std::uint8_t a, std::uint8_t b) {
            const auto beginning = [](std::uint8_t s) { return symbols[s].substr(0, 2); };
            if (beginning(a) != beginning(b)) return beginning(a) < beginning(b);
            return symbols[a].size() > symbols[b].size();
        });
        for (const std::uint8_t symbol : order)
            add(symbol);
    }

    // The longest symbol that `octets` begin with, or `literal`.
    std::uint8_t longest(Octets octets) const noexcept {
        if (octets.size() >= 2) {
            const Start& start = pairs_[pair(octets)];
            for (unsigned i = 0; i < start.longer; ++i) {
                const std::uint8_t symbol = longer_[start.first_longer + i];
                const std::string_view text = symbols[symbol];
                if (octets.size() >= text.size() &&
                    std::memcmp(octets.data(), text.data(), text.size()) == 0) {
                    return symbol;
                }
            }
            if (start.symbol != literal) return start.symbol;
        }
        return singles_[octets[0]];
    }

  private:
    // What begins with two octets: the symbol of just those, and the longer ones.
    struct Start {
        std::uint8_t symbol;
        std::uint8_t first_longer;
        std::uint8_t longer;
    };

    static std::size_t pair(Octets octets) noexcept {
        return std::size_t{octets[0]} << 8 | octets[1];
    }

    void add(std::uint8_t symbol) {
        const Octets octets = as_octets(symbols[symbol]);
        if (octets.size() == 1) {
            singles_[octets[0]] = symbol;
            return;
        }
        Start& start = pairs_[pair(octets)];
        if (octets.size() == 2) {
            start.symbol = symbol;
            return;
        }
        if (start.longer == 0) start.first_longer = static_cast<std::uint8_t>(longer_count_);
        ++start.longer;
        longer_[longer_count_++] = symbol;
    }

    std::array<std::uint8_t, 256> singles_;
    std::array<Start, 65536> pairs_;
    std::array<std::uint8_t, symbol_count> longer_;
    std::size_t longer_count_ = 0;
};

}  // namespace

void pack_symbols(Octets octets, std::vector<std::uint8_t>& out) {
    static const Encoder encoder;
    // Where the length of the literals before is in `out`; 0 while there are none.
    std::size_t run = 0;
    while (!octets.empty()) {
        const std::uint8_t symbol = encoder.longest(octets);
        if (symbol != literal) {
            out.push_back(symbol);
            octets = octets.subspan(symbols[symbol].size());
            run = 0;
            continue;
        }
        if (run == 0 || out[run] == 255) {
            out.push_back(literal);
            run = out.size();
            out.push_back(0);
        }
        ++out[run];
        out.push_back(octets[0]);
        octets = octets.subspan(1);
    }
}

std::optional<std::size_t> unpack_symbols(Octets packed, std::uint8_t* out,
                                          std::size_t room) noexcept {
    const std::uint8_t* in = packed.data();
    const std::uint8_t* const in_end = in + packed.size();
    std::uint8_t* next = out;
    std::uint8_t* const out_end = out + room;
    // Symbols follow each other without a literal most of the time, and where even the longest ones
    // would fit there is nothing to be asked but whether each is one.
    if (packed.size() * max_symbol_octets <= room) {
        for (; in < in_end && *in < symbol_count; ++in) {
            std::memcpy(next, decoder.octets[*in].data(), max_symbol_octets);
            next += decoder.lengths[*in];
        }
    }
    while (in < in_end) {
        if (out_end - next < static_cast<std::ptrdiff_t>(max_symbol_octets)) return std::nullopt;
        const std::uint8_t symbol = *in++;
        if (symbol < symbol_count) {
            std::memcpy(next, decoder.octets[symbol].data(), max_symbol_octets);
            next += decoder.lengths[symbol];
            continue;
        }
        if (symbol != literal || in == in_end) return std::nullopt;
        const std::size_t length = *in++;
        if (static_cast<std::size_t>(in_end - in) < length ||
            static_cast<std::size_t>(out_end - next) < length) {
            return std::nullopt;
        }
        std::memcpy(next, in, length);
        in += length;
        next += length;
    }
    return static_cast<std::size_t>(next - out);
}

}  // namespace dnshist
