#include "zonegen/capture/query_matcher.hpp"

#include <algorithm>

#include "storage/record/compressed_name.hpp"
#include "zonegen/response/response_reader.hpp"

#include "storage/record/name.hpp"

namespace dnshist::zonegen {

namespace {

std::uint16_t id_of(Octets message) noexcept {
    return OctetReader(message).u16().value_or(0);
}

bool has_no_question(Octets message) noexcept {
    return message[4] == 0 && message[5] == 0;
}

}  // namespace

std::string QueryMatcher::question_of(Octets message) {
    OctetReader reader(message);
    reader.u32();
    const auto count = reader.u16();
    if (!count || *count != 1 || message.size() < message_header_octets) return {};
    OctetReader name(message.subspan(message_header_octets));
    std::optional<std::uint8_t> label;
    while ((label = name.u8()) && *label != 0) {
        if (*label > max_label_octets || !name.octets(*label)) return {};
        if (name.position() >= max_name_octets) return {};
    }
    const std::size_t name_octets = name.position();
    if (!label || !name.u32()) return {};  // type and class
    std::string question(as_text(message.subspan(message_header_octets, name.position())));
    // The length of a label is at most 63, which is no letter.
    std::transform(question.begin(), question.begin() + static_cast<std::ptrdiff_t>(name_octets),
                   question.begin(), [](char c) {
                       return static_cast<char>(to_lower(static_cast<std::uint8_t>(c)));
                   });
    return question;
}

void QueryMatcher::add_query(const Endpoints& between, Transport transport, Octets message,
                             PacketTime now) {
    const auto ignore = [](const Key&, const std::vector<std::string>&) {};
    pending_.expire(now, ignore);
    std::string question = question_of(message);
    if (question.empty()) return;
    const Key key{between, id_of(message), transport};
    std::vector<std::string>* same_id = pending_.find(key);
    if (same_id == nullptr) {
        same_id = &pending_.add(key, now, ignore);
    } else {
        pending_.touch(key, now);
    }
    if (same_id->size() == max_same_id) same_id->erase(same_id->begin());
    same_id->push_back(std::move(question));
}

QueryMatcher::Match QueryMatcher::match_response(const Endpoints& between, Transport transport,
                                                 Octets message, PacketTime now) {
    pending_.expire(now, [](const Key&, const std::vector<std::string>&) {});
    const Key key{between.reversed(), id_of(message), transport};
    std::vector<std::string>* const same_id = pending_.find(key);
    if (same_id == nullptr) return {Outcome::no_query, {}};
    if (transport == Transport::tcp && has_no_question(message) && same_id->size() == 1) {
        pending_.touch(key, now);
        return {Outcome::matched, as_octets(same_id->front())};
    }
    const auto found = std::ranges::find(*same_id, question_of(message));
    if (found == same_id->end()) return {Outcome::wrong_question, {}};
    if (transport == Transport::tcp) {
        pending_.touch(key, now);
        return {Outcome::matched, {}};
    }
    same_id->erase(found);
    if (same_id->empty()) pending_.erase(key);
    return {Outcome::matched, {}};
}

}  // namespace dnshist::zonegen
