// A connection on which HTTP is spoken, of the version that the client chooses: by ALPN within TLS,
// else by its first octets.
//
// A request whose answer costs much is answered in its turn among the deferred, and one that needs
// a part of a cluster once that has come; other requests of the connection, in HTTP/2, go on
// meanwhile. What the client does not read costs one buffer, and
// the answers to what it asked at once: no further request is taken before they are sent.
//
// A client has its time for each step: to begin a request, to complete it, to read an answer.
// Octets that do none of these give it no more.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "responder/http/http_session.hpp"
#include "responder/transport/tcp_connection.hpp"
#include "responder/web/http_service.hpp"

namespace dnshist::responder {

class HttpConnection : public TcpConnection, public std::enable_shared_from_this<HttpConnection> {
  public:
    HttpConnection(TcpContext& context, boost::asio::io_context& io, FileDescriptor socket,
                   const Client& client, std::shared_ptr<const TlsContext> tls);

    ~HttpConnection() override;

    void close() override;
    void time_out() override;

  private:
    Turn advance() override;
    std::optional<Turn> read(bool& filled);
    Next linger();
    Next drain();
    void take(Octets octets);
    bool answer();
    bool can_answer() const;
    std::size_t answer_and_write(Lookup* store);
    void answer_requests(unsigned& left, Lookup* store, std::uint64_t most_work);
    void put_off(HttpSession::StreamId stream, Waited waited);
    void defer(HttpSession::StreamId stream, Waited waited);
    void wait_for_store(HttpSession::StreamId stream, Waited waited);
    void answer_again(HttpSession::StreamId stream, const Waited& waited);
    void wake();
    bool has_begun() const override;
    void account();
    bool has_read();

    OwnAddress own_;
    std::string first_;  // octets, while the version is not known
    std::unique_ptr<HttpSession> session_;
    std::function<void()> wake_;  // once there is a session
    std::size_t held_ = 0;        // of the session, as counted among the unsent
    std::uint64_t read_ =
        0;                   // octets of answers, when the client was last given more time for them
    unsigned deferred_ = 0;  // requests that wait for their turn
    bool progress_ = false;  // a request was taken or answered
    bool input_ended_ = false;
    bool lingering_ = false;  // all is sent; what still comes is not read
};

}  // namespace dnshist::responder
