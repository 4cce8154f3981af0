// How a question comes again that has waited for a part of a cluster.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "responder/answer/verdict.hpp"

namespace dnshist::responder {

// A group of reads that questions wait for (storage/tablet/tablet_reader.hpp).
using StoreTicket = std::uint64_t;

struct Waited {
    Budget budget = Budget::quick;
    unsigned rounds = 0;  // how often
    std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now();
    std::string failure{};  // why it is not to wait again; empty where it may
};

}  // namespace dnshist::responder
