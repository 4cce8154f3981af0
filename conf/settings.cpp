// The configuration file: a table of keys, each with what it expects and where its value goes.
#include "conf/settings.hpp"

#include <arpa/inet.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <numeric>
#include <sstream>
#include <system_error>

#include "storage/record/name.hpp"
#include "storage/record/record_pattern.hpp"
#include "storage/text/time.hpp"

namespace dnshist::conf {

namespace {

// A key of the file. `take` puts the value into the settings and gives nothing, or the node (the
// value itself or an element of it) that is not what is expected.
struct Key {
    std::string_view name;  // with its section
    std::string_view expected;
    const toml::node* (*take)(Settings&, const toml::node&);
    // The value that was perhaps meant by a text that is none; empty where none is near.
    std::string (*suggest)(std::string_view text) = nullptr;
};

template <class T>
const toml::node* take_number(T& out, const toml::node& node, std::int64_t low, std::int64_t high) {
    const auto* value = node.as_integer();
    if (value == nullptr || value->get() < low || value->get() > high) return &node;
    out = static_cast<T>(value->get());
    return nullptr;
}

const toml::node* take_duration(std::uint32_t& out, const toml::node& node, std::uint32_t low,
                                std::uint32_t high) {
    const auto* text = node.as_string();
    if (text == nullptr) return take_number(out, node, low, high);
    const auto duration = duration_from_text(text->get());
    if (!duration || *duration < low || *duration > high) return &node;
    out = *duration;
    return nullptr;
}

enum class Least { none, one };

// One string or an array, each string of which `convert` turns into an element of `out`.
template <class T, class Convert>
const toml::node* take_list(std::vector<T>& out, const toml::node& node, Convert convert,
                            Least least = Least::one) {
    std::vector<T> list;
    const auto take_element = [&](const toml::node& element) -> const toml::node* {
        const auto* text = element.as_string();
        if (text == nullptr) return &element;
        auto converted = convert(text->get());
        if (!converted) return &element;
        list.push_back(*std::move(converted));
        return nullptr;
    };
    if (const auto* array = node.as_array()) {
        for (const toml::node& element : *array) {
            if (take_element(element) != nullptr) return &element;
        }
        if (list.empty() && least == Least::one) return &node;
    } else if (take_element(node) != nullptr) {
        return &node;
    }
    out = std::move(list);
    return nullptr;
}

const toml::node* take_directory(Settings& settings, const toml::node& node) {
    const auto* text = node.as_string();
    if (text == nullptr || text->get().empty()) return &node;
    settings.store.directory = text->get();
    return nullptr;
}

const toml::node* take_listen(Settings& settings, const toml::node& node) {
    return take_list(settings.responder.listen, node, [](const std::string& text) {
        const auto endpoint = endpoint_from_text(text);
        return endpoint ? std::optional(*endpoint) : std::nullopt;
    });
}

const toml::node* take_zones(Settings& settings, const toml::node& node) {
    return take_list(settings.responder.zones, node, [](const std::string& text) {
        const auto name = Name::from_text(text);
        return name ? std::optional(name->text()) : std::nullopt;
    });
}

// ADDRESS@PORT, or "" for none. Debian's civetweb, which serves it, is built without IPv6.
const toml::node* take_metrics(Settings& settings, const toml::node& node) {
    const auto* text = node.as_string();
    if (text == nullptr) return &node;
    settings.responder.metrics.reset();
    if (text->get().empty()) return nullptr;
    const auto endpoint = endpoint_from_text(text->get());
    if (!endpoint || endpoint->address.find(':') != std::string::npos) return &node;
    settings.responder.metrics = *endpoint;
    return nullptr;
}

// An absolute path, as a daemon's working directory is nobody's business; or "" for none.
const toml::node* take_query_log(Settings& settings, const toml::node& node) {
    const auto* text = node.as_string();
    if (text == nullptr) return &node;
    const std::filesystem::path path(text->get());
    if (!path.empty() && !path.is_absolute()) return &node;
    settings.responder.query_log = path;
    return nullptr;
}

const toml::node* take_keys(Settings& settings, const toml::node& node) {
    return take_list(
        settings.responder.keys, node,
        [](const std::string& text) {
            return text.empty() ? std::nullopt : std::optional<std::filesystem::path>(text);
        },
        Least::none);
}

const toml::node* take_prefixes(std::vector<AddressPrefix>& out, const toml::node& node) {
    return take_list(
        out, node, [](const std::string& text) { return address_prefix_from_text(text); },
        Least::none);
}

template <std::vector<AddressPrefix> Settings::Serve::*list>
const toml::node* take_clients(Settings& settings, const toml::node& node) {
    return take_prefixes(settings.responder.*list, node);
}

template <std::optional<std::vector<AddressPrefix>> Settings::Serve::Views::*view>
const toml::node* take_view(Settings& settings, const toml::node& node) {
    return take_prefixes((settings.responder.views.*view).emplace(), node);
}

using Serve = Settings::Serve;
using Views = Settings::Serve::Views;

const toml::node* take_counts(Settings& settings, const toml::node& node) {
    const auto* text = node.as_string();
    if (text == nullptr || (text->get() != "add" && text->get() != "max")) return &node;
    settings.import.counts = text->get();
    return nullptr;
}

const toml::node* take_trust(Settings& settings, const toml::node& node) {
    const auto* text = node.as_string();
    if (text == nullptr || (text->get() != "bailiwick" && text->get() != "all")) return &node;
    settings.import.trust = text->get();
    return nullptr;
}

const toml::node* take_dnstap_types(Settings& settings, const toml::node& node) {
    constexpr std::array<std::string_view, 6> known = {"resolver",  "auth", "client",
                                                       "forwarder", "stub", "tool"};
    return take_list(settings.import.dnstap_types, node, [&](const std::string& text) {
        return std::ranges::find(known, text) != known.end() ? std::optional(text) : std::nullopt;
    });
}

const toml::node* take_patterns(std::vector<std::string>& out, const toml::node& node) {
    return take_list(
        out, node,
        [](const std::string& text) {
            const bool usable = text.starts_with('/') || record_pattern_from_text(text);
            return usable ? std::optional(text) : std::nullopt;
        },
        Least::none);
}

const toml::node* take_dnstap_places(Settings& settings, const toml::node& node) {
    return take_list(settings.listen.dnstap, node, [](const std::string& text) {
        const auto place = dnstap_place_from_text(text);
        return place ? std::optional(*place) : std::nullopt;
    });
}

const toml::node* take_bool(bool& out, const toml::node& node) {
    const auto* value = node.as_boolean();
    if (value == nullptr) return &node;
    out = value->get();
    return nullptr;
}

const toml::node* take_identity(Settings& settings, const toml::node& node) {
    constexpr std::size_t longest = 200;
    const auto* text = node.as_string();
    if (text == nullptr || text->get().size() > longest) return &node;
    settings.responder.identity = text->get();
    return nullptr;
}

const toml::node* take_cookie_secrets(Settings& settings, const toml::node& node) {
    const auto convert = [](const std::string& text) {
        const bool digits = text.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
        return digits && text.size() == 32 ? std::optional(text) : std::nullopt;
    };
    return take_list(settings.responder.cookie_secrets, node, convert, Least::none);
}

constexpr std::uint32_t max_ttl = 0x7fffffff;  // RFC 2181, section 8

constexpr std::string_view prefixes =
    "an array of prefixes, such as [\"192.0.2.0/24\", \"2001:db8::/32\"]";

constexpr std::string_view patterns =
    "an array of NAME, \"TYPE NAME\" or /FILE, such as [\"*.tracker.example\", \"NSEC3 .\"]";

constexpr auto keys = std::to_array<Key>({
    {"store.directory", "a path", take_directory},
    {"store.gap", "a length of time, such as \"30d\"",
     [](Settings& to, const toml::node& from) {
         return take_duration(to.store.gap, from, 0, std::numeric_limits<std::uint32_t>::max());
     }},
    {"responder.listen", "an array of ADDRESS@PORT, such as [\"127.0.0.1@5300\", \"::1@5300\"]",
     take_listen},
    {"responder.zones", "an array of domain names, such as [\"pdns.local.\"]", take_zones},
    {"responder.threads", "a number from 0 (one a processor) to 256",
     [](Settings& to, const toml::node& from) {
         return take_number(to.responder.threads, from, 0, 256);
     }},
    {"responder.ttl", "a length of time, such as 300 (seconds) or \"5m\"",
     [](Settings& to, const toml::node& from) {
         return take_duration(to.responder.ttl, from, 0, max_ttl);
     }},
    {"responder.negative_ttl", "a length of time, such as 60 (seconds) or \"1m\"",
     [](Settings& to, const toml::node& from) {
         return take_duration(to.responder.negative_ttl, from, 0, max_ttl);
     }},
    {"responder.scan_limit", "a number of units of work, from 1000",
     [](Settings& to, const toml::node& from) {
         return take_number(to.responder.scan_limit, from, 1000,
                            std::numeric_limits<std::int64_t>::max());
     }},
    {"responder.udp_payload", "a number of octets from 512 to 4096",
     [](Settings& to, const toml::node& from) {
         return take_number(to.responder.udp_payload, from, 512, 4096);
     }},
    {"responder.tcp_clients", "a number of connections from 1 to 1000000",
     [](Settings& to, const toml::node& from) {
         return take_number(to.responder.tcp_clients, from, 1, 1'000'000);
     }},
    {"responder.tcp_clients_per_address", "a number of connections from 1 to 1000000",
     [](Settings& to, const toml::node& from) {
         return take_number(to.responder.tcp_clients_per_address, from, 1, 1'000'000);
     }},
    {"responder.tcp_idle_timeout", "a length of time from 1 second to 1 hour, such as 10 or \"1m\"",
     [](Settings& to, const toml::node& from) {
         return take_duration(to.responder.tcp_idle_timeout, from, 1, 3600);
     }},
    {"responder.identity", "a text of at most 200 octets", take_identity},
    {"responder.chaos", "true or false",
     [](Settings& to, const toml::node& from) { return take_bool(to.responder.chaos, from); }},
    {"responder.cookies", "true or false",
     [](Settings& to, const toml::node& from) { return take_bool(to.responder.cookies, from); }},
    {"responder.cookie_secrets", "an array of secrets of 32 hexadecimal digits each",
     take_cookie_secrets},
    {"responder.metrics", "an IPv4 ADDRESS@PORT, such as \"127.0.0.1@9530\", or \"\" for none",
     take_metrics},
    {"responder.query_log", "an absolute path, or \"\" for none", take_query_log},
    {"responder.keys", "an array of files of TSIG keys, such as [\"/etc/dnshist/keys.conf\"]",
     take_keys},
    {"responder.require_key", prefixes, take_clients<&Serve::require_key>, nearest_address_prefix},
    {"responder.allow", prefixes, take_clients<&Serve::allow>, nearest_address_prefix},
    {"responder.deny", prefixes, take_clients<&Serve::deny>, nearest_address_prefix},
    {"responder.views.history", prefixes, take_view<&Views::history>, nearest_address_prefix},
    {"responder.views.pivot", prefixes, take_view<&Views::pivot>, nearest_address_prefix},
    {"responder.views.names", prefixes, take_view<&Views::names>, nearest_address_prefix},
    {"responder.views.summary", prefixes, take_view<&Views::summary>, nearest_address_prefix},
    {"responder.views.changes", prefixes, take_view<&Views::changes>, nearest_address_prefix},
    {"responder.views.at", prefixes, take_view<&Views::at>, nearest_address_prefix},
    {"responder.rate_limit", "a number of answers a second from 0 (no limit) to 1000000",
     [](Settings& to, const toml::node& from) {
         return take_number(to.responder.rate_limit, from, 0, 1'000'000);
     }},
    {"responder.rate_limit_slip", "a number from 0 (none) to 100",
     [](Settings& to, const toml::node& from) {
         return take_number(to.responder.rate_limit_slip, from, 0, 100);
     }},
    {"responder.rate_limit_exempt", prefixes, take_clients<&Serve::rate_limit_exempt>,
     nearest_address_prefix},
    {"responder.work_limit", "a number of units of work a second, 0 for no limit",
     [](Settings& to, const toml::node& from) {
         return take_number(to.responder.work_limit, from, 0,
                            std::numeric_limits<std::int64_t>::max());
     }},
    {"import.batch", "a number of observations from 1 to 100000000",
     [](Settings& to, const toml::node& from) {
         return take_number(to.import.batch, from, 1, 100'000'000);
     }},
    {"import.counts", "\"add\" or \"max\"", take_counts},
    {"import.trust", "\"bailiwick\" or \"all\"", take_trust},
    {"import.dnstap_types",
     "an array of \"resolver\", \"auth\", \"client\", \"forwarder\", "
     "\"stub\" and \"tool\"",
     take_dnstap_types},
    {"import.include", patterns,
     [](Settings& to, const toml::node& from) { return take_patterns(to.import.include, from); }},
    {"import.exclude", patterns,
     [](Settings& to, const toml::node& from) { return take_patterns(to.import.exclude, from); }},
    {"import.new_children", "a number of names, 0 for no limit",
     [](Settings& to, const toml::node& from) {
         return take_number(to.import.new_children, from, 0,
                            std::numeric_limits<std::uint32_t>::max());
     }},
    {"listen.dnstap",
     "an array of \"unix:PATH\" or \"ADDRESS@PORT\", such as "
     "[\"unix:/run/dnshist/dnstap.sock\"]",
     take_dnstap_places},
    {"listen.senders", "a number from 1 to 10000",
     [](Settings& to,
        const toml::node& from) { return take_number(to.listen.senders, from, 1, 10'000); }},
    {"listen.window", "a length of time from 1 second to 1 hour, such as \"10s\"",
     [](Settings& to, const toml::node& from) {
         return take_duration(to.listen.window, from, 1, 3600);
     }},
    {"listen.window_observations", "a number of observations from 2 to 100000000",
     [](Settings& to, const toml::node& from) {
         return take_number(to.listen.window_observations, from, 2, 100'000'000);
     }},
});

// How many characters have to be added, left out or changed to make one text of the other.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U);
            diagonal = row[j];
            row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row.back();
}

std::string_view section_of(std::string_view key) {
    return key.substr(0, key.find('.'));
}

std::string_view last_part(std::string_view key) {
    return key.substr(key.rfind('.') + 1);
}

// Whether keys stand in it.
bool is_section(std::string_view name) {
    return std::any_of(keys.begin(), keys.end(), [&](const Key& key) {
        return key.name.size() > name.size() && key.name.starts_with(name) &&
               key.name[name.size()] == '.';
    });
}

// The key that was meant, most likely: the same word in another section, or the nearest name.
std::string_view nearest_key(std::string_view unknown) {
    const auto distance = [&](std::string_view known) {
        return std::min(edit_distance(unknown, known),
                        1 + edit_distance(last_part(unknown), last_part(known)));
    };
    return std::min_element(
               keys.begin(), keys.end(),
               [&](const Key& a, const Key& b) { return distance(a.name) < distance(b.name); })
        ->name;
}

std::string_view nearest_section(std::string_view unknown) {
    return section_of(std::min_element(keys.begin(), keys.end(), [&](const Key& a, const Key& b) {
                          return edit_distance(unknown, section_of(a.name)) <
                                 edit_distance(unknown, section_of(b.name));
                      })->name);
}

// A value as the file writes it, for a problem.
std::string value_text(const toml::node& node) {
    if (const auto* array = node.as_array()) return array->empty() ? "[]" : "an array";
    if (node.is_table()) return "a table";
    std::ostringstream out;
    node.visit([&out](const auto& value) { out << value; });
    return out.str();
}

std::string suggestion(const Key& key, const toml::node& wrong) {
    const auto* text = wrong.as_string();
    if (text == nullptr || key.suggest == nullptr) return {};
    const std::string nearest = key.suggest(text->get());
    return nearest.empty() ? nearest : "; did you mean '" + nearest + "'?";
}

// Goes through the file's tables and keeps the problem that stands first in the file.
class Reader {
  public:
    explicit Reader(std::string_view origin) : origin_(origin) {}

    Result<Settings> read(const toml::table& root) {
        for (const auto& [section, node] : root)
            read_top(section, node);
        if (problem_) return *std::move(problem_);
        return std::move(settings_);
    }

  private:
    void read_top(const toml::key& section, const toml::node& node) {
        if (is_section(section.str())) {
            read_section(section.str(), node);
        } else if (node.is_table()) {
            report(section.source(), "unknown section '" + std::string(section.str()) +
                                         "'; did you mean '" +
                                         std::string(nearest_section(section.str())) + "'?");
        } else {
            unknown_key(section.source(), section.str());
        }
    }

    // A table of keys, some of which may be tables themselves.
    void read_section(std::string_view section, const toml::node& node) {
        if (const toml::table* table = node.as_table()) {
            for (const auto& [key, value] : *table)
                read_key(section, key, value);
        } else {
            report(node.source(), std::string(section) + ": expected a section [" +
                                      std::string(section) + "], not " + value_text(node));
        }
    }

    void read_key(std::string_view section, const toml::key& key, const toml::node& value) {
        const std::string name = std::string(section) + "." + std::string(key.str());
        if (is_section(name)) return read_section(name, value);
        const auto* known = std::find_if(
            keys.begin(), keys.end(), [&](const Key& candidate) { return candidate.name == name; });
        if (known == keys.end()) {
            unknown_key(key.source(), name);
        } else if (const toml::node* wrong = known->take(settings_, value)) {
            report(wrong->source(), name + ": expected " + std::string(known->expected) + ", not " +
                                        value_text(*wrong) + suggestion(*known, *wrong));
        }
    }

    void unknown_key(const toml::source_region& where, std::string_view name) {
        report(where, "unknown key '" + std::string(name) + "'; did you mean '" +
                          std::string(nearest_key(name)) + "'?");
    }

    void report(const toml::source_region& where, const std::string& what) {
        if (problem_ && where.begin.line >= line_) return;
        line_ = where.begin.line;
        problem_ = Problem{origin_ + ":" + std::to_string(line_) + ": " + what};
    }

    std::string origin_;
    Settings settings_;
    std::optional<Problem> problem_;
    toml::source_index line_ = 0;
};

bool is_address(const std::string& text) {
    std::array<std::uint8_t, sizeof(in6_addr)> room;
    return inet_pton(AF_INET, text.c_str(), room.data()) == 1 ||
           // fe80::1%eth0: a link-local address says on which link (RFC 4007, section 11)
           inet_pton(AF_INET6, text.substr(0, text.find('%')).c_str(), room.data()) == 1;
}

}  // namespace

Result<Endpoint> endpoint_from_text(std::string_view text) {
    const Problem problem{"expected ADDRESS@PORT, such as 127.0.0.1@5300 or ::1@5300, not '" +
                          std::string(text) + "'"};
    const std::size_t at = text.rfind('@');
    if (at == std::string_view::npos) return problem;
    Endpoint endpoint{std::string(text.substr(0, at)), 0};
    const std::string_view port = text.substr(at + 1);
    const auto [end, error] =
        std::from_chars(port.data(), port.data() + port.size(), endpoint.port);
    if (error != std::errc{} || end != port.data() + port.size()) return problem;
    if (endpoint.address.find('\0') != std::string::npos || !is_address(endpoint.address)) {
        return problem;
    }
    return endpoint;
}

Result<DnstapPlace> dnstap_place_from_text(std::string_view text) {
    constexpr std::string_view unix_scheme = "unix:";
    if (!text.starts_with(unix_scheme)) {
        const auto endpoint = endpoint_from_text(text);
        if (endpoint) return DnstapPlace{{}, *endpoint};
        return Problem{"expected unix:PATH or ADDRESS@PORT, such as 127.0.0.1@6000, not '" +
                       std::string(text) + "'"};
    }
    const std::filesystem::path path(text.substr(unix_scheme.size()));
    if (!path.is_absolute() || text.find('\0') != std::string_view::npos) {
        return Problem{"expected unix: and an absolute path, not '" + std::string(text) + "'"};
    }
    return DnstapPlace{path, {}};
}

std::string dnstap_place_text(const DnstapPlace& place) {
    if (place.path.empty()) return endpoint_text(place.endpoint);
    return "unix:" + place.path.string();
}

std::string endpoint_text(const Endpoint& endpoint) {
    return endpoint.address + "@" + std::to_string(endpoint.port);
}

Result<Settings> read_settings(const std::optional<std::filesystem::path>& file) {
    const std::filesystem::path path = file.value_or(std::filesystem::path(default_settings_file));
    std::error_code error;
    if (!file && !std::filesystem::exists(path, error) && !error) return Settings{};

    std::ifstream in(path, std::ios::binary);
    in.peek();  // opening a directory works, reading it does not
    if (!in.is_open() || in.bad()) {
        return Problem{path.string() +
                       ": cannot be read: " + std::generic_category().message(errno)};
    }
    std::ostringstream text;
    text << in.rdbuf();
    return settings_from_text(text.str(), path.string());
}

Result<Settings> settings_from_text(std::string_view text, std::string_view origin) {
    try {
        return Reader(origin).read(toml::parse(text, origin));
    } catch (const toml::parse_error& error) {
        return Problem{std::string(origin) + ":" + std::to_string(error.source().begin.line) +
                       ": " + std::string(error.description())};
    }
}

}  // namespace dnshist::conf
