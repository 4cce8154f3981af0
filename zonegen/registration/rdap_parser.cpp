#include "zonegen/registration/rdap_parser.hpp"

#include <algorithm>

#include "storage/base/octets.hpp"
#include "storage/text/lower_case.hpp"
#include "storage/text/quote.hpp"
#include "zonegen/feed/json_item.hpp"

namespace dnshist::zonegen {

namespace {

// Entities within entities, as deep as registries have them.
constexpr unsigned max_depth = 4;

// Calls visit(dom::object) for each object of the array member.
template <class Visit>
void for_each_object(dom::object object, std::string_view name, Visit&& visit) {
    const auto array = array_member(object, name);
    if (!array) return;
    for (const dom::element each : *array) {
        dom::object member;
        if (each.get(member) == simdjson::SUCCESS) visit(member);
    }
}

// A text, or the texts of an array with a separator between them.
void append_texts(std::string& out, dom::element value, std::string_view separator) {
    std::string_view text;
    dom::array array;
    if (value.get(text) == simdjson::SUCCESS && !text.empty()) {
        if (!out.empty()) out += separator;
        out += text;
    } else if (value.get(array) == simdjson::SUCCESS) {
        for (const dom::element part : array) {
            if (part.get(text) != simdjson::SUCCESS || text.empty()) continue;
            if (!out.empty()) out += separator;
            out += text;
        }
    }
}

struct Card {
    std::string name;
    std::string organisation;
    std::string mailboxes;
};

// jCard: ["vcard", [[name, parameters, type, value, ...], ...]].
Card card_of(dom::object entity) {
    Card card;
    const auto whole = array_member(entity, "vcardArray");
    dom::array properties;
    if (!whole || whole->at(1).get(properties) != simdjson::SUCCESS) return card;
    for (const dom::element each : properties) {
        dom::array property;
        std::string_view name;
        dom::element value;
        if (each.get(property) != simdjson::SUCCESS ||
            property.at(0).get(name) != simdjson::SUCCESS ||
            property.at(3).get(value) != simdjson::SUCCESS) {
            continue;
        }
        const std::string lower = in_lower_case(name);
        if (lower == "fn" && card.name.empty()) append_texts(card.name, value, " ");
        if (lower == "org") append_texts(card.organisation, value, "; ");
        if (lower == "email") append_texts(card.mailboxes, value, "\n");
    }
    return card;
}

bool has_role(dom::object entity, std::string_view wanted) {
    const auto roles = array_member(entity, "roles");
    if (!roles) return false;
    for (const dom::element each : *roles) {
        std::string_view role;
        if (each.get(role) == simdjson::SUCCESS && in_lower_case(role) == wanted) return true;
    }
    return false;
}

// The words of RDAP for a role, and the beginning of what a redaction calls it.
struct RoleWords {
    Role role;
    std::string_view rdap;
    std::string_view redacted;
};
constexpr std::array<RoleWords, role_count> role_table = {{
    {Role::registrant, "registrant", "registrant"},
    {Role::admin, "administrative", "admin"},
    {Role::tech, "technical", "tech"},
    {Role::billing, "billing", "billing"},
}};

void read_registrar(dom::object entity, Registration& registration) {
    const Card card = card_of(entity);
    if (registration.registrar.empty()) {
        registration.registrar = card.name.empty() ? card.organisation : card.name;
    }
    for_each_object(entity, "publicIds", [&](dom::object id) {
        const std::string type = in_lower_case(text_member(id, "type").value_or(""));
        if (type != "iana registrar id" || !registration.iana_id.empty()) return;
        registration.iana_id = text_member(id, "identifier").value_or("");
    });
}

void read_entities(dom::object object, Registration& registration, unsigned depth) {
    if (depth == max_depth) return;
    for_each_object(object, "entities", [&](dom::object entity) {
        // What is below a registrar is its own, such as its mailbox for complaints.
        if (has_role(entity, "registrar")) return read_registrar(entity, registration);
        for (const RoleWords& words : role_table) {
            if (!has_role(entity, words.rdap)) continue;
            Card card = card_of(entity);
            Contact& contact = registration.contact(words.role);
            if (!contact.mailboxes.empty() && !card.mailboxes.empty()) contact.mailboxes += '\n';
            contact.mailboxes += card.mailboxes;
            if (contact.organisation.empty()) contact.organisation = std::move(card.organisation);
        }
        read_entities(entity, registration, depth + 1);
    });
}

void read_events(dom::object object, Registration& registration) {
    for_each_object(object, "events", [&](dom::object event) {
        const std::string action = in_lower_case(text_member(event, "eventAction").value_or(""));
        const std::string_view date = text_member(event, "eventDate").value_or("");
        const auto take = [&](std::string_view wanted, std::string& field) {
            if (action == wanted && field.empty()) field = date;
        };
        take("registration", registration.created);
        take("last changed", registration.updated);
        take("expiration", registration.expires);
        take("last update of rdap database", registration.asked);
    });
}

// RFC 9537, section 4.2: what is redacted has a name of a registered type, or a description.
void leave_out_redacted(dom::object object, Registration& registration) {
    for_each_object(object, "redacted", [&](dom::object redaction) {
        const auto name = object_member(redaction, "name");
        if (!name) return;
        std::string text = in_lower_case(text_member(*name, "type").value_or(""));
        text += ' ' + in_lower_case(text_member(*name, "description").value_or(""));
        for (const RoleWords& words : role_table) {
            if (text.find(words.redacted) == std::string::npos) continue;
            Contact& contact = registration.contact(words.role);
            if (text.find("email") != std::string::npos) contact.mailboxes.clear();
            if (text.find("organi") != std::string::npos) contact.organisation.clear();
        }
    });
}

}  // namespace

struct RdapParser::State {
    RegistrationSink sink;
    dom::parser parser = item_parser();

    void read_domain(dom::object object) {
        if (const auto error = number_member(object, "errorCode")) {
            return sink.refuse(
                refusal(Reason::no_name, "an RDAP error with the code " + std::to_string(*error)));
        }
        const std::string_view kind = text_member(object, "objectClassName").value_or("domain");
        if (in_lower_case(kind) != "domain") {
            return sink.refuse(refusal(
                Reason::no_name, "an RDAP object of the class " + quote(kind) + ", not domain"));
        }
        Registration registration;
        registration.domain = text_member(object, "ldhName").value_or("");
        if (registration.domain.empty()) {
            registration.domain = text_member(object, "unicodeName").value_or("");
        }
        if (registration.domain.empty()) {
            return sink.refuse(
                refusal(Reason::no_name, "no ldhName or unicodeName, the name of the domain"));
        }
        read_entities(object, registration, 0);
        read_events(object, registration);
        leave_out_redacted(object, registration);
        sink.take(registration);
    }
};

RdapParser::RdapParser(RegistrationSink::Observe observe, RegistrationSink::Refuse refuse,
                       std::string sensor, std::optional<Seconds> when)
    : state_(new State{
          RegistrationSink(std::move(observe), std::move(refuse), std::move(sensor), when)}) {}

RdapParser::~RdapParser() = default;

void RdapParser::read(std::string_view item) {
    const auto object = parse_object(state_->parser, item);
    if (!object) return state_->sink.refuse(object.error());
    if (!has_member(*object, "domainSearchResults")) return state_->read_domain(*object);
    for_each_object(*object, "domainSearchResults",
                    [&](dom::object each) { state_->read_domain(each); });
}

}  // namespace dnshist::zonegen
