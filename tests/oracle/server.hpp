// The program under test: a Responder in this process, on a store in a directory of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "responder/answer/respond.hpp"
#include "tests/oracle/store.hpp"
#include "tests/support/ask.hpp"
#include "tests/support/temporary_directory.hpp"

namespace dnshist::oracle {

class Server {
  public:
    explicit Server(const Store& store);

    // Over TCP, with `scan_limit` units of work at most, by a client that may see registrations or
    // by another. `name` is in wire form. As show.hpp has it.
    std::vector<std::string> ask(const std::string& name, const std::string& qtype,
                                 std::uint64_t scan_limit, bool sees_personal);

    static constexpr std::uint64_t enough = 100'000'000;  // units of work

  private:
    test::TemporaryDirectory directory_;
    std::unique_ptr<History> history_;
    responder::ServiceConfig service_;
    std::unique_ptr<responder::Responder> responder_;
    std::vector<std::uint8_t> room_;
};

}  // namespace dnshist::oracle
