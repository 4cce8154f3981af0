// The configuration file's settings as the workers use them, and the files that they name.
#pragma once

#include <memory>

#include "conf/settings.hpp"
#include "responder/answer/service_config.hpp"
#include "responder/tls/tls_context.hpp"
#include "responder/transport/tcp_limits.hpp"
#include "responder/tsig/tsig_key.hpp"
#include "storage/base/result.hpp"

namespace dnshist::responder {

// One a processor unless the settings say how many.
unsigned worker_count(const conf::Settings& settings);

// The TSIG keys that the settings name; a problem too where keys are required and there are none.
Result<TsigKeyFiles> read_keys(const conf::Settings& settings);

// The certificate and key that they name, if there is a listener for TLS; else null.
Result<std::shared_ptr<const TlsContext>> read_tls(const conf::Settings& settings);

// The service of each worker. `secret` makes the cookies where none is configured, and so is
// to be the same for as long as the process lives.
std::shared_ptr<const ServiceConfig> build_service(const conf::Settings& settings,
                                                   std::shared_ptr<const TsigKeys> keys,
                                                   unsigned workers, const CookieSecret& secret);

// The share of each worker, of `connections` at once.
TcpLimits build_tcp_limits(const conf::Settings& settings, std::size_t connections,
                           unsigned workers);

}  // namespace dnshist::responder
