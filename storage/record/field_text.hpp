// Reads single fields of RDATA (storage/record/rdata_fields.hpp) from presentation form: those that
// are one word, and those of a fixed number of words.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "storage/base/result.hpp"
#include "storage/record/name.hpp"
#include "storage/record/rdata.hpp"
#include "storage/record/rdata_fields.hpp"
#include "storage/record/tokens.hpp"

namespace dnshist {

// The origin of relative names in a text.
struct NameOrigin {
    bool master_file = false;    // names without the final dot are relative
    const Name* name = nullptr;  // null: relative names are an error

    Result<Name> read_name(std::string_view text) const {
        return master_file ? Name::from_master_file(text, name) : Name::from_text(text);
    }
};

// The name of a field in messages: "an IPv4 address".
const char* describe(Field field) noexcept;

// "not an IPv4 address: '300.1.1.1'".
Problem bad_field(Field field, std::string_view text);

// A decimal number and nothing else, no greater than `limit`.
std::optional<std::uint32_t> read_decimal(std::string_view text, std::uint32_t limit) noexcept;

// Takes the words of one field and appends its octets. Not for the fields that reach to the end of
// the RDATA, except `text`.
Result<void> read_field(Field field, Tokens& words, const NameOrigin& origin, Rdata& out);

}  // namespace dnshist
