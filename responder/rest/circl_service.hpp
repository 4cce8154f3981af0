// CIRCL's passive DNS API, which PyPDNS and many analysers speak: bare COF objects
// (draft-dulaunoy-dnsop-passive-dns-cof) on lines, of both sides of a record.
//
// What its clients fail at is left out: names have no final dot, RDATA is a text, there are always
// both times, and an answer without records is 200.
#pragma once

#include <cstdint>
#include <string_view>

#include "responder/rest/page_cursors.hpp"
#include "responder/rest/rest_response.hpp"

namespace dnshist::responder {

class CirclService {
  public:
    explicit CirclService(const RestConfig& config) : config_(config) {}

    // `value` is percent-encoded. With `rdata_only` without the records of the owner.
    HttpResponse answer(const HttpRequest& request, std::string_view value, bool rdata_only,
                        Rights rights, Lookup* store);
    // What the store holds.
    static HttpResponse info(Lookup* store);

  private:
    struct Question;

    HttpResponse stream(const Question& question, Lookup& store) const;
    HttpResponse page(const Question& question, std::uint64_t count, std::string_view cursor,
                      Lookup& store);

    const RestConfig& config_;
    PageCursors cursors_;
};

}  // namespace dnshist::responder
