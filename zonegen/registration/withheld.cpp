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
constexpr std::array<std::string_view, 39> phrases = {
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
    "1337 services llc",
    "dnstination inc",
    "personal data, can not be publicly disclosed",
};

// The domain of a mailbox, or one above it.
constexpr std::array<std::string_view, 45> domains = {
    "1337services.com",
    "1and1-private-registration.com",
    "anonymised.email",
    "anonymize.com",
    "contact.gandi.net",
    "contactprivacy.com",
    "contactprivacy.email",
    "customers.whoisprivacycorp.com",
    "data-protected.net",
    "dataprivacyprotected.de",
    "dnstinations.com",
    "domaindiscreet.com",
    "domainprivacygroup.com",
    "domainsbyproxy.com",
    "domprivacy.de",
    "gdpr-masked.com",
    "identity-protect.org",
    "monikerprivacy.net",
    "myprivacy.net",
    "myprivateregistration.com",
    "networksolutionsprivateregistration.com",
    "njal.la",
    "o-w-o.info",
    "perfectprivacy.com",
    "privacy-link.com",
    "privacy.above.com",
    "privacy.co.com",
    "privacydotlink.com",
    "privacyguardian.org",
    "privacyprotect.org",
    "privatewho.is",
    "protecteddomainservices.com",
    "proxy.dreamhost.com",
    "regprivate.ru",
    "superprivacyservice.com",
    "tieredaccess.com",
    "whoisguard.com",
    "whoisprivacycorp.com",
    "whoisprivacyprotect.com",
    "whoisprivacyservice.org",
    "whoisprotectservice.com",
    "whoisproxy.com",
    "whoissecure.com",
    "withheldforprivacy.com",
    "yinsibaohu.aliyun.com",
};

// The whole mailbox, where others of the domain are people's.
constexpr std::array<std::string_view, 2> whole_mailboxes = {"privacy@dynadot.com",
                                                             "tieredaccess@tucows.com"};

// A word of a user, or of the label before a domain's last one, for itself. "privacy" and "proxy"
// are none of them: companies have such mailboxes.
constexpr std::array<std::string_view, 25> masks = {
    "contactprivacy",     "domainprivacy",       "gdprmasked",          "gdprmasking",
    "gdprredacted",       "identityprotect",     "privacyguardian",     "privacyprotect",
    "privacyprotected",   "privacyprotection",   "privacyproxy",        "privatewhois",
    "redacted",           "redactedforprivacy",  "registrationprivacy", "whoisguard",
    "whoisprivacy",       "whoisprivacyprotect", "whoisprotect",        "whoisprotected",
    "whoisprotection",    "whoisproxy",          "whoissecure",         "withheld",
    "withheldforprivacy",
};

// Two words, one directly after the other.
struct MaskPair {
    std::string_view first;
    std::string_view second;
};
constexpr std::array<MaskPair, 16> mask_pairs = {{
    {"contact", "privacy"},
    {"data", "masked"},
    {"data", "protected"},
    {"domain", "privacy"},
    {"gdpr", "masked"},
    {"gdpr", "masking"},
    {"gdpr", "protected"},
    {"identity", "protect"},
    {"not", "disclosed"},
    {"privacy", "protected"},
    {"private", "registration"},
    {"whois", "privacy"},
    {"whois", "protect"},
    {"whois", "protected"},
    {"whois", "protection"},
    {"whois", "proxy"},
}};

// Whether words between hyphens, dots and the like are masks.
bool has_mask(std::string_view text) noexcept {
    std::string_view last;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find_first_of("-._+ "));
        text.remove_prefix(std::min(word.size() + 1, text.size()));
        const bool is_pair = std::ranges::any_of(mask_pairs, [&](const MaskPair& pair) {
            return pair.first == last && pair.second == word;
        });
        if (is_pair || std::ranges::find(masks, word) != masks.end()) return true;
        last = word;
    }
    return false;
}

// The label before the last one.
std::string_view second_level(std::string_view domain) noexcept {
    domain = domain.substr(0, std::min(domain.rfind('.'), domain.size()));
    const std::size_t dot = domain.rfind('.');
    return dot == std::string_view::npos ? domain : domain.substr(dot + 1);
}

// Whether the domain is that one or below it.
bool is_within(std::string_view domain, std::string_view above) noexcept {
    return domain.ends_with(above) &&
           (domain.size() == above.size() || domain[domain.size() - above.size() - 1] == '.');
}

}  // namespace

bool is_withheld(std::string_view text) {
    const std::string lower = in_lower_case(trimmed(text));
    return lower.empty() || std::ranges::find(words, lower) != words.end() ||
           has_withheld_phrase(lower);
}

bool has_withheld_phrase(std::string_view text) {
    const std::string lower = in_lower_case(text);
    return std::ranges::any_of(
        phrases, [&](std::string_view phrase) { return lower.find(phrase) != std::string::npos; });
}

bool is_withheld_mailbox(std::string_view mailbox) {
    const std::string lower = in_lower_case(mailbox);
    const std::size_t at = lower.rfind('@');
    if (at == std::string::npos) return true;
    const std::string_view user = std::string_view(lower).substr(0, at);
    std::string_view domain = std::string_view(lower).substr(at + 1);
    if (domain.ends_with('.')) domain.remove_suffix(1);
    return user.starts_with("abuse") || user.ends_with("abuse") || has_mask(user) ||
           has_mask(second_level(domain)) ||
           std::ranges::find(whole_mailboxes, lower) != whole_mailboxes.end() ||
           std::ranges::any_of(domains,
                               [&](std::string_view above) { return is_within(domain, above); });
}

}  // namespace dnshist::zonegen
