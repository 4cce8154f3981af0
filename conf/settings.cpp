#include "conf/settings.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include "conf/keys.hpp"
#include "storage/text/edit_distance.hpp"

namespace dnshist::conf {

namespace {

std::string_view last_part(std::string_view key) {
    return key.substr(key.rfind('.') + 1);
}

bool is_section(std::string_view name) {
    return std::ranges::find(sections(), name, &Section::name) != sections().end();
}

// The key that was meant, most likely: the same word in another section, or the nearest name. Empty
// where half of the word would be another one.
std::string_view nearest_key(std::string_view unknown) {
    const auto distance = [&](const Key& known) {
        return std::min(edit_distance(unknown, known.name),
                        1 + edit_distance(last_part(unknown), last_part(known.name)));
    };
    const Key& nearest = *std::ranges::min_element(keys(), {}, distance);
    return 2 * distance(nearest) > last_part(unknown).size() ? std::string_view() : nearest.name;
}

// The keys of the section that an unknown key is in, which none of them resembles.
std::string known_keys(std::string_view unknown) {
    const std::string_view section = unknown.substr(0, unknown.size() - last_part(unknown).size());
    std::string text;
    for (const Key& key : keys()) {
        const bool is_there = !section.empty() && key.name.starts_with(section) &&
                              key.name.size() == section.size() + last_part(key.name).size();
        if (!is_there) continue;
        text.append(text.empty() ? "; the keys there are " : ", ").append(last_part(key.name));
    }
    return text.empty() ? "; each key belongs into a section, such as [store]" : text;
}

std::string_view nearest_section(std::string_view unknown) {
    return std::ranges::min_element(
               sections(), {},
               [&](const Section& section) { return edit_distance(unknown, section.name); })
        ->name;
}

// A value as the file writes it, for a problem.
std::string value_text(const toml::node& node) {
    if (const auto* array = node.as_array()) return array->empty() ? "[]" : "an array";
    if (const auto* table = node.as_table()) {
        std::string keys;
        for (const auto& [key, value] : *table)
            keys.append(keys.empty() ? "" : " and ").append(key.str());
        return keys.empty() ? "an empty table" : "a table of " + keys;
    }
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
    explicit Reader(std::string_view origin) : origin_(origin), settings_(default_settings()) {}

    Result<Settings> read(const toml::table& root) {
        for (const auto& [section, node] : root)
            read_top(section, node);
        check_certificate(root, "responder.listen_tls", settings_.responder.listen_tls);
        check_certificate(root, "http.listen_tls", settings_.http.listen_tls);
        check_users(root);
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
        const Section& within = *std::ranges::find(sections(), section, &Section::name);
        if (within.take != nullptr) return read_own_key(within, name, key, value);
        const auto known = std::ranges::find(keys(), std::string_view(name), &Key::name);
        if (known == keys().end()) {
            unknown_key(key.source(), name);
        } else if (const toml::node* wrong = known->take(settings_, value)) {
            report(wrong->source(), name + ": expected " + std::string(known->expected) + ", not " +
                                        value_text(*wrong) + suggestion(*known, *wrong));
        }
    }

    // A key whose name the operator chooses.
    void read_own_key(const Section& section, const std::string& name, const toml::key& key,
                      const toml::node& value) {
        if (const toml::node* wrong = section.take(settings_, key.str(), value)) {
            report(wrong->source(), name + ": expected " + std::string(section.expected) +
                                        ", not " + value_text(*wrong));
        }
    }

    // A listener within TLS needs the section tls.
    void check_certificate(const toml::table& root, const std::string& key,
                           const std::vector<Endpoint>& listeners) {
        const toml::node* const node = root.at_path(key).node();
        if (node == nullptr || listeners.empty()) return;
        if (settings_.tls.certificate.empty()) {
            report(node->source(),
                   key + " needs tls.certificate, the path of a certificate in PEM");
        } else if (settings_.tls.key.empty()) {
            report(node->source(),
                   key + " needs tls.key, the path of the certificate's private key");
        }
    }

    // A key is a user's own: it alone says who asks, and so whose views are meant.
    void check_users(const toml::table& root) {
        const std::vector<HttpUserSettings>& users = settings_.http.users;
        for (std::size_t at = 1; at < users.size(); ++at) {
            const auto same = std::ranges::find(users, users[at].key, &HttpUserSettings::key);
            if (same->name == users[at].name) continue;
            report(root["http"]["users"][users[at].name].node()->source(),
                   "http.users." + users[at].name + " has the key of http.users." + same->name +
                       "; make another with 'dnshist-responder --new-key " + users[at].name + "'");
        }
    }

    void unknown_key(const toml::source_region& where, std::string_view name) {
        const std::string_view nearest = nearest_key(name);
        report(where, "unknown key '" + std::string(name) + "'" +
                          (nearest.empty() ? known_keys(name)
                                           : "; did you mean '" + std::string(nearest) + "'?"));
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

}  // namespace

Settings default_settings() {
    std::string text;
    for (const Key& key : keys())
        text.append(key.name).append(" = ").append(key.value).append("\n");
    const toml::table table = toml::parse(text);
    Settings settings;
    for (const Key& key : keys()) {
        const toml::node* value = table.at_path(key.name).node();
        if (value == nullptr || key.take(settings, *value) != nullptr) {
            throw std::logic_error("the default of " + std::string(key.name) + " is none");
        }
    }
    return settings;
}

Result<Settings> read_settings(const std::optional<std::filesystem::path>& file) {
    const std::filesystem::path path = file.value_or(std::filesystem::path(default_settings_file));
    std::error_code error;
    if (!file && !std::filesystem::exists(path, error) && !error) {
        return default_settings();
    }

    std::ifstream in(path, std::ios::binary);
    in.peek();  // opening a directory works, reading it does not
    if (!in.is_open() || in.bad()) {
        return Problem{path.string() +
                       ": cannot be read: " + std::generic_category().message(errno)};
    }
    std::ostringstream text;
    text << in.rdbuf();
    auto settings = settings_from_text(text.str(), path.string());
    const auto mode = std::filesystem::status(path, error).permissions();
    const bool is_public =
        (mode & std::filesystem::perms::others_read) != std::filesystem::perms::none;
    if (settings && !error && is_public) settings->public_file = path;
    return settings;
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
