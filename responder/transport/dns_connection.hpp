// A connection on which DNS messages go, each behind its length (RFC 7766); within TLS, DNS over
// TLS (RFC 7858).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "responder/transport/tcp_connection.hpp"

namespace dnshist::responder {

class DnsConnection : public TcpConnection {
  public:
    using TcpConnection::TcpConnection;

    void set_budget(Budget budget) noexcept override { budget_ = budget; }

  private:
    Turn advance() override;
    bool has_begun() const override { return !received_.empty() && !deferred_; }
    std::optional<std::size_t> answer(Octets& requests);
    Response answer_one(Octets request, std::span<std::uint8_t> room);

    std::vector<std::uint8_t> received_;  // what is left of the last read: a message begun, or more
    bool deferred_ = false;               // the message at the front is
    std::optional<Budget> budget_;        // its, once its turn has come
    bool last_ = false;                   // to be closed as soon as all is sent
};

}  // namespace dnshist::responder
