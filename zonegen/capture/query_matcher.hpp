// Questions that were asked, and the responses to them.
//
// A response belongs to the question that was asked from where it goes to, at where it comes from,
// with its ID. Where both have a question section, the sections have to be the same but for case
// (RFC 5452, section 4): a response that fits an ID but asks something else is not one to the
// question, and a resolver would not have believed it either. Bounded in questions and age, the
// oldest forgotten first. Nothing of a question is ever stored.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "zonegen/capture/aged_map.hpp"
#include "zonegen/capture/packet.hpp"

namespace dnshist::zonegen {

enum class Transport : std::uint8_t { udp, tcp };

class Questions {
  public:
    // Of one client and ID, more than which ask something else at once is unusual.
    static constexpr std::size_t max_same = 4;
    static constexpr std::size_t max_asked = 65536;  // clients with an ID
    // Longer than resolvers wait.
    static constexpr PacketTime longest{30'000'000};

    enum class Match : std::uint8_t {
        asked,       // the question was seen
        not_asked,   // no question with that ID was
        mismatched,  // one was, and is another
    };
    struct Answer {
        Match match;
        bool recursion_desired;  // RD of the question, where one was seen
    };

    Questions() : asked_(max_asked, longest) {}

    // A message with a whole header, on its way from client to server.
    void ask(const Endpoints& between, Transport transport, Octets message, PacketTime now);

    // A response with a whole header. Over UDP the question has then been answered, and a second
    // response to it is not asked for; over TCP there may be many (zone transfers).
    Answer answer(const Endpoints& between, Transport transport, Octets message, PacketTime now);

  private:
    struct Key {
        Endpoints between;  // from client to server
        std::uint16_t id;
        Transport transport;

        friend auto operator<=>(const Key&, const Key&) = default;
    };

    struct Asked {
        std::string section;
        bool recursion_desired;
    };

    // The section in lower case; empty where there is not just one question in it, or it cannot be
    // read.
    static std::string section_of(Octets message);

    AgedMap<Key, std::vector<Asked>> asked_;
};

}  // namespace dnshist::zonegen
