#include "responder/transport/tcp_connection_table.hpp"

#include <algorithm>

namespace dnshist::responder {

TcpConnectionTable::Place TcpConnectionTable::admit(boost::asio::io_context& io, FileDescriptor fd,
                                                    const Client& client, const TcpLimits& limits,
                                                    std::shared_ptr<const TlsContext> tls) {
    make_room(client, limits);
    const Place connection =
        connections_.emplace(first_asked_, io, fd.get(), client, std::move(tls));
    fd.release();
    ++open_by_address_[client.address];
    ++open_;
    counters_.tcp_accepted.add();
    count_open();
    return connection;
}

void TcpConnectionTable::make_room(const Client& client, const TcpLimits& limits) {
    const auto of_client = open_by_address_.find(client.address);
    if (of_client != open_by_address_.end() && of_client->second >= limits.per_client) {
        close_oldest(&client);
    }
    while (open_ >= limits.connections)
        close_oldest(nullptr);
}

// The one without a whole message for the longest; of one client, or of all.
bool TcpConnectionTable::close_oldest(const Client* of) {
    const auto oldest = std::ranges::find_if(connections_, [of](const TcpConnection& each) {
        return each.open() && (of == nullptr || each.client().address == of->address);
    });
    if (oldest == connections_.end()) return false;
    close(*oldest);
    return true;
}

void TcpConnectionTable::close(TcpConnection& connection) {
    if (!connection.open()) return;
    connection.close();
    --open_;
    count_open();
    const auto of_client = open_by_address_.find(connection.client().address);
    if (--of_client->second == 0) open_by_address_.erase(of_client);
}

void TcpConnectionTable::erase(Place connection) {
    close(*connection);
    if (connection == first_asked_) ++first_asked_;
    connections_.erase(connection);
}

void TcpConnectionTable::note_message(Place connection) {
    if (connection == first_asked_) ++first_asked_;
    connections_.splice(connections_.end(), connections_, connection);
    if (first_asked_ == connections_.end()) first_asked_ = connection;
}

}  // namespace dnshist::responder
