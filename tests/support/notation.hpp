// Messages to the octet, as a person writes them. Words with spaces between:
//
//     1d5f 0100      octets, in lower case
//     u8:1 u16:1232 u32:300    decimal numbers
//     SOA OPT IN CH ANY        a type's or class's number, 16 bits
//     www.Example.com.  .      a name, in the case in which it is written
//     label:www      a label: its length and its octets
//     "text"         a character-string: its length and its octets
//     'text'         the octets alone
//     [ ... ]        two octets of length, and what stands between: RDATA, an option
//     $soa           what the file's line "let soa ..." says
//     ??             in an answer: any octet; ?? * 8 are eight
//     ...            in an answer: whatever is left of the brackets, or of the message
//
// A # and what follows it is a comment. {61*63} stands for 61 sixty-three times.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/octets.hpp"

namespace dnshist::test {

struct Part {
    enum class Kind : std::uint8_t { octet, any, rest, block };
    Kind kind = Kind::octet;
    std::uint8_t octet = 0;
    std::vector<Part> inside;  // of a block
};
using Parts = std::vector<Part>;
using Definitions = std::map<std::string, std::string, std::less<>>;

// Throws std::runtime_error where the text is not as above.
Parts parts_from_text(std::string_view text, const Definitions& definitions);

// Throws where a part can be more than one thing.
std::vector<std::uint8_t> octets_of(const Parts& parts);

bool matches(const Parts& parts, Octets octets);

// For people: the parts with their open places, and octets, in lines of sixteen.
std::string show(const Parts& parts);
std::string show(Octets octets);

}  // namespace dnshist::test
