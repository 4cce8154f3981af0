#include "zonegen/registration/whois_csv_parser.hpp"

#include <algorithm>
#include <optional>

#include "storage/base/octets.hpp"
#include "storage/text/lower_case.hpp"

namespace dnshist::zonegen {

namespace {

constexpr std::size_t max_fields = 4096;

struct Column {
    std::string_view name;  // in lower case
    std::string& (*field)(Registration&) noexcept;
};

template <Role role>
constexpr auto mailboxes = contact_field<role, &Contact::mailboxes>;
template <Role role>
constexpr auto organisation = contact_field<role, &Contact::organisation>;

// Of several columns of one field, the first here that is not empty is taken.
constexpr auto column_table = std::to_array<Column>({
    {"domainname", field<&Registration::domain>},
    {"domain_name", field<&Registration::domain>},
    {"query_time", field<&Registration::asked>},
    {"audit_auditupdateddate", field<&Registration::asked>},
    {"standardregcreateddate", field<&Registration::created>},
    {"createddate", field<&Registration::created>},
    {"create_date", field<&Registration::created>},
    {"standardregupdateddate", field<&Registration::updated>},
    {"updateddate", field<&Registration::updated>},
    {"update_date", field<&Registration::updated>},
    {"standardregexpiresdate", field<&Registration::expires>},
    {"expiresdate", field<&Registration::expires>},
    {"expiry_date", field<&Registration::expires>},
    {"registrarname", field<&Registration::registrar>},
    {"domain_registrar_name", field<&Registration::registrar>},
    {"registrarianaid", field<&Registration::iana_id>},
    {"domain_registrar_id", field<&Registration::iana_id>},
    {"registrant_email", mailboxes<Role::registrant>},
    {"registrant_organization", organisation<Role::registrant>},
    {"registrant_company", organisation<Role::registrant>},
    {"contactemail", mailboxes<Role::registrant>},
    {"administrativecontact_email", mailboxes<Role::admin>},
    {"administrative_email", mailboxes<Role::admin>},
    {"administrativecontact_organization", organisation<Role::admin>},
    {"administrative_company", organisation<Role::admin>},
    {"technicalcontact_email", mailboxes<Role::tech>},
    {"technical_email", mailboxes<Role::tech>},
    {"technicalcontact_organization", organisation<Role::tech>},
    {"technical_company", organisation<Role::tech>},
    {"billingcontact_email", mailboxes<Role::billing>},
    {"billing_email", mailboxes<Role::billing>},
    {"billingcontact_organization", organisation<Role::billing>},
    {"billing_company", organisation<Role::billing>},
});
constexpr std::uint8_t domain_columns = 2;

std::string of_field(std::size_t index, std::string_view problem) {
    return "field " + std::to_string(index + 1) + ": " + std::string(problem);
}

// Reads a field off the front of `rest`, which is then at a comma or empty. A problem where it is
// not in the form of RFC 4180, section 2.
std::optional<std::string_view> take_field(std::string_view& rest, std::string& out) {
    if (!rest.starts_with('"')) {
        const std::string_view plain = rest.substr(0, rest.find(','));
        rest.remove_prefix(plain.size());
        if (plain.find('"') != std::string_view::npos) {
            return "a quote within a text that does not begin with one";
        }
        out = plain;
        return std::nullopt;
    }
    rest.remove_prefix(1);
    for (;;) {
        const std::size_t quote = rest.find('"');
        if (quote == std::string_view::npos) return "the quote at its beginning is not closed";
        out += rest.substr(0, quote);
        rest.remove_prefix(quote + 1);
        if (!rest.starts_with('"')) break;
        out += '"';
        rest.remove_prefix(1);
    }
    if (!rest.empty() && !rest.starts_with(',')) return "text behind the closing quote";
    return std::nullopt;
}

// A problem where the record is malformed.
std::optional<std::string> split(std::string_view record, std::vector<std::string>& fields) {
    fields.clear();
    for (;;) {
        if (fields.size() == max_fields) return "more than 4096 fields";
        if (const auto problem = take_field(record, fields.emplace_back())) {
            return of_field(fields.size() - 1, *problem);
        }
        if (record.empty()) return std::nullopt;
        record.remove_prefix(1);
    }
}

// The row of a column's name and one; zero for one that is not known.
std::uint8_t column_named(std::string_view name) {
    const std::string lower = in_lower_case(name);
    const auto* const row = std::ranges::find(column_table, lower, &Column::name);
    return row == column_table.end() ? std::uint8_t{0}
                                     : static_cast<std::uint8_t>(row - column_table.begin() + 1);
}

}  // namespace

WhoisCsvParser::WhoisCsvParser(RegistrationSink::Observe observe, RegistrationSink::Refuse refuse,
                               std::string sensor, std::optional<Seconds> when)
    : sink_(std::move(observe), std::move(refuse), std::move(sensor), when) {}

// Whether the fields are names of columns: no domain is called as its column is.
bool WhoisCsvParser::read_header(std::string_view item) {
    std::vector<std::uint8_t> columns;
    columns.reserve(fields_.size());
    for (const std::string& name : fields_)
        columns.push_back(column_named(name));
    const auto is_domain = [](std::uint8_t row) { return row != 0 && row <= domain_columns; };
    if (std::ranges::none_of(columns, is_domain)) return false;
    columns_ = std::move(columns);
    header_ = std::string(item) + '\n';
    return true;
}

bool WhoisCsvParser::has_all_fields(std::string_view item) {
    return !split(item, fields_) && !columns_.empty() && fields_.size() == columns_.size();
}

void WhoisCsvParser::read(std::string_view item) {
    if (const auto problem = split(item, fields_)) {
        return sink_.refuse(refusal(Reason::bad_line, *problem));
    }
    if (read_header(item)) return;
    if (columns_.empty()) {
        return sink_.refuse(
            refusal(Reason::bad_line,
                    "no line before it names the columns, domainName or domain_name among them, "
                    "with ',' between them"));
    }
    if (fields_.size() != columns_.size()) {
        return sink_.refuse(refusal(Reason::bad_line, std::to_string(fields_.size()) +
                                                          " fields, and the columns are " +
                                                          std::to_string(columns_.size())));
    }
    Registration registration;
    for (std::size_t row = 0; row < column_table.size(); ++row) {
        const auto column = std::ranges::find(columns_, static_cast<std::uint8_t>(row + 1));
        if (column == columns_.end()) continue;
        std::string& value = column_table[row].field(registration);
        std::string& told = fields_[static_cast<std::size_t>(column - columns_.begin())];
        if (value.empty()) value = std::move(told);
    }
    sink_.take(registration);
}

}  // namespace dnshist::zonegen
