// Parses one RDAP response about a domain (RFC 9083), or a search with several.
//
// Entities are read by their jCard (RFC 7095): fn, org and email. What `redacted` names (RFC 9537)
// is left out, whatever stands in its place.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "zonegen/registration/registration.hpp"

namespace dnshist::zonegen {

class RdapParser {
  public:
    // See RegistrationSink. An event "last update of RDAP database" says when it was asked.
    RdapParser(RegistrationSink::Observe observe, RegistrationSink::Refuse refuse,
               std::string sensor = {}, std::optional<Seconds> when = {});
    ~RdapParser();
    RdapParser(const RdapParser&) = delete;
    RdapParser& operator=(const RdapParser&) = delete;

    // Parses one item, of Feed::max_item_octets at most and with Feed::padding_octets readable
    // behind it.
    void read(std::string_view item);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace dnshist::zonegen
