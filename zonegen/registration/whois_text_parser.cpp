#include "zonegen/registration/whois_text_parser.hpp"

#include <algorithm>

#include "storage/text/characters.hpp"
#include "storage/text/lower_case.hpp"

namespace dnshist::zonegen {

namespace {

struct Label {
    std::string_view text;  // in lower case
    std::string& (*field)(Registration&) noexcept;
};

constexpr auto label_table = std::to_array<Label>({
    {"domain name", field<&Registration::domain>},
    {"registrar", field<&Registration::registrar>},
    {"registrar iana id", field<&Registration::iana_id>},
    {"creation date", field<&Registration::created>},
    {"updated date", field<&Registration::updated>},
    {"registry expiry date", field<&Registration::expires>},
    {"registrar registration expiration date", field<&Registration::expires>},
    {">>> last update of whois database", field<&Registration::asked>},
    {"registrant email", contact_field<Role::registrant, &Contact::mailboxes>},
    {"registrant organization", contact_field<Role::registrant, &Contact::organisation>},
    {"admin email", contact_field<Role::admin, &Contact::mailboxes>},
    {"admin organization", contact_field<Role::admin, &Contact::organisation>},
    {"tech email", contact_field<Role::tech, &Contact::mailboxes>},
    {"tech organization", contact_field<Role::tech, &Contact::organisation>},
    {"billing email", contact_field<Role::billing, &Contact::mailboxes>},
    {"billing organization", contact_field<Role::billing, &Contact::organisation>},
});

// The first value of a label is taken: a registrar's response may repeat the registry's.
void read_line(std::string_view line, Registration& registration) {
    if (line.starts_with('#') || line.starts_with('%')) return;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    const std::string_view word = trimmed(line.substr(0, colon));
    const auto* const label = std::ranges::find_if(
        label_table, [word](const Label& each) { return is_in_any_case(word, each.text); });
    if (label == label_table.end()) return;
    std::string_view value = trimmed(line.substr(colon + 1));
    constexpr std::string_view end_mark = "<<<";
    if (word.starts_with('>') && value.ends_with(end_mark)) {
        value = trimmed(value.substr(0, value.size() - end_mark.size()));
    }
    std::string& field = label->field(registration);
    if (field.empty()) field = value;
}

}  // namespace

WhoisTextParser::WhoisTextParser(RegistrationSink::Observe observe, RegistrationSink::Refuse refuse,
                                 std::string sensor, std::optional<Seconds> when)
    : sink_(std::move(observe), std::move(refuse), std::move(sensor), when) {}

void WhoisTextParser::read(std::string_view item) {
    Registration registration;
    bool is_remark = true;
    while (!item.empty()) {
        const std::string_view line = trimmed(item.substr(0, item.find('\n')));
        item.remove_prefix(std::min(item.find('\n'), item.size() - 1) + 1);
        is_remark = is_remark && (line.empty() || line.starts_with('#'));
        read_line(line, registration);
    }
    if (is_remark) return;
    if (registration.domain.empty()) {
        return sink_.refuse(
            refusal(Reason::no_name, "no line 'Domain Name:', with which a response begins"));
    }
    sink_.take(registration);
}

}  // namespace dnshist::zonegen
