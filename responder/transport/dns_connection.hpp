// A connection on which DNS messages go, each behind its length (RFC 7766); within TLS, DNS over
// TLS (RFC 7858).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "responder/transport/tcp_connection.hpp"

namespace dnshist::responder {

class DnsConnection : public TcpConnection {
  public:
    using TcpConnection::TcpConnection;

    void set_turn(const Waited& turn) override { turn_ = turn; }
    StoreTicket ticket() const noexcept override { return ticket_; }
    Waited waited() const override { return waited_; }

  private:
    Turn advance() override;
    bool has_begun() const override { return !received_.empty() && !waits(); }
    bool waits() const noexcept { return state_ == Verdict::defer || state_ == Verdict::wait; }
    std::optional<std::size_t> answer(Octets& requests);
    Response answer_one(Octets request, std::span<std::uint8_t> room);

    std::vector<std::uint8_t> received_;  // what is left of the last read: a message begun, or more
    Verdict state_ = Verdict::send;       // of the message at the front: defer, wait or another
    std::optional<Waited> turn_;          // its, once it has come
    StoreTicket ticket_ = 0;              // that it waits for
    Waited waited_;                       // how it has, and will again
    bool last_ = false;                   // to be closed as soon as all is sent
};

}  // namespace dnshist::responder
