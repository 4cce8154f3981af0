// dnshist-responder: answers questions about the history of DNS records over DNS.
#include <CLI/CLI.hpp>
#include <ctime>
#include <iostream>

#include "conf/warnings.hpp"
#include "responder/policy/http_users.hpp"
#include "responder/server/server.hpp"
#include "responder/server/service_builder.hpp"
#include "storage/query/vocabulary.hpp"
#include "storage/record/name.hpp"
#include "storage/text/printable.hpp"

namespace {

constexpr int exit_done = 0;
constexpr int exit_failed = 1;
constexpr int exit_usage = 2;

int wrong_usage(const std::string& text) {
    std::cerr << dnshist::printable(text) << "\nRun dnshist-responder --help for more.\n";
    return exit_usage;
}

int check_config(const dnshist::responder::ServerOptions& options) {
    const auto settings = dnshist::responder::read_settings(options);
    if (!settings) {
        std::cerr << dnshist::printable(settings.error().text) << '\n';
        return exit_failed;
    }
    const auto keys = dnshist::responder::read_keys(*settings);
    if (!keys) {
        std::cerr << dnshist::printable(keys.error().text) << '\n';
        return exit_failed;
    }
    const auto tls = dnshist::responder::read_tls(*settings);
    if (!tls) {
        std::cerr << dnshist::printable(tls.error().text) << '\n';
        return exit_failed;
    }
    auto warnings = dnshist::conf::warnings_of(*settings);
    warnings.insert(warnings.end(), keys->warnings.begin(), keys->warnings.end());
    if (const auto expiry = dnshist::responder::expiry_warning(*tls, std::time(nullptr))) {
        warnings.push_back(*expiry);
    }
    for (const std::string& warning : warnings)
        std::cerr << "warning: " << dnshist::printable(warning) << '\n';
    std::cout << "OK\n";
    return exit_done;
}

// Prints a new key, which is kept nowhere, and the line of its user for the configuration.
int print_new_key(const std::string& name) {
    const std::string key = dnshist::responder::make_http_key();
    const auto hash = dnshist::responder::hash_of_key(key);
    std::string views;
    for (const dnshist::ViewWord& view : dnshist::view_words())
        views.append(views.empty() ? "\"" : ", \"").append(view.word).append("\"");
    const std::string line = name + " = { key = \"" + dnshist::responder::key_hash_text(hash) +
                             "\", views = [" + views + "] }";
    const auto settings = dnshist::conf::settings_from_text("[http.users]\n" + line, "--new-key");
    if (!settings || settings->http.users.size() != 1) {
        return wrong_usage("--new-key: a NAME has letters, digits, '-' and '_', not '" + name +
                           "'");
    }
    std::cout << "The key of " << name << ", for its user alone:\n\n    " << key
              << "\n\nThe line for the section [http.users] of the configuration:\n\n    " << line
              << "\n";
    return exit_done;
}

int run(int argc, char** argv) {
    CLI::App app(
        "Answers questions about the history of DNS records over DNS, from the store that "
        "dnshist-zonegen writes.",
        "dnshist-responder");
    dnshist::responder::ServerOptions options;
    std::vector<std::string> listen;
    std::vector<std::string> zones;
    std::string new_key;
    bool only_check = false;
    app.add_option("--config", options.config, "The configuration file")
        ->type_name("FILE")
        ->default_str(std::string(dnshist::conf::default_settings_file));
    app.add_option("--store", options.store, "The directory of the store")->type_name("DIR");
    app.add_option("--listen", listen, "Where to listen, UDP and TCP; may be given more than once")
        ->type_name("ADDRESS@PORT")
        ->allow_extra_args(false);
    app.add_option("--zone", zones, "A zone to answer in; may be given more than once")
        ->type_name("NAME")
        ->allow_extra_args(false);
    app.add_flag("--check-config", only_check,
                 "Read the configuration, say what is wrong, and end");
    app.add_option("--new-key", new_key,
                   "Print a new key for a user of HTTP and its line for the configuration, and end")
        ->type_name("NAME");
    app.set_version_flag("--version", "dnshist-responder " DNSHIST_VERSION);
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& done) {  // --help, --version
        return app.exit(done);
    } catch (const CLI::ParseError& error) {
        return wrong_usage(error.what());
    }

    if (!new_key.empty()) return print_new_key(new_key);
    for (const std::string& text : listen) {
        const auto endpoint = dnshist::conf::endpoint_from_text(text);
        if (!endpoint) return wrong_usage("--listen: " + endpoint.error().text);
        options.listen.push_back(*endpoint);
    }
    for (const std::string& text : zones) {
        const auto zone = dnshist::Name::from_text(text);
        if (!zone) return wrong_usage("--zone: " + zone.error().text);
        options.zones.push_back(*zone);
    }
    return only_check ? check_config(options) : dnshist::responder::serve(options);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        std::cerr << "dnshist-responder: " << dnshist::printable(error.what()) << '\n';
        return exit_failed;
    }
}
