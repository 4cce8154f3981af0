// The DNSDB API, versions 1 and 2 (https://docs.dnsdb.info), which dnsdbq and many analysers speak.
//
// Version 2 answers a lookup with a stream that says how it ended (SAF), version 1 with bare COF
// objects on lines, or 404 where there is none.
#pragma once

#include <cstdint>
#include <string_view>

#include "responder/rest/rest_response.hpp"

namespace dnshist::responder {

struct DnsdbRequest;

class DnsdbService {
  public:
    enum class Version : std::uint8_t { v1, v2 };

    explicit DnsdbService(const RestConfig& config) : config_(config) {}

    // `path` is what follows "/dnsdb/v2/", and of version 1 the whole path without its first '/'.
    HttpResponse answer(const HttpRequest& request, Version version, std::string_view path,
                        Rights rights, Lookup* store, Seconds now) const;

  private:
    struct Question;

    std::uint64_t limit_of(const DnsdbRequest& request) const;
    HttpResponse lookup(const Question& question, Lookup& store) const;
    HttpResponse search(const Question& question, Lookup& store) const;
    HttpResponse summarize(const Question& question, Lookup& store) const;
    HttpResponse rate_limit() const;

    const RestConfig& config_;
};

}  // namespace dnshist::responder
