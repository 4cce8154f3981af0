#include "responder/transport/tcp_connection_table.hpp"

#include <algorithm>
#include <utility>

namespace dnshist::responder {

TcpConnectionTable::Place TcpConnectionTable::admit(std::shared_ptr<TcpConnection> connection,
                                                    const TcpLimits& limits) {
    const Place place = connections_.insert(first_asked_, std::move(connection));
    note_payer(**place, limits);
    while (open_ >= limits.connections && close_oldest(place->get(), nullptr)) {
    }
    ++open_;
    counters_.tcp_accepted.add();
    count_open();
    return place;
}

void TcpConnectionTable::note_payer(TcpConnection& connection, const TcpLimits& limits) {
    const Client* const payer = connection.payer();
    if (payer == nullptr || connection.counted() || !connection.open()) return;
    const auto of_payer = open_by_address_.find(payer->address);
    if (of_payer != open_by_address_.end() && of_payer->second >= limits.per_client) {
        close_oldest(&connection, &payer->address);
    }
    ++open_by_address_[payer->address];
    connection.set_counted(true);
}

// The one without a whole message for the longest; of one address, or of all.
bool TcpConnectionTable::close_oldest(const TcpConnection* other_than, const Address* of) {
    const auto oldest = std::ranges::find_if(connections_, [&](const auto& each) {
        return each->open() && each.get() != other_than &&
               (of == nullptr || (each->counted() && each->payer()->address == *of));
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
    if (!connection.counted()) return;
    connection.set_counted(false);
    const auto of_payer = open_by_address_.find(connection.payer()->address);
    if (--of_payer->second == 0) open_by_address_.erase(of_payer);
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
