#include "tests/oracle/random_store.hpp"

#include <algorithm>
#include <array>

namespace dnshist::oracle {

namespace {

// Owners and targets alike. Some labels are words of the language, some need escapes, and some
// names have nothing but others below them.
constexpr std::array names{
    ".",
    "com.",
    "example.com.",
    "www.example.com.",
    "mail.example.com.",
    "a.b.example.com.",
    "b.example.com.",
    "*.example.com.",
    "_dmarc.example.com.",
    "history.example.com.",
    "at.history.com.",
    "history.com.",
    "a\\.b.example.com.",
    "\\000\\032\\255.example.com.",
    "page-2.example-2.com.",
    "hostmaster@example.com.",
    "192.0.2.1.",
    "=.example.net.",
    "example.net.",
    "ns1.example.net.",
    "ns2.example.net.",
    "names.pivot.example.net.",
    "mx.example.org.",
    "x.mx.example.org.",
    "1.2.0.192.in-addr.arpa.",
    "2.2.0.192.in-addr.arpa.",
    "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.",
};

// Names that are known by registrations alone.
constexpr std::array registered_names{"owl.test.", "www.owl.test.", "owlet.example."};

constexpr std::array names_never_seen{"nowhere.example.",        "zz.example.com.",
                                      "aexample.com.",           "x.www.example.com.",
                                      "3.2.0.192.in-addr.arpa.", "summary.test."};

constexpr std::array ipv4{"192.0.2.1",   "192.0.2.2",       "192.0.2.127",  "192.0.2.128",
                          "192.0.2.255", "192.0.3.0",       "198.51.100.1", "198.51.100.200",
                          "0.0.0.0",     "255.255.255.255", "10.0.0.1"};
constexpr std::array ipv6{"::",          "::1",          "2001:db8::1",
                          "2001:db8::2", "2001:db8:1::", "2001:db8::1:0:1",
                          "2001:db9::1", "fe80::1"};

constexpr std::array mailboxes{"admin.example.com.",      "j\\.doe.example.net.",
                               "a\\.b.example.com.",      "hostmaster.example.net.",
                               "hostmaster@example.com.", "."};

// Registrations, each with the values by which a pivot finds it.
struct Registered {
    std::string_view role;
    std::string_view mailbox;
    std::vector<std::string> pieces;
    std::vector<std::string> tokens;
    std::vector<std::string> names;
};

const std::vector<Registered> registrations{
    {"registrant",
     "j\\.doe.inbox.test.",
     {"Owl Ltd", "IANA 1068"},
     {"owl", "ltd", "iana", "1068"},
     {}},
    {"registrar",
     ".",
     {"Nest Inc", "IANA 1068", "created=20190601T120000Z"},
     {"nest", "inc", "iana", "1068", "created=20190601t120000z", "20190601t120000z"},
     {}},
    {"admin", "admin.example.com.", {"", "Hello Reg"}, {"hello", "reg"}, {}},
    {"tech",
     "a\\.b.example.com.",
     {"Owl Ltd", "IANA 1068", "hostmaster@example.com"},
     {"owl", "ltd", "iana", "1068", "hostmaster@example.com"},
     {"example.com"}},
};

// TXT records, each with the values by which a pivot finds it.
struct Text {
    std::vector<std::string> pieces;
    std::vector<std::string> tokens;
    std::vector<std::string> names;
    std::vector<std::string> addresses;
};

const std::vector<Text> texts{
    {{"hello"}, {"hello"}, {}, {}},
    {{"Hello world"}, {"hello", "world"}, {}, {}},
    {{"hello", " world"}, {"hello", "world"}, {}, {}},
    {{""}, {}, {}, {}},
    {{"; , ;;"}, {}, {}, {}},
    {{"a \"quoted\" word and a back\\slash"},
     {"a", "\"quoted\"", "word", "and", "back\\slash"},
     {},
     {}},
    {{"octets \x01\xff\x7f\x02;"}, {"octets", "\xff"}, {}, {}},
    {{"site-verification=abc123"}, {"site-verification=abc123", "abc123"}, {}, {}},
    {{"site-verification=ABD999", "zz"}, {"site-verification=abd999zz", "abd999zz"}, {}, {}},
    {{"key=a:b=c =d a=:b"}, {"key=a:b=c", "a:b=c", "b=c", "c", "=d", "d", "a=:b", "b"}, {}, {}},
    {{"base64=YWJj== x"}, {"base64=ywjj==", "ywjj==", "x"}, {}, {}},
    {{"example.com www.example.com"}, {"example.com", "www.example.com"}, {}, {}},
    // Lists, and punctuation after a token.
    {{"a,b;c=d end."}, {"a,b;c=d", "a", "b", "c=d", "d", "end"}, {}, {}},
    {{"v=DMARC1; p=none; rua=mailto:admin@example.com,"},
     {"v=dmarc1", "dmarc1", "p=none", "none", "rua=mailto:admin@example.com",
      "mailto:admin@example.com", "admin@example.com"},
     {"example.com"},
     {}},
    // Hosts and addresses anywhere in the text.
    {{"see https://www.example.com/x."},
     {"see", "https://www.example.com/x"},
     {"www.example.com"},
     {}},
    {{"at 10.0.0.1."}, {"at"}, {}, {"10.0.0.1"}},
    // SPF, and text that only resembles it.
    {{"v=spf1"}, {"v=spf1", "spf1"}, {}, {}},
    {{"v=spf1 include:ns1.example.net ip4:192.0.2.1 -all"},
     {"v=spf1", "spf1", "include:ns1.example.net", "ns1.example.net", "ip4:192.0.2.1", "-all"},
     {"ns1.example.net"},
     {"192.0.2.1"}},
    {{"v=spf1 a:www.example.com/24 ip6:2001:db8::1 ~ip4:198.51.100.0/24 ?all"},
     {"v=spf1", "spf1", "a:www.example.com/24", "www.example.com/24", "ip6:2001:db8::1",
      "~ip4:198.51.100.0/24", "?all"},
     {"www.example.com"},
     {"2001:db8::1", "198.51.100.0"}},
    {{"v=SPF1 redirect=Example.NET"},
     {"v=spf1", "spf1", "redirect=example.net", "example.net"},
     {"example.net"},
     {}},
    {{"v=spf1x include:ns2.example.net"},
     {"v=spf1x", "spf1x", "include:ns2.example.net", "ns2.example.net"},
     {},
     {}},
};

template <class List>
std::string_view one_of(Random& random, const List& list) {
    return list[static_cast<std::size_t>(random.below(list.size()))];
}

// Many different texts with the same few addresses, some with two.
Rdata random_spf(Random& random) {
    const std::string number = std::to_string(random.below(20));
    std::string text = "v=spf1 x=" + number;
    std::vector<std::string> tokens{"v=spf1", "spf1", "x=" + number, number};
    std::vector<std::string> named;
    for (std::uint64_t left = 1 + random.below(2); left > 0; --left) {
        named.emplace_back(one_of(random, ipv4));
        tokens.push_back("ip4:" + named.back());
        text += ' ' + tokens.back();
    }
    return strings({text}, tokens, {}, named);
}

Rdata random_text(Random& random) {
    const Text& text = random.one_of(texts);
    return strings(text.pieces, text.tokens, text.names, text.addresses);
}

Rdata random_registration(Random& random) {
    const Registered& one = random.one_of(registrations);
    return registration(one.role, one.mailbox, one.pieces, one.tokens, one.names);
}

Rdata random_rdata(Random& random) {
    if (random.one_in(10)) return random_registration(random);
    switch (random.below(10)) {
        case 0:
        case 1:
            return address(one_of(random, ipv4));
        case 2:
            return address(one_of(random, ipv6));
        case 3:
            return target(type::NS, one_of(random, names));
        case 4:
            return target(type::CNAME, one_of(random, names));
        case 5:
            return start_of_authority(one_of(random, names), one_of(random, mailboxes),
                                      static_cast<unsigned>(random.below(2)));
        case 6:
            return target(type::PTR, one_of(random, names));
        case 7:
            return mail_exchange(static_cast<unsigned>(random.below(2)) * 10,
                                 one_of(random, names));
        case 8:
            return random.one_in(2) ? random_spf(random) : random_text(random);
        default:
            return of_unknown_type(std::string(static_cast<std::size_t>(1 + random.below(12)),
                                               static_cast<char>(random.below(3) * 0x7f)));
    }
}

Record record_of(std::string_view owner, Rdata rdata, std::vector<Sighting> sightings) {
    Record record;
    record.owner = labels_of(owner);
    record.rdata = std::move(rdata);
    record.sightings = std::move(sightings);
    return record;
}

Time random_begin(Random& random) {
    if (random.one_in(60)) return static_cast<Time>(random.below(2));
    // The beginning of a month or an age, or a second before.
    if (random.one_in(6)) {
        const Time age = months_before(now, static_cast<Time>(random.below(120))).period.begin;
        const Time month = month_around(age).period.begin;
        return (random.one_in(2) ? age : month) - static_cast<Time>(random.below(2));
    }
    // A few days again and again, so that records tie; and any second.
    constexpr Time begin_2016 = 1451606400;
    if (random.one_in(3)) {
        return begin_2016 + static_cast<Time>(random.below(std::uint64_t{10} * 366)) * day_seconds +
               static_cast<Time>(random.below(day_seconds));
    }
    return begin_2016 + static_cast<Time>(random.below(40)) * 91 * day_seconds;
}

Time random_length(Random& random) {
    switch (random.below(4)) {
        case 0:
            return 0;
        case 1:
            return static_cast<Time>(random.below(3 * day_seconds));
        case 2:
            return static_cast<Time>(random.below(4)) * day_seconds;
        default:
            return static_cast<Time>(random.below(1000)) * day_seconds;
    }
}

// From seen a second ago to gone by a second.
Time random_pause(Random& random) {
    switch (random.below(4)) {
        case 0:
            return gap + static_cast<Time>(random.below(3)) - 1;
        case 1:
            return static_cast<Time>(random.below(4)) - 1;
        case 2:
            return static_cast<Time>(random.below(2 * gap));
        default:
            return static_cast<Time>(random.below(20)) * gap;
    }
}

std::vector<Sighting> random_sightings(Random& random) {
    std::vector<Sighting> sightings;
    const bool only_zone = random.one_in(6);
    const bool only_sensor = !only_zone && random.one_in(2);
    Time begin = random_begin(random);
    for (std::uint64_t left = 1 + random.below(random.one_in(3) ? 5 : 2); left > 0; --left) {
        if (random.one_in(40)) begin = now - gap - 1 + static_cast<Time>(random.below(3));
        const Time end = begin + random_length(random);
        const std::uint64_t count =
            random.one_in(3) ? random.below(3) : random.below(random.one_in(4) ? 100'000 : 20);
        sightings.push_back({only_zone || (!only_sensor && random.one_in(2)), {begin, end}, count});
        begin = std::max<Time>(0, random.one_in(8) ? begin : end + random_pause(random));
    }
    random.shuffle(sightings);
    return sightings;
}

std::uint64_t random_size(Random& random) {
    switch (random.below(8)) {
        case 0:
            return random.below(3);
        case 1:
        case 2:
            return random.below(12);
        case 3:
            return random.below(80);
        default:
            return 100 + random.below(300);
    }
}

// Aliases from name to name, long enough to be followed to the last step that is allowed and
// beyond, in a circle or to an end; some names have two that were last seen at the same time.
void add_chain(Random& random, std::vector<Record>& records) {
    std::vector<std::string_view> way(names.begin(), names.end());
    random.shuffle(way);
    way.resize(static_cast<std::size_t>(2 + random.below(12)));
    if (random.one_in(3)) way.push_back(way[static_cast<std::size_t>(random.below(way.size()))]);
    const Time begin = random_begin(random);
    const Sighting seen{random.one_in(4), {begin, begin + 400 * day_seconds}, 1};
    for (std::size_t i = 0; i + 1 < way.size(); ++i) {
        records.push_back(record_of(way[i], target(type::CNAME, way[i + 1]), {seen}));
        if (random.one_in(6)) {
            records.push_back(
                record_of(way[i], target(type::CNAME, one_of(random, names)), {seen}));
        }
    }
    records.push_back(record_of(way.back(), address(one_of(random, ipv4)), {seen}));
}

}  // namespace

Store random_store(Random& random) {
    // Some stores have few owners, and therefore more of each.
    const std::uint64_t owners = random.one_in(3) ? 3 + random.below(4) : names.size();
    const std::uint64_t first = random.below(names.size());
    std::vector<Record> records;
    for (std::uint64_t left = random_size(random); left > 0; --left) {
        const std::uint64_t owner = (first + random.below(owners)) % names.size();
        records.push_back(record_of(names[static_cast<std::size_t>(owner)], random_rdata(random),
                                    random_sightings(random)));
    }
    if (random.one_in(3)) add_chain(random, records);
    for (const std::string_view name : registered_names) {
        if (!random.one_in(3)) continue;
        records.push_back(record_of(name, random_registration(random), random_sightings(random)));
    }
    return Store(std::move(records));
}

Labels random_name(Random& random) {
    if (random.one_in(12)) return labels_of(one_of(random, names_never_seen));
    return labels_of(random.one_in(12) ? one_of(random, registered_names) : one_of(random, names));
}

}  // namespace dnshist::oracle
