// Parses one record of a CSV file (RFC 4180) of registrations, whose first one names the columns.
//
// Columns are known by their names, without case, as WhoisXML API and WhoisFreaks give them; others
// are ignored.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "zonegen/registration/registration.hpp"

namespace dnshist::zonegen {

class WhoisCsvParser {
  public:
    // See RegistrationSink.
    WhoisCsvParser(RegistrationSink::Observe observe, RegistrationSink::Refuse refuse,
                   std::string sensor = {}, std::optional<Seconds> when = {});

    // Parses one record, without the end of its last line.
    void read(std::string_view item);

    // Whether the record has a field for each column, as the last one of a file has that may be
    // without an end of line.
    bool has_all_fields(std::string_view item);

    // The header that a record of these columns needs before it, with its end of line.
    const std::string& reject_context() const noexcept { return header_; }

  private:
    bool read_header(std::string_view item);

    RegistrationSink sink_;
    std::vector<std::string> fields_;
    std::vector<std::uint8_t> columns_;  // of each field, its row of the table and one, or zero
    std::string header_;
};

}  // namespace dnshist::zonegen
