#include "zonegen/registration/registration.hpp"

#include <algorithm>

#include "storage/record/name.hpp"
#include "storage/record/personal_type.hpp"
#include "storage/record/rdata.hpp"
#include "storage/text/characters.hpp"
#include "storage/text/idna.hpp"
#include "storage/text/lower_case.hpp"
#include "storage/text/quote.hpp"
#include "zonegen/registration/mailbox_list.hpp"
#include "zonegen/registration/withheld.hpp"

namespace dnshist::zonegen {

namespace {

constexpr std::array<std::string_view, role_count> role_words = {"registrant", "admin", "tech",
                                                                 "billing"};
constexpr std::size_t max_string_octets = 255;
constexpr std::size_t max_texts = 64;  // of one record

// A day alone, or a time with the zone in words, too.
std::optional<Seconds> read_time(std::string_view text) {
    constexpr std::size_t day_octets = 10;
    constexpr std::string_view utc = " UTC";
    if (text.ends_with(utc)) text.remove_suffix(utc.size());
    if (const auto time = timestamp_from_text(text)) return time;
    if (text.size() != day_octets) return std::nullopt;
    const auto day = period_from_text(text, Seconds{});
    return day ? std::optional(day->begin) : std::nullopt;
}

// 20190601T120000Z: one token, with no colon in it at which a pivot would take it apart.
std::string basic_form(Seconds time) {
    std::string text = time_text(time);
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text;
}

// user@domain as RNAME of SOA has it; nothing where it is none.
std::optional<Name> mailbox_name(std::string_view mailbox) {
    const std::size_t at = mailbox.rfind('@');
    const std::string_view user = mailbox.substr(0, at);
    if (user.empty() || user.size() > max_label_octets) return std::nullopt;
    const auto domain = Name::from_text(mailbox.substr(at + 1));
    if (!domain || domain->label_count() == 0) return std::nullopt;
    std::string wire(1, static_cast<char>(user.size()));
    wire += user;
    wire += as_text(domain->wire());
    return Name::from_wire(as_octets(wire));
}

// A text that was told in several lines (CSV has such fields) as one.
std::string one_line(std::string_view text) {
    constexpr std::string_view ends = "\r\n";
    std::string line;
    text = trimmed(text);
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of(ends), text.size());
        line += trimmed(text.substr(0, end));
        text = trimmed(text.substr(end));
        if (!text.empty()) line += ' ';
    }
    return line;
}

// Why the text cannot be the name of a domain that was registered; empty where it may be one.
std::string problem_of_domain(std::string_view text) {
    constexpr std::string_view letters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    if (contains(text, "://")) return "a URL, and not a domain: " + quote(text);
    if (contains(text, "@")) return "a mailbox, and not a domain: " + quote(text);
    // Parts of the reverse zones may have a slash (RFC 2317).
    const bool is_reverse = in_lower_case(text).ends_with(".arpa");
    const std::size_t other = text.find_first_not_of(letters);
    if (other == std::string_view::npos || (is_reverse && text[other] == '/')) return {};
    return "a domain has no " + quote(text.substr(other, 1)) + ": " + quote(text);
}

Result<Name> domain_name(std::string_view text) {
    const auto ascii = domain_in_ascii(text);
    if (!ascii) return Problem{"neither ASCII nor a name that IDNA permits: " + quote(text)};
    if (auto problem = problem_of_domain(*ascii); !problem.empty()) return Problem{problem};
    return Name::from_text(*ascii);
}

void append_string(Rdata& rdata, std::string_view text) {
    rdata.append(static_cast<std::uint8_t>(text.size()));
    rdata.append(as_octets(text));
}

}  // namespace

struct RegistrationSink::Told {
    Name domain;
    Seconds asked;
    std::string registrar;  // as the records of all roles have it
};

RegistrationSink::RegistrationSink(Observe observe, Refuse refuse, std::string sensor,
                                   std::optional<Seconds> when)
    : observe_(std::move(observe)), refuse_(std::move(refuse)), when_(when) {
    source_.sensor_id = std::move(sensor);
}

