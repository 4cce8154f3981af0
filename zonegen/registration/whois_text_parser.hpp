// Parses one response of a WHOIS server (RFC 3912) with the labels that ICANN prescribes (its
// Registration Data Directory Services specification): "Domain Name: owl.example" and so on, a
// label a line. Other lines are notices.
#pragma once

#include <string>
#include <string_view>

#include "zonegen/registration/registration.hpp"

namespace dnshist::zonegen {

class WhoisTextParser {
  public:
    // See RegistrationSink. A line ">>> Last update of WHOIS database: T <<<" says when it was
    // asked.
    WhoisTextParser(RegistrationSink::Observe observe, RegistrationSink::Refuse refuse,
                    std::string sensor = {}, std::optional<Seconds> when = {});

    // Parses one response.
    void read(std::string_view item);

  private:
    RegistrationSink sink_;
};

}  // namespace dnshist::zonegen
