#include "responder/rest/dnsdb_request.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "responder/http/url.hpp"
#include "storage/text/characters.hpp"
#include "storage/text/quote.hpp"

namespace dnshist::responder {

namespace {

// The next segment of the path, decoded.
RestResult<std::string> next_segment(std::string_view& path) {
    const std::string_view encoded = take_segment(path);
    auto segment = percent_decoded(encoded);
    if (!segment) return RestError{400, "a '%' without two digits: " + quote(encoded)};
    return *std::move(segment);
}

bool is_number(std::string_view text) noexcept {
    return !text.empty() && consists_of(text, "0123456789");
}

template <class Number>
std::optional<Number> number_from(std::string_view text) {
    Number number{};
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return number;
}

std::optional<bool> truth_from(std::string_view text) {
    std::string word(text);
    std::ranges::transform(word, word.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    if (word == "t" || word == "true" || word == "1" || word == "yes") return true;
    if (word == "f" || word == "false" || word == "0" || word == "no") return false;
    return std::nullopt;
}

// Seconds since 1970, or before `now` where negative. What is out of range becomes the nearest time
// there is.
std::optional<Seconds> time_from(std::string_view text, Seconds now) {
    auto number = number_from<std::int64_t>(text);
    if (!number) return std::nullopt;
    const std::int64_t present = now.since_epoch;
    if (*number < 0) *number = present + std::max(*number, -present);
    constexpr std::int64_t latest = end_of_time.since_epoch;
    return Seconds{static_cast<std::uint32_t>(std::min(*number, latest))};
}

// The parameters of a request.
class Parameters {
  public:
    Parameters(DnsdbRequest& request, Seconds now, bool is_flex = false)
        : request_(request), now_(now), is_flex_(is_flex) {}

    std::optional<RestError> read(std::string_view query) {
        const auto read_one = [this](std::string_view name, std::string_view value) {
            if (!read(name, value)) {
                error_ = RestError{
                    400, "no value of the parameter '" + std::string(name) + "': " + quote(value)};
            }
            return !error_;
        };
        if (!for_each_parameter(query, read_one) && !error_) {
            error_ = RestError{400, "a '%' without two digits: " + quote(query)};
        }
        if (!error_) request_.selection.set_times(first_, last_);
        return error_;
    }

  private:
    bool read(std::string_view name, std::string_view value) {
        if (name == "limit") return set(request_.limit, number_from<std::uint64_t>(value));
        if (name == "offset") return set(request_.offset, number_from<std::uint64_t>(value));
        if (name == "max_count") return set(request_.max_count, number_from<std::uint64_t>(value));
        if (name == "time_first_after") return set(first_.begin, time_from(value, now_));
        if (name == "time_first_before") return set(first_.end, time_from(value, now_));
        if (name == "time_last_after") return set(last_.begin, time_from(value, now_));
        if (name == "time_last_before") return set(last_.end, time_from(value, now_));
        if (name == "humantime") return set(request_.human_times, truth_from(value));
        if (name == "aggr") {
            const auto aggregated = truth_from(value);
            if (aggregated) request_.selection.set_runs(!*aggregated);
            return aggregated.has_value();
        }
        if (name == "verbose") return set(request_.verbose, truth_from(value));
        if (name == "exclude") {
            request_.exclude = value;
            return true;
        }
        // These tell of the client's program.
        constexpr std::array<std::string_view, 3> ignored{"swclient", "version", "id"};
        if (std::ranges::find(ignored, name) != ignored.end()) return true;
        error_ = RestError{
            400, "no parameter " + quote(name) + "; there are limit, offset, max_count, " +
                     (is_flex_ ? "exclude, verbose" : "aggr") +
                     ", humantime, time_first_after, time_first_before, time_last_after and "
                     "time_last_before"};
        return true;
    }

    template <class To, class From>
    bool set(To& to, const std::optional<From>& value) {
        if (value) to = *value;
        return value.has_value();
    }

    DnsdbRequest& request_;
    Seconds now_;
    bool is_flex_;  // a flexible search, which has other parameters
    Period first_ = all_time;
    Period last_ = all_time;
    std::optional<RestError> error_;
};

RestError no_such_path() {
    return {404,
            "no such path; there are rrset/name/NAME, rrset/raw/HEX, rdata/name/NAME, "
            "rdata/ip/ADDRESS and rdata/raw/HEX"};
}

// TYPE, and after it the end of the path.
RestResult<TypeSet> types_at_end(std::string_view& path) {
    const RestResult<std::string> text = next_segment(path);
    if (!text) return text.error();
    if (!path.empty()) return no_such_path();
    return types_from_text(*text);
}

RestResult<DnsdbRequest> read_rrset(std::string_view form, std::string_view path) {
    const RestResult<std::string> subject = next_segment(path);
    if (!subject) return subject.error();
    RestResult<Selection> selection =
        form == "name" ? select_rrset(*subject) : select_raw_rrset(*subject);
    if (!selection) return selection.error();
    const std::string_view type_text = take_segment(path);
    std::string_view type_path = type_text;
    const RestResult<TypeSet> types = types_at_end(type_path);
    if (!types) return types.error();
    selection->set_types(*types);
    const RestResult<std::string> bailiwick = next_segment(path);
    if (!bailiwick) return bailiwick.error();
    if (!path.empty()) return no_such_path();
    if (!bailiwick->empty()) {
        const Result<Name> name = Name::from_text(*bailiwick);
        if (!name) return RestError{400, "no bailiwick: " + name.error().text};
        selection->bailiwick = name->text();
    }
    DnsdbRequest request;
    request.selection = *std::move(selection);
    request.by_owner = true;
    return request;
}

RestResult<DnsdbRequest> read_rdata(std::string_view form, std::string_view path) {
    RestResult<std::string> subject = next_segment(path);
    if (!subject) return subject.error();
    if (form == "ip" && is_number(path.substr(0, path.find('/')))) {
        *subject += '/';
        *subject += take_segment(path);
    }
    const RestResult<TypeSet> types = types_at_end(path);
    if (!types) return types.error();
    RestResult<Selection> selection = form == "name"  ? select_rdata_name(*subject)
                                      : form == "raw" ? select_raw_rdata(*subject, *types)
                                                      : select_rdata_address(*subject);
    if (!selection) return selection.error();
    selection->set_types(*types);
    DnsdbRequest request;
    request.selection = *std::move(selection);
    return request;
}

}  // namespace

RestResult<DnsdbRequest> read_flex_request(bool is_expression, std::string_view path,
                                           std::string_view query, Seconds now) {
    const std::string_view side = take_segment(path);
    if (side != "rrnames" && side != "rdata") {
        return RestError{404,
                         "no such path; there are regex/rrnames/PATTERN, regex/rdata/PATTERN, "
                         "glob/rrnames/PATTERN and glob/rdata/PATTERN"};
    }
    const RestResult<std::string> wanted = next_segment(path);
    if (!wanted) return wanted.error();
    const RestResult<TypeSet> types = types_at_end(path);
    if (!types) return types.error();
    DnsdbRequest request;
    // The parameters have the other pattern, and times for all queries.
    if (const auto error = Parameters(request, now, true).read(query)) return *error;
    RestResult<Selection> selection =
        select_flex({is_expression, side == "rrnames", *wanted, request.exclude});
    if (!selection) return selection.error();
    request.selection = *std::move(selection);
    request.selection.set_types(*types);
    if (const auto error = Parameters(request, now, true).read(query)) return *error;
    request.selection.set_runs(false);
    request.by_value = side == "rdata";
    return request;
}

RestResult<DnsdbRequest> read_dnsdb_request(std::string_view path, std::string_view query,
                                            Seconds now) {
    const std::string_view side = take_segment(path);
    const std::string_view form = take_segment(path);
    if (path.empty()) return no_such_path();
    RestResult<DnsdbRequest> request = no_such_path();
    if (side == "rrset" && (form == "name" || form == "raw")) request = read_rrset(form, path);
    if (side == "rdata" && (form == "name" || form == "raw" || form == "ip")) {
        request = read_rdata(form, path);
    }
    if (!request) return request;
    if (const auto error = Parameters(*request, now).read(query)) return *error;
    return request;
}

}  // namespace dnshist::responder
