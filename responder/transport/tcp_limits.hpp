// Limits of the TCP connections of a worker.
#pragma once

#include <chrono>
#include <cstddef>

namespace dnshist::responder {

struct TcpLimits {
    std::size_t connections = 1000;  // of this worker
    std::size_t per_client = 100;    // of them, from one address
    std::size_t unsent = 4U << 20;   // octets of answers that clients do not read, all together
    std::chrono::seconds idle{10};   // without a whole message, or for reading an answer
};

}  // namespace dnshist::responder
