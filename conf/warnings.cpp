#include "conf/warnings.hpp"

#include <algorithm>
#include <span>

namespace dnshist::conf {

namespace {

bool has_everyone(std::span<const AddressPrefix> clients) {
    static const AddressPrefix all_of_ipv4 = *address_prefix_from_text("0.0.0.0/0");
    return std::ranges::any_of(clients, [](const AddressPrefix& prefix) {
        return prefix.length == 0 || prefix == all_of_ipv4;
    });
}

// Whether anyone may ask, and from other machines.
bool serves_strangers(const ResponderSettings& responder) {
    const bool open = responder.allow.empty() || has_everyone(responder.allow);
    return open && !std::ranges::all_of(responder.listen, is_loopback);
}

}  // namespace

std::vector<std::string> warnings_of(const Settings& settings) {
    const ResponderSettings& responder = settings.responder;
    std::vector<std::string> warnings;
    if (!responder.cookie_secrets.empty() && !settings.public_file.empty()) {
        warnings.push_back(settings.public_file.string() +
                           " holds secrets (responder.cookie_secrets) and can be read by every "
                           "user of this machine (chmod o-r would end that)");
    }
    if (responder.rate_limit == 0 && serves_strangers(responder)) {
        warnings.emplace_back(
            "everyone may ask, and responder.rate_limit is 0: whoever forges the address of "
            "somebody else can have answers sent there; set responder.rate_limit, to 20 for "
            "instance, or say in responder.allow who may ask");
    }
    const HttpSettings& http = settings.http;
    if (http.users.empty() && !std::ranges::all_of(http.listen_tls, is_loopback)) {
        warnings.emplace_back(
            "http.listen_tls answers DNS alone: there are no users for all else that is served "
            "over HTTP; 'dnshist-responder --new-key NAME' makes one for the section http.users");
    }
    return warnings;
}

}  // namespace dnshist::conf
