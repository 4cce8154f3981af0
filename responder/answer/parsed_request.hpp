// A message as it is read, before any of those that came with it is answered.
//
// It is some KB, most of it rooms that a question of its kind leaves untouched.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "responder/answer/service.hpp"
#include "responder/message/request_reader.hpp"
#include "storage/base/octets.hpp"
#include "storage/block/prefetch.hpp"
#include "storage/query/query.hpp"
#include "storage/record/name.hpp"
#include "storage/text/time.hpp"

namespace dnshist {

// The names that a zone has of its own.
enum class OwnName : std::uint8_t {
    none,
    apex,
    help,
    topic,  // help.TOPIC
    stats,
    version,
};

struct Asking {
    // Reads the message alone; views into it stay.
    explicit Asking(Octets octets) noexcept;
    Asking(const Asking&) = delete;
    Asking& operator=(const Asking&) = delete;

    // Reads the name of a request without an error, if it was not read yet.
    void read(const Service& service, Seconds now) noexcept;
    // The query that it makes, if it is one.
    const Query* query() const noexcept {
        return zone != nullptr && own == OwnName::none ? std::get_if<Query>(&reading) : nullptr;
    }

    Octets message;
    std::optional<Request> request;  // nothing where the message deserves no answer

    // Once it is read():
    std::optional<Name> qname;   // in lower case; nothing where it is none
    const Name* zone = nullptr;  // of the service, the nearest at or above it; null where none is
    Octets labels;               // what qname has before the zone
    OwnName own = OwnName::none;
    std::string_view topic;
    Reading reading;      // of a name in a zone that is none of its own
    Foresight foresight;  // where the answer to a query begins in the store
};

}  // namespace dnshist
