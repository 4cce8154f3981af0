#include "responder/transport/tcp_connection_table.hpp"

#include <algorithm>
#include <utility>

namespace dnshist::responder {

TcpConnectionTable::Place TcpConnectionTable::admit(std::shared_ptr<TcpConnection> connection,
                                                    const TcpLimits& limits) {
    make_room(*connection, limits);
    const Client peer = connection->peer();
    const Place place = connections_.insert(first_asked_, std::move(connection));
    ++open_by_address_[peer.address];
    ++open_;
    counters_.tcp_accepted.add();
    count_open();
    return place;
}

void TcpConnectionTable::make_room(const TcpConnection& connection, const TcpLimits& limits) {
    const Client& peer = connection.peer();
    const auto of_client = open_by_address_.find(peer.address);
    if (!connection.is_proxied() && of_client != open_by_address_.end() &&
        of_client->second >= limits.per_client) {
        close_oldest(&peer);
    }
    while (open_ >= limits.connections)
        close_oldest(nullptr);
}

// The one without a whole message for the longest; of one client, or of all.
bool TcpConnectionTable::close_oldest(const Client* of) {
    const auto oldest = std::ranges::find_if(connections_, [of](const auto& each) {
        return each->open() && (of == nullptr || each->peer().address == of->address);
    });
    if (oldest == connections_.end()) return false;
    close(**oldest);
    return true;
}

void TcpConnectionTable::close(TcpConnection& connection) {
    if (!connection.open()) return;
    connection.close();
    --open_;
    count_open();
    const auto of_client = open_by_address_.find(connection.peer().address);
    if (--of_client->second == 0) open_by_address_.erase(of_client);
}

void TcpConnectionTable::erase(Place connection) {
    close(**connection);
    if (connection == first_asked_) ++first_asked_;
    connections_.erase(connection);
}

void TcpConnectionTable::note_message(Place connection) {
    if (connection == first_asked_) ++first_asked_;
    connections_.splice(connections_.end(), connections_, connection);
    if (first_asked_ == connections_.end()) first_asked_ = connection;
}

}  // namespace dnshist::responder