void RegistrationSink::take(const Registration& registration) {
    const std::string_view text = trimmed(registration.domain);
    if (text.empty()) return refuse_(refusal(Reason::no_name, "no domain that is registered"));
    const auto domain = domain_name(text);
    if (!domain) return refuse_(refusal(Reason::bad_name, domain.error().text));
    const auto asked = time_asked(registration);
    if (!asked) return;

    const std::string name = one_line(registration.registrar);
    const std::string_view id = trimmed(registration.iana_id);
    Told told{*domain, *asked, name};
    if (!id.empty()) told.registrar = "IANA " + std::string(id);
    std::vector<std::string> texts = {name};
    for (const std::string& date :
         {dated("created", registration.created), dated("updated", registration.updated),
          dated("expires", registration.expires)}) {
        if (!date.empty()) texts.push_back(date);
    }
    if (texts.size() > 1 || !told.registrar.empty()) {
        observe("registrar", Name().wire(), texts, told);
    }
    for (std::size_t role = 0; role < role_count; ++role)
        take_contact(Role{static_cast<std::uint8_t>(role)}, registration.contacts[role], told);
}

// The rest of the registration is kept.
void RegistrationSink::refuse_part(Reason reason, std::string detail) const {
    Reject reject = refusal(reason, std::move(detail));
    reject.partial = true;
    refuse_(reject);
}

// Nothing, and refused, where it is not known.
std::optional<Seconds> RegistrationSink::time_asked(const Registration& registration) const {
    const std::string_view text = trimmed(registration.asked);
    if (text.empty()) {
        if (!when_) {
            refuse_(refusal(Reason::bad_time, "it does not say when it was asked; --at TIME does"));
        }
        return when_;
    }
    const auto time = read_time(text);
    if (!time) {
        refuse_(refusal(Reason::bad_time, "when it was asked is no time: " + quote(text)));
    }
    return time;
}

// "created=20190601T120000Z"; empty where it was not told, or is refused.
std::string RegistrationSink::dated(std::string_view word, std::string_view text) const {
    text = trimmed(text);
    if (is_withheld(text)) return {};
    const auto time = read_time(text);
    if (time) return std::string(word) + '=' + basic_form(*time);
    refuse_part(Reason::bad_time, std::string(word) + " is no time: " + quote(text));
    return {};
}

void RegistrationSink::take_contact(Role role, const Contact& contact, const Told& told) {
    const std::string_view word = role_words[static_cast<std::size_t>(role)];
    std::optional<Name> mailbox;
    const std::string organisation = one_line(contact.organisation);
    std::vector<std::string> texts = {is_withheld(organisation) ? std::string() : organisation};
    bool any = !texts.front().empty();
    std::size_t too_many = 0;
    const MailboxList list = read_mailboxes(contact.mailboxes);
    for (const std::string& each : list.mailboxes) {
        any = true;
        const auto name = mailbox_name(each);
        if (name && !mailbox) {
            mailbox = name;
        } else if (texts.size() < max_texts) {
            texts.push_back(each);
        } else {
            ++too_many;
        }
    }
    if (too_many != 0) {
        refuse_part(Reason::too_many, std::to_string(too_many) + " mailboxes of the " +
                                          std::string(word) + " beyond " +
                                          std::to_string(max_texts));
    }
    for (const std::string& text : list.unreadable) {
        refuse_part(Reason::bad_rdata, "the mailbox of the " + std::string(word) +
                                           " is not of the form user@domain: " + quote(text));
    }
    if (any) observe(word, mailbox.value_or(Name()).wire(), texts, told);
}

// `texts` has the organisation, and what comes behind the registrar.
void RegistrationSink::observe(std::string_view role, Octets mailbox,
                               const std::vector<std::string>& texts, const Told& told) {
    Rdata rdata;
    append_string(rdata, role);
    rdata.append(mailbox);
    for (std::size_t i = 0; i <= texts.size(); ++i) {
        const std::string& text = i == 1 ? told.registrar : texts[i == 0 ? 0 : i - 1];
        if (text.size() <= max_string_octets) {
            append_string(rdata, text);
            continue;
        }
        refuse_part(Reason::bad_rdata, "a text of the " + std::string(role) +
                                           " is longer than 255 octets: " + quote(text));
        append_string(rdata, {});
    }
    Observation observation;
    observation.owner = told.domain.wire();
    observation.type = whois_type;
    observation.rdata = rdata.octets();
    observation.seen = {told.asked, told.asked};
    observation.source = source_.empty() ? nullptr : &source_;
    observe_(observation);
}

}  // namespace dnshist::zonegen
