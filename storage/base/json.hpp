// Values of JSON (RFC 8259).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dnshist {

// Appends `text` in double quotes, escaped (section 7). Valid UTF-8 is copied; any other octet
// becomes the Unicode character of its number, so that the result is always valid JSON.
void append_json_string(std::string& out, std::string_view text);

void append_json_number(std::string& out, std::uint64_t value);

// Appends an object, member by member.
class JsonObject {
  public:
    explicit JsonObject(std::string& out) : out_(out) { out_ += '{'; }

    void close() { out_ += '}'; }
    // Appends the member's name, of most_name octets at most, none of which needs an escape; the
    // caller appends the value to the string returned.
    std::string& member(std::string_view name);
    void number(std::string_view name, std::uint64_t value);
    void string(std::string_view name, std::string_view value) {
        append_json_string(member(name), value);
    }
    void string_unless_empty(std::string_view name, std::string_view value) {
        if (!value.empty()) string(name, value);
    }

    static constexpr std::size_t most_name = 40;

  private:
    using Room = std::array<char, most_name + 24>;  // a name, its marks and a number

    char* write_name(std::string_view name, Room& room);

    std::string& out_;
    bool first_ = true;
};

}  // namespace dnshist
