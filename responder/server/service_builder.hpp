// The configuration file's settings as the workers use them, and the files that they name.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "conf/settings.hpp"
#include "responder/answer/service_config.hpp"
#include "responder/observe/metrics.hpp"
#include "responder/transport/tcp_limits.hpp"
#include "responder/transport/tcp_server.hpp"
#include "responder/tsig/tsig_key.hpp"
#include "responder/web/http_config.hpp"
#include "storage/base/function_ref.hpp"
#include "storage/base/result.hpp"

namespace dnshist::responder {

// One a processor unless the settings say how many.
unsigned worker_count(const conf::Settings& settings);
// Before the store is opened: how a cluster is reached, and what is kept of it.
void prepare_cluster(const conf::Settings& settings);
// Whether prepare_cluster() would make a difference.
bool is_other_cluster(const conf::StoreSettings& a, const conf::StoreSettings& b);

// The TSIG keys that the settings name; a problem too where keys are required and there are none.
Result<TsigKeyFiles> read_keys(const conf::Settings& settings);

// The certificate and key that they name, for each listener within TLS that there is.
Result<TlsContexts> read_tls(const conf::Settings& settings);

// A sentence for the operator if their certificate has expired, or will soon.
std::optional<std::string> expiry_warning(const TlsContexts& tls, std::int64_t now);

// Warns the operator if they want an index for searches, and files of levels have none that can be
// read.
void warn_of_search(const conf::Settings& settings,
                    FunctionRef<std::optional<StoreReport>()> report);

// The service of each worker. `secret` makes the cookies where none is configured, and so is
// to be the same for as long as the process lives.
std::shared_ptr<const ServiceConfig> build_service(const conf::Settings& settings,
                                                   std::shared_ptr<const TsigKeys> keys,
                                                   unsigned workers, const CookieSecret& secret);

// `cursors` are to be the same for as long as the process lives.
std::shared_ptr<const HttpConfig> build_http(const conf::Settings& settings,
                                             std::shared_ptr<PageCursors> cursors);

// The share of each worker, of `connections` at once.
TcpLimits build_tcp_limits(const conf::Settings& settings, std::size_t connections,
                           unsigned workers);

}  // namespace dnshist::responder
