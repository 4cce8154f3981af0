// The fields of a COF object that needs no JSON parser, as nearly every line of a feed is: texts
// and whole numbers without sign, all in ASCII, no escapes but of quotes and backslashes, and
// blanks behind colons and commas only.
//
// What is not read so may be JSON all the same, for a parser to say; what is, a parser would read
// as the same. A key that followed in the object before, too, is not looked up again.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "zonegen/cof/cof_fields.hpp"

namespace dnshist::zonegen::cof {

class PlainCofParser {
  public:
    // The fields are good until the next call, and as long as the item. False where it is no
    // such object, whatever has been read of it.
    bool read(std::string_view item, Fields& fields);

  private:
    // A key as it stands, with its quotes and colon.
    struct Key {
        std::string text;
        Field field = others;
    };

    const char* read_escaped(const char* begin, const char* backslash, const char* last,
                             Value& value);

    std::array<Key, field_count> following_;  // by the field before
    std::string unescaped_;                   // texts that had escapes
};

}  // namespace dnshist::zonegen::cof
