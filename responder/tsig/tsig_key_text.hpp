// The text of a key file, taken apart: which keys it has, and in which line each part is.
// tsig_key.cpp reads the parts.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace dnshist::responder {

// A piece of the file, as a view: a secret is not copied about.
struct Piece {
    std::string_view text;
    std::size_t line = 0;
};

struct KeyText {
    Piece name;
    Piece algorithm;
    Piece secret;
};

struct KeyTexts {
    std::vector<KeyText> keys;     // those before the problem
    std::optional<Piece> problem;  // what is wrong; a text of ours, never one of the file
};

// Either form, by what comes first.
KeyTexts read_key_texts(std::string_view text);

}  // namespace dnshist::responder
