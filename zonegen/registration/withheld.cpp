#include "zonegen/registration/withheld.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "storage/base/octets.hpp"
#include "storage/text/characters.hpp"
#include "storage/text/lower_case.hpp"

namespace dnshist::zonegen {

namespace {

// The whole text.
constexpr std::array<std::string_view, 11> words = {"-",
                                                    "--",
                                                    "n/a",
                                                    "na",
                                                    "none",
                                                    "null",
                                                    "hidden",
                                                    "private",
                                                    "gdpr",
                                                    "not available",
                                                    "not applicable"};

// Anywhere in the text.
constexpr std::array<std::string_view, 37> phrases = {
    "redacted",
    "not disclosed",
    "non-public data",
    "data protected",
    "gdpr masked",
    "statutory masking",
    "hidden upon user request",
    "withheld for privacy",
    "please query the rdds",
    "query the rdds service",
    "registration private",
    "private registration",
    "private by design",
    "privacy service",
    "privacy protect",
    "privacy guardian",
    "privacyguardian",
    "privacy customer",
    "whois privacy",
    "whoisprivacy",
    "whoisguard",
    "whois agent",
    "whoissecure",
    "whoisproxy",
    "domains by proxy",
    "domainsbyproxy",
    "domain privacy",
    "domain protection services",
    "contact privacy inc",
    "perfect privacy",
    "identity protection service",
    "identity protect limited",
    "super privacy",
    "domain proxy service",
    "data privacy protected",
    "anonymous registration",
    "personal data, can not be publicly disclosed",
};

// The domain of a mailbox, or one above it.
constexpr std::array<std::string_view, 34> domains = {
    "1and1-private-registration.com",
    "anonymised.email",
    "contact.gandi.net",
    "contactprivacy.com",
    "contactprivacy.email",
    "customers.whoisprivacycorp.com",
    "data-protected.net",
    "dataprivacyprotected.de",
    "domaindiscreet.com",
    "domainprivacygroup.com",
    "domainsbyproxy.com",
    "domprivacy.de",
    "identity-protect.org",
    "monikerprivacy.net",
    "myprivacy.net",
    "networksolutionsprivateregistration.com",
    "o-w-o.info",
    "perfectprivacy.com",
    "privacyguardian.org",
    "privacyprotect.org",
    "privacy.above.com",
    "privacy.co.com",
    "privatewho.is",
    "protecteddomainservices.com",
    "proxy.dreamhost.com",
    "superprivacyservice.com",
    "tieredaccess.com",
    "whoisguard.com",
    "whoisprivacycorp.com",
    "whoisprivacyprotect.com",
    "whoisprivacyservice.org",
    "whoisproxy.com",
    "whoissecure.com",
    "withheldforprivacy.com",
};

// Whether the domain is that one or below it.
bool is_within(std::string_view domain, std::string_view above) noexcept {
    return domain.ends_with(above) &&
           (domain.size() == above.size() || domain[domain.size() - above.size() - 1] == '.');
}

}  // namespace

bool is_withheld(std::string_view text) {
    const std::string lower = in_lower_case(trimmed(text));
    return lower.empty() || std::ranges::find(words, lower) != words.end() ||
           std::ranges::any_of(phrases, [&](std::string_view phrase) {
               return lower.find(phrase) != std::string::npos;
           });
}

bool is_withheld_mailbox(std::string_view mailbox) {
    const std::string lower = in_lower_case(mailbox);
    const std::size_t at = lower.rfind('@');
    if (at == std::string::npos) return true;
    const std::string_view user = std::string_view(lower).substr(0, at);
    std::string_view domain = std::string_view(lower).substr(at + 1);
    if (domain.ends_with('.')) domain.remove_suffix(1);
    return user.starts_with("abuse") || user.ends_with("abuse") ||
           std::ranges::any_of(domains,
                               [&](std::string_view above) { return is_within(domain, above); });
}

}  // namespace dnshist::zonegen
