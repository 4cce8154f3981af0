#include "storage/text/idna.hpp"

#include <idn2.h>

#include <algorithm>
#include <memory>

#include "storage/base/deleter.hpp"

namespace dnshist {

std::optional<std::string> domain_in_ascii(std::string_view domain) {
    std::string closed(domain);
    const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
    if (std::ranges::all_of(domain, is_ascii)) return closed;
    if (closed.find('\0') != std::string::npos) return std::nullopt;
    char* ascii = nullptr;
    const int result =
        ::idn2_to_ascii_8z(closed.c_str(), &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    const std::unique_ptr<char, Deleter<idn2_free>> owner(ascii);
    if (result != IDN2_OK) return std::nullopt;
    return std::string(ascii);
}

}  // namespace dnshist
