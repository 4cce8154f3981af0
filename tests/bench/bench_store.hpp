// A store for benchmarks in this process: created in a temporary directory, or kept in the
// directory DNSHIST_BENCH_STORE and reused by the next run.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>

#include "responder/answer/respond.hpp"
#include "tests/support/temporary_directory.hpp"

namespace dnshist::bench {

using namespace responder;

class BenchStore {
  public:
    // `fill` creates a store in a directory that has none.
    explicit BenchStore(void (*fill)(const std::filesystem::path& directory)) {
        const char* kept = std::getenv("DNSHIST_BENCH_STORE");
        if (kept == nullptr) temporary_.emplace();
        const std::filesystem::path directory = kept == nullptr ? temporary_->path() : kept;
        if (!std::filesystem::exists(directory / "data.mdb")) fill(directory);
        history_.emplace(directory);
        service_.zones.push_back(Name::from_text("pdns.local").value());
        responder_.emplace(*history_, service_);
    }

    Responder& responder() { return *responder_; }

  private:
    std::optional<test::TemporaryDirectory> temporary_;
    ServiceConfig service_;
    std::optional<History> history_;
    std::optional<Responder> responder_;
};

}  // namespace dnshist::bench
