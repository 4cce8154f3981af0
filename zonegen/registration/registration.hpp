// A registration of a domain as RDAP or WHOIS tells it, and the records that are kept of it.
//
// There is a record of type WHOIS (storage/record/personal_type.hpp) for the registrar and one
// for each other role that has a mailbox or an organisation. Its fields are the role; the mailbox
// as SOA and RP have it, "." for none; the organisation; the registrar by IANA's number, or by its
// name where there is none; and more texts, in any number:
//
//     registrar . "Nest Inc" "IANA 1068" "created=20190601T120000Z" "expires=20270601T120000Z"
//     registrant j\.doe.inbox.example. "Owl Ltd" "IANA 1068"
//
// The dates are in the registrar's record alone, so that the others go on in one run when a
// registration is renewed. More mailboxes of a role, and those that are no names, follow as texts.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/record/observation.hpp"
#include "storage/text/time.hpp"
#include "zonegen/feed/reject.hpp"

namespace dnshist::zonegen {

enum class Role : std::uint8_t { registrant, admin, tech, billing };
inline constexpr std::size_t role_count = 4;

struct Contact {
    std::string mailboxes;  // as they were told: texts for read_mailboxes(), a line for each
    std::string organisation;
};

// What was told, in octets of any kind. A time that was not told is empty.
struct Registration {
    std::string domain;
    std::string registrar;
    std::string iana_id;  // of the registrar
    std::string created;
    std::string updated;
    std::string expires;
    std::string asked;  // when this was so
    std::array<Contact, role_count> contacts;

    Contact& contact(Role role) noexcept { return contacts[static_cast<std::size_t>(role)]; }
};

// A part of a registration as a function, for the tables that name the parts of a format:
// field<&Registration::domain>, contact_field<Role::admin, &Contact::mailboxes>.
template <auto member>
std::string& field(Registration& registration) noexcept {
    return registration.*member;
}
template <Role role, auto member>
std::string& contact_field(Registration& registration) noexcept {
    return registration.contact(role).*member;
}

// Makes the observations of a registration.
class RegistrationSink {
  public:
    using Observe = std::function<void(const Observation&)>;
    using Refuse = std::function<void(const Reject&)>;

    // `when` it was asked, of registrations that do not say.
    RegistrationSink(Observe observe, Refuse refuse, std::string sensor,
                     std::optional<Seconds> when);

    // Refuses the whole where the domain or the time cannot be used, and a part where that cannot.
    // What stands for a withheld value (withheld.hpp) is left out.
    void take(const Registration& registration);
    void refuse(const Reject& reject) const { refuse_(reject); }

  private:
    struct Told;

    void refuse_part(Reason reason, std::string detail) const;
    std::optional<Seconds> time_asked(const Registration& registration) const;
    std::string dated(std::string_view word, std::string_view text) const;
    void take_contact(Role role, const Contact& contact, const Told& told);
    void observe(std::string_view role, Octets mailbox, const std::vector<std::string>& texts,
                 const Told& told);

    Observe observe_;
    Refuse refuse_;
    Source source_;
    std::optional<Seconds> when_;
};

}  // namespace dnshist::zonegen
