// The configuration file's settings as the workers use them.
#pragma once

#include <memory>

#include "conf/settings.hpp"
#include "responder/answer/service_config.hpp"
#include "responder/server/tcp_limits.hpp"

namespace dnshist::responder {

// One a processor unless the settings say how many.
unsigned worker_count(const conf::Settings& settings);

// The service of each worker. `secret` makes the cookies where none is configured, and so is
// to be the same for as long as the process lives.
std::shared_ptr<const ServiceConfig> build_service(const conf::Settings& settings,
                                                   std::shared_ptr<const TsigKeys> keys,
                                                   unsigned workers, const CookieSecret& secret);

// The share of each worker, of `connections` at once.
TcpLimits build_tcp_limits(const conf::Settings& settings, std::size_t connections,
                           unsigned workers);

}  // namespace dnshist::responder
