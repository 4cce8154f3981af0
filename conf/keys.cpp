#include "conf/keys.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "conf/http_user.hpp"
#include "conf/record_pattern.hpp"
#include "conf/toml_values.hpp"
#include "storage/query/vocabulary.hpp"

namespace dnshist::conf {

namespace {

using Store = StoreSettings;
using Serve = ResponderSettings;
using Tls = TlsSettings;
using Http = HttpSettings;
using Import = ImportSettings;
using Listen = ListenSettings;

constexpr std::uint32_t max_u32 = std::numeric_limits<std::uint32_t>::max();
constexpr std::int64_t max_i64 = std::numeric_limits<std::int64_t>::max();
constexpr std::uint32_t max_ttl = 0x7fffffff;  // RFC 2181, section 8

using Path = std::filesystem::path;

std::optional<Path> path_from_text(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional<Path>(text);
}

std::optional<std::string> ceph_user_from_text(const std::string& text) {
    const bool usable = !text.empty() && !text.starts_with("client.");
    return usable ? std::optional(text) : std::nullopt;
}

// An absolute path, since a daemon's working directory is of no meaning; or "" for none.
std::optional<Path> file_path_from_text(const std::string& text) {
    const Path path(text);
    return path.empty() || path.is_absolute() ? std::optional(path) : std::nullopt;
}

// "" is none.
std::optional<std::optional<Endpoint>> metrics_from_text(const std::string& text) {
    if (text.empty()) return std::optional<Endpoint>{};
    const auto endpoint = endpoint_from_text(text);
    if (!endpoint) return std::nullopt;
    return std::optional(*endpoint);
}

std::optional<std::string> identity_from_text(const std::string& text) {
    constexpr std::size_t longest = 200;
    return text.size() <= longest ? std::optional(text) : std::nullopt;
}

// A pattern of records, or the absolute path of a file of them.
std::optional<std::string> rule_from_text(const std::string& text) {
    const bool usable = text.starts_with('/') || record_pattern_from_text(text);
    return usable ? std::optional(text) : std::nullopt;
}

// Clients that may use a view. Everyone is no restriction.
template <View view>
const toml::node* view_clients(Settings& settings, const toml::node& node) {
    static const std::vector<AddressPrefix> everyone = {*address_prefix_from_text("0.0.0.0/0"),
                                                        *address_prefix_from_text("::/0")};
    std::vector<AddressPrefix> clients;
    if (const auto* wrong = take_list(clients, node, address_prefix_from_text)) return wrong;
    auto& allowed = settings.responder.views[static_cast<std::size_t>(view)];
    if (clients == everyone) {
        allowed.reset();
    } else {
        allowed = std::move(clients);
    }
    return nullptr;
}

template <auto member>
constexpr auto clients = list<member, address_prefix_from_text>;

constexpr std::string_view prefixes =
    R"(an array of prefixes, such as ["192.0.2.0/24", "2001:db8::/32"])";
constexpr std::string_view rules =
    R"(an array of NAME, "TYPE NAME" or /FILE, such as ["*.tracker.example", "NSEC3 ."])";
constexpr std::string_view everyone = R"(["0.0.0.0/0", "::/0"])";

constexpr auto section_table = std::to_array<Section>({
    {"store", ""},
    {"responder", ""},
    {"responder.views",
     "Clients that may use each view, among those that may ask: everyone by default, nobody with "
     "[]. A right is about what is told, whichever view tells it: names is for *.NAME and +.NAME "
     "in all views, pivot for every view of an address or another value, history for changes too. "
     "seen needs summary, lookalike names, cohost names, history and pivot."},
    {"responder.types",
     "Clients that may see registrations (WHOIS), among those that may ask: nobody by default. "
     "They "
     "are personal data, and the law says who may see them. A resolver here shows them to all that "
     "ask it."},
    {"tls", ""},
    {"http", ""},
    {"http.users",
     "Users of what is served over HTTP beside DNS, and the views that each may use: all without "
     "views. types = [\"whois\"] lets a user see registrations whose address may see them too. "
     "dnshist-responder --new-key NAME makes a key and prints the line of its user: alice = "
     "{ key = \"sha256:...\", views = [\"history\", \"pivot\"] }",
     R"({ key = "sha256:...", views = ["history", "pivot"] } as 'dnshist-responder --new-key NAME' prints it)",
     http_user},
    {"import", ""},
    {"listen", ""},
});

constexpr auto key_table = std::to_array<Key>({
    {"store.directory", R"("/var/lib/dnshist")", "a path",
     "Where the history is kept. Imports write there; the responder reads there. "
     "\"rados://POOL/NAMESPACE\" is a store in a Ceph cluster: see dnshist-zonegen(8), STORES IN "
     "CEPH.",
     text<&Store::directory, path_from_text>},
    {"store.gap", R"("30d")", R"(a length of time, such as "30d")",
     "A record that was not seen for longer than this went away in between. Used when a store is "
     "made; an existing one keeps its own.",
     duration<&Store::gap, 0, max_u32>},
    {"store.search", "false", "true or false",
     "Whether imports write an index for searches (like-X, re-X): a literal of three characters is "
     "found at once then, and not by a walk. 'dnshist-zonegen index' makes that of what is there.",
     boolean<&Store::search>},
    {"store.ceph_conf", R"("/etc/ceph/ceph.conf")", "a path",
     "Ceph's configuration file, for a directory rados://POOL/NAMESPACE.",
     text<&Store::ceph_conf, path_from_text>},
    {"store.ceph_user", R"("dnshist")", R"(a name, such as "dnshist" for client.dnshist)",
     "The user of Ceph for it, without \"client.\".", text<&Store::ceph_user, ceph_user_from_text>},
    {"store.cache", "256", "a number of megabytes from 16 to 1048576",
     "Megabytes of what a responder has read of a store in a Ceph cluster and keeps, all threads "
     "together: at least 8 for each.",
     number<&Store::cache, 16, 1048576>},
    {"store.cache_seconds", "5", R"(a length of time from 1 second to a day, such as 5 or "1m")",
     "For how long it keeps it. So much later than the cluster an answer may be.",
     duration<&Store::cache_seconds, 1, 86400>},

    {"responder.listen", R"(["127.0.0.1@5300", "::1@5300"])",
     R"(an array of ADDRESS@PORT, such as ["127.0.0.1@5300", "::1@5300"])",
     "Addresses to answer at, over UDP and TCP. Other machines reach the responder once an address "
     "of this machine stands here; \"0.0.0.0@53\" and \"::@53\" are all of them.",
     list<&Serve::listen, endpoint_from_text, Least::one>},
    {"responder.listen_tls", "[]", R"(an array of ADDRESS@PORT, such as ["192.0.2.53@853"])",
     "Addresses to answer at over TLS, such as \"192.0.2.53@853\", with the certificate of the "
     "section tls. Clients may do there what they may do over TCP.",
     list<&Serve::listen_tls, endpoint_from_text>},
    {"responder.zones", R"(["pdns.local."])",
     R"(an array of domain names, such as ["pdns.local."])",
     "The zones that questions end in. Forward or delegate them to the addresses above.",
     list<&Serve::zones, Name::from_text, Least::one>},
    {"responder.threads", "0", "a number from 0 (one a processor) to 256",
     "Threads that answer; 0 is one per processor.", number<&Serve::threads, 0, 256>},
    {"responder.ttl", R"("5m")", R"(a length of time, such as 300 (seconds) or "5m")",
     "How long a resolver may keep an answer, and the answer that there is none.",
     duration<&Serve::ttl, 0, max_ttl>},
    {"responder.negative_ttl", R"("1m")", R"(a length of time, such as 60 (seconds) or "1m")", "",
     duration<&Serve::negative_ttl, 0, max_ttl>},
    {"responder.scan_limit", "100000", "a number of units of work, from 1000",
     "How much work one question may cost before its answer stops with a note: a record looked "
     "at costs one unit, a further read of the store twenty. At least 1000; the note names the "
     "question that goes on.",
     number<&Serve::scan_limit, 1000, max_i64>},
    {"responder.udp_payload", "1232", "a number of octets from 512 to 4096",
     "The longest answer over UDP, in octets; a longer one is asked for again over TCP. 1232 "
     "passes every network without fragments.",
     number<&Serve::udp_payload, 512, 4096>},
    {"responder.tcp_clients", "1000", "a number of connections from 1 to 1000000",
     "TCP connections at once; the one idle for the longest makes room for a new one.",
     number<&Serve::tcp_clients, 1, 1'000'000>},
    {"responder.tcp_clients_per_address", "250", "a number of connections from 1 to 1000000",
     "TCP connections at once from one address, whose own connections make room for its new ones.",
     number<&Serve::tcp_clients_per_address, 1, 1'000'000>},
    {"responder.tcp_idle_timeout", R"("10s")",
     R"(a length of time from 1 second to 1 hour, such as 10 or "1m")",
     "How long a TCP connection may be idle.", duration<&Serve::tcp_idle_timeout, 1, 3600>},
    {"responder.identity", R"("")", "a text of at most 200 octets",
     "The name of this server, for clients that ask for it (NSID, and id.server in class CH). "
     "Without one there is no answer.",
     text<&Serve::identity, identity_from_text>},
    {"responder.chaos", "true", "true or false",
     "Whether class CH is answered: version.bind and id.server.", boolean<&Serve::chaos>},
    {"responder.cookies", "true", "true or false",
     "DNS cookies (RFC 7873): a client that shows one is known to be at the address from which it "
     "asks. Servers that answer at one address share their secrets, of 32 hexadecimal digits each: "
     "the first makes cookies, all are valid. Without any, each start makes its own.",
     boolean<&Serve::cookies>},
    {"responder.cookie_secrets", "[]", "an array of secrets of 32 hexadecimal digits each", "",
     list<&Serve::cookie_secrets, cookie_secret_from_text>},
    {"responder.metrics", R"("")", R"(an ADDRESS@PORT, such as "127.0.0.1@9530", or "" for none)",
     "Where Prometheus may scrape http://ADDRESS:PORT/metrics: an address with a port, such as "
     "\"127.0.0.1@9530\". Empty: nowhere.",
     text<&Serve::metrics, metrics_from_text>},
    {"responder.query_log", R"("")", R"(an absolute path, or "" for none)",
     "A file that gets a line for each question, with the client's address and the name that was "
     "asked for, which tells what is investigated. Empty: none. Under systemd "
     "\"/var/log/dnshist/queries\" can be written; a SIGHUP (systemctl reload) opens it again "
     "after it was moved away.",
     text<&Serve::query_log, file_path_from_text>},
    {"responder.keys", "[]",
     R"(an array of files of TSIG keys, such as ["/etc/dnshist/keys.conf"])",
     "Files of TSIG keys (RFC 8945), such as \"/etc/dnshist/keys.conf\", as tsig-keygen of BIND "
     "or keymgr of Knot DNS writes them. A question that a client signs with one gets a signed "
     "answer. The files are for dnshist alone: chown root:dnshist, chmod 640.",
     list<&Serve::keys, path_from_text>},
    {"responder.require_key", "[]", prefixes,
     "Clients that must sign their questions; an unsigned one is refused. \"0.0.0.0/0\" and "
     "\"::/0\" are everyone.",
     clients<&Serve::require_key>, nearest_address_prefix},
    {"responder.allow", "[]", prefixes,
     "Clients that may ask: prefixes of addresses, such as [\"192.0.2.0/24\", \"2001:db8::/32\"]. "
     "With none, everyone may. Those in deny may not, even where they are allowed. All others are "
     "refused.",
     clients<&Serve::allow>, nearest_address_prefix},
    {"responder.deny", "[]", prefixes, "", clients<&Serve::deny>, nearest_address_prefix},
    {"responder.rate_limit", "0", "a number of answers a second from 0 (no limit) to 1000000",
     "Answers a second over UDP for one client network, a /24 of IPv4 or a /56 of IPv6; 0 is no "
     "limit. Set it, to 20 for instance, where the internet can ask: UDP addresses are easily "
     "forged, and the answers then go to somebody who did not ask.",
     number<&Serve::rate_limit, 0, 1'000'000>},
    {"responder.rate_limit_slip", "2", "a number from 0 (none) to 100",
     "Above that limit, one in this many answers is sent empty and truncated, so that a real "
     "client asks again over TCP, which is not limited: 1 is all, 0 is none. The others are "
     "dropped. A client that shows a cookie of ours is not limited either.",
     number<&Serve::rate_limit_slip, 0, 100>},
    {"responder.rate_limit_exempt", "[]", prefixes,
     "Clients for whom neither this limit nor the next one holds.",
     clients<&Serve::rate_limit_exempt>, nearest_address_prefix},
    {"responder.work_limit", "0", "a number of units of work a second, 0 for no limit",
     "Units of work a second (see scan_limit) that one client network may spend on costly "
     "questions, those that wait until nobody else asks; 0 is no limit. Above it their answers "
     "are cut short with a note of how to go on; cheap questions are not touched.",
     number<&Serve::work_limit, 0, max_i64>},

    {"responder.views.history", everyone, prefixes, "", view_clients<View::history>,
     nearest_address_prefix},
    {"responder.views.pivot", everyone, prefixes, "", view_clients<View::pivot>,
     nearest_address_prefix},
    {"responder.views.names", everyone, prefixes, "", view_clients<View::names>,
     nearest_address_prefix},
    {"responder.views.summary", everyone, prefixes, "", view_clients<View::summary>,
     nearest_address_prefix},
    {"responder.views.changes", everyone, prefixes, "", view_clients<View::changes>,
     nearest_address_prefix},
    {"responder.views.at", everyone, prefixes, "", view_clients<View::at>, nearest_address_prefix},

    {"responder.types.whois", "[]", prefixes, "", clients<&Serve::whois>, nearest_address_prefix},

    {"tls.certificate", R"("")", "a path",
     "The file of the certificate, with those that lead from it to one that clients trust, and the "
     "file of its private key, both PEM. They are read again at SIGHUP; connections go on.",
     text<&Tls::certificate, file_path_from_text>},
    {"tls.key", R"("")", "a path", "", text<&Tls::key, file_path_from_text>},

    {"http.listen", "[]",
     R"(an array of ADDRESS@PORT on loopback, such as ["127.0.0.1@8480"]; other machines are served over TLS, with http.listen_tls)",
     "Addresses of this machine's own to serve HTTP at without TLS, such as \"127.0.0.1@8480\".",
     list<&Http::listen, loopback_endpoint_from_text>},
    {"http.listen_tls", "[]", R"(an array of ADDRESS@PORT, such as ["192.0.2.53@443"])",
     "Addresses to serve HTTPS at, such as \"192.0.2.53@443\", with the certificate of the section "
     "tls. DNS over HTTPS, at /dns-query, is for those who may ask over DNS; all else is for "
     "users.",
     list<&Http::listen_tls, endpoint_from_text>},
    {"http.names", "[]", R"(an array of host names, such as ["pdns.example.net"])",
     "Names by which clients call this server, such as \"pdns.example.net\". A request for any "
     "other "
     "host is refused, but for localhost and the address that the client connected to.",
     list<&Http::names, host_from_text>},
    {"http.origin", R"("")", R"(a URI, such as "https://pdns.example.net/", or "" for none)",
     "The origin of the records, a URI, for those who put answers of several servers together.",
     text<&Http::origin, origin_from_text>},
    {"http.trusted_proxies", "[]", prefixes,
     "Proxies that tell whose connection they pass on, by the PROXY protocol, version 2. Each "
     "connection from these addresses must begin so, to the addresses above and to those of "
     "responder.listen_tls; from any other address it may not.",
     clients<&Http::trusted_proxies>, nearest_address_prefix},

    {"import.batch", "1000000", "a number of observations from 1 to 100000000",
     "How many observations are merged into the store in one transaction, while the next are read. "
     "More is faster and takes more memory.",
     number<&Import::batch, 1, 100'000'000>},
    {"import.counts", R"("add")", R"("add" or "max")",
     "What an import does with the count of a record that the store has: \"add\" to it, or keep "
     "the larger of both (\"max\", for feeds that report totals again and again).",
     text<&Import::counts, counts_named>},
    {"import.trust", R"("bailiwick")", R"("bailiwick", "unasked" or "all")",
     "Which records of DNS responses are believed, in dnstap, captured packets and logs: answers "
     "to "
     "a question that is known, in a zone that the server speaks for (\"bailiwick\"); also answers "
     "whose question is not known (\"unasked\"), which anybody may have sent; or \"all\" records.",
     text<&Import::trust, trust_named>},
    {"import.resolvers", "[]", prefixes,
     "Recursive resolvers that are believed in all zones, by their addresses in captured packets "
     "and logs, such as [\"192.0.2.53\"]. Any other server is believed in the domain that it was "
     "asked for.",
     clients<&Import::resolvers>, nearest_address_prefix},
    {"import.mirrors", "[]", prefixes,
     "Devices that copy packets into a tunnel to the sensor (ERSPAN, TZSP, VXLAN), by their "
     "addresses. From any other address, question and answer must pass a tunnel in opposite "
     "directions: anybody can send a tunnel that holds both.",
     clients<&Import::mirrors>, nearest_address_prefix},
    {"import.dnstap_types", R"(["resolver"])",
     R"(an array of "resolver", "auth", "client", "forwarder", "stub" and "tool")",
     "Kinds of dnstap messages that are read: \"resolver\" is what authoritative servers told a "
     "resolver, \"forwarder\" what another resolver told it, \"client\" what it told its clients; "
     "\"auth\" is an authoritative server's own answers. There are \"stub\" and \"tool\" too.",
     list<&Import::dnstap_types, dnstap_type_named, Least::one>},
    {"import.include", "[]", rules,
     "Which records are kept, by name and type. A rule is a name, with all that is below it "
     "(\"tracker.example\"), or only what is below it (\"*.tracker.example\"), with a type before "
     "it where it is for one type (\"NSEC3 .\" is one everywhere), or the path of a file with a "
     "rule "
     "per line. The rule with the longest name decides. With nothing to include, everything is.",
     list<&Import::include, rule_from_text>},
    {"import.exclude", "[]", rules, "", list<&Import::exclude, rule_from_text>},
    {"import.new_children", "0", "a number of names, 0 for no limit",
     "How many new names one name may get directly below it, so that names made to be used once do "
     "not fill the store; 0 is no limit. Public suffixes (com, co.uk) have none. \"dnshist-zonegen "
     "stats\" lists the names that had more.",
     number<&Import::new_children, 0, max_u32>},

    {"listen.dnstap", R"(["unix:/run/dnshist/dnstap.sock"])",
     R"(an array of "unix:PATH" or "ADDRESS@PORT", such as ["unix:/run/dnshist/dnstap.sock"])",
     "Where name servers connect to send dnstap: \"unix:PATH\" or, over TCP, \"ADDRESS@PORT\". "
     "Anybody who can connect can write history, so name no TCP address that strangers reach. See "
     "contrib/dnstap for unbound, BIND and Knot DNS.",
     list<&Listen::dnstap, dnstap_place_from_text, Least::one>},
    {"listen.senders", "64", "a number from 1 to 10000", "Senders at once; more are turned away.",
     number<&Listen::senders, 1, 10'000>},
    {"listen.window", R"("10s")", R"(a length of time from 1 second to 1 hour, such as "10s")",
     "How much a crash may lose: what came in within so long, or so many observations, whichever "
     "is less. Larger batches cost less work for each.",
     duration<&Listen::window, 1, 3600>},
    {"listen.window_observations", "100000", "a number of observations from 2 to 100000000", "",
     number<&Listen::window_observations, 2, 100'000'000>},
});

constexpr std::string_view file_head =
    R"(# Configuration of dnshist-responder and dnshist-zonegen: dnshist.toml(5).
#
# Every key stands here with its default; a line without its '#' changes it. A length of time is a
# number of seconds, or text with a unit: "90s", "15m", "12h", "30d", "2w".
# Check a change with: dnshist-responder --config dnshist.toml --check-config
)";

// As comment lines of at most 100 characters.
void append_comment(std::string& out, std::string_view text) {
    constexpr std::size_t width = 100;
    std::size_t column = 0;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(text.size(), word.size() + 1));
        if (column != 0 && column + 1 + word.size() > width) {
            out += '\n';
            column = 0;
        }
        if (column == 0) {
            out += '#';
            column = 1;
        }
        out.append(" ").append(word);
        column += 1 + word.size();
    }
    out += '\n';
}

}  // namespace

std::span<const Section> sections() noexcept {
    return section_table;
}

std::span<const Key> keys() noexcept {
    return key_table;
}

std::string commented_defaults() {
    std::string out(file_head);
    for (const Section& section : section_table) {
        out += '\n';
        if (!section.text.empty()) append_comment(out, section.text);
        out.append("[").append(section.name).append("]\n");
        bool first = true;
        for (const Key& key : key_table) {
            if (key.section() != section.name) continue;
            if (!first && !key.text.empty()) out += '\n';
            if (!key.text.empty()) append_comment(out, key.text);
            out.append("#").append(key.word()).append(" = ").append(key.value).append("\n");
            first = false;
        }
    }
    return out;
}

}  // namespace dnshist::conf
