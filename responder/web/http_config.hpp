// What is behind HTTP as the configuration describes it: made once, shared by all workers, never
// changed (a reload makes a new one).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "responder/page/page_service.hpp"
#include "responder/policy/address_set.hpp"
#include "responder/policy/http_users.hpp"
#include "responder/rest/rest_service.hpp"

namespace dnshist::responder {

struct HttpConfig {
    std::vector<std::string> names;  // hosts that we are, in lower case, without a port
    PageService page;
    HttpUsers users;
    std::shared_ptr<RestService> rest = std::make_shared<RestService>(RestConfig());
    AddressSet trusted_proxies;  // whose connections begin with a PROXY header
};

}  // namespace dnshist::responder
