// The header of one of Zeek's logs (its "ASCII" format), and the values of the rows under it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dnshist::zonegen {

class ZeekColumns {
  public:
    // Takes in one line of a header, which begins with "#". "#separator" begins a new header.
    void read_header(std::string_view line);

    // No header has named the columns of what follows.
    bool empty() const noexcept { return names_.empty(); }
    bool has(std::string_view name) const noexcept { return column_of(name).has_value(); }

    // Splits a row. False where it has another number of columns than the header.
    bool split(std::string_view row);
    // Of the row that was split last, as it stands there; nothing where the column is missing or
    // its value is unset.
    std::optional<std::string_view> raw(std::string_view name) const noexcept;
    // The same with its escapes resolved.
    std::optional<std::string> text(std::string_view name) const;
    // The items of a vector, each with its escapes resolved.
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

// The octets that a value of the log stands for: \xHH is an octet, \\ a backslash.
std::string zeek_unescaped(std::string_view value);

}  // namespace dnshist::zonegen
