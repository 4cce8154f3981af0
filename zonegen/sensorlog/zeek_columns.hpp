// The header of a Zeek log in its "ASCII" format, and the values of the rows under it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dnshist::zonegen {

class ZeekColumns {
  public:
    // Reads one line of a header, which begins with "#". "#separator" begins a new header.
    void read_header(std::string_view line);

    // A header that says the same: lines, each with its end.
    std::string header() const;

    // Whether no header has named the columns so far.
    bool empty() const noexcept { return names_.empty(); }
    bool has(std::string_view name) const noexcept { return column_of(name).has_value(); }

    // Splits a row. False where it has another number of columns than the header.
    bool split(std::string_view row);
    // A value of the row that was split last, with its escapes. Nothing if there is no such column
    // or the value is unset.
    std::optional<std::string_view> raw(std::string_view name) const noexcept;
    // The same with its escapes resolved.
    std::optional<std::string> text(std::string_view name) const;
    // The same as an unsigned integer; nothing if it is none.
    std::optional<std::uint64_t> number(std::string_view name) const noexcept;
    // The members of a vector, each with its escapes resolved.
    std::vector<std::string> list(std::string_view name) const;

  private:
    std::optional<std::size_t> column_of(std::string_view name) const noexcept;

    std::string separator_ = "\t";
    std::string set_separator_ = ",";
    std::string empty_ = "(empty)";
    std::string unset_ = "-";
    std::vector<std::string> names_;
    std::vector<std::string_view> values_;
};

// Resolves the escapes of a value: \xHH is an octet, \\ a backslash.
std::string zeek_unescaped(std::string_view value);

}  // namespace dnshist::zonegen
