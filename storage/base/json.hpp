// Values of JSON (RFC 8259).
#pragma once

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
    // Appends the member's name; the caller appends the value to the string returned.
    std::string& member(std::string_view name) {
        if (!first_) out_ += ',';
        first_ = false;
        out_ += '"';
        out_ += name;
        out_ += "\":";
        return out_;
    }
    void number(std::string_view name, std::uint64_t value) {
        append_json_number(member(name), value);
    }
    void string(std::string_view name, std::string_view value) {
        append_json_string(member(name), value);
    }
    void string_unless_empty(std::string_view name, std::string_view value) {
        if (!value.empty()) string(name, value);
    }

  private:
    std::string& out_;
    bool first_ = true;
};

}  // namespace dnshist
