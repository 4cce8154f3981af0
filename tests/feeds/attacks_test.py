"""What attackers get believed of a capture: an attempt, and the records that the store has after it.

The attacker owns nothing but can send packets to the sensor's network, or owns the zone evil.org. with
its server, or a server that clients ask anything.
"""

import json
import struct
import sys

import captures
import zonegen

try:
    import dns.exception
except ImportError:  # Debian's python3-dnspython, where another Python than Debian's runs this
    sys.path.append("/usr/lib/python3/dist-packages")
import dns.message
import dns.rrset

CLIENT, RESOLVER = captures.CLIENT, captures.SERVER
EVIL = bytes([203, 0, 113, 6])
GROUP = bytes([224, 0, 0, 251])

# A record that no attempt may get into the store, and one that the real server gives.
FALSE, TRUE = "www.bank.com. A 192.0.2.66", "www.bank.com. A 192.0.2.1"


class Question:
    """A query, and responses to it."""

    def __init__(self, name, rrtype="A"):
        self.message = dns.message.make_query(name, rrtype)
        self.message.id = 0x1234

    def wire(self):
        return self.message.to_wire()

    def response(self, answer=(), authority=(), additional=(), flags=0x8180, number=0x1234,
                 question=True):
        message = dns.message.Message(number)
        message.flags = flags
        message.question = list(self.message.question) if question else []
        for section, records in ((message.answer, answer), (message.authority, authority),
                                 (message.additional, additional)):
            for owner, rrtype, rdata in (record.split(" ", 2) for record in records):
                section.append(dns.rrset.from_text(owner, 300, "IN", rrtype, rdata))
        return message.to_wire()


def to_server(payload, server=RESOLVER, source_port=1024, port=53):
    return captures.ip(captures.udp(source_port, port, payload), source=CLIENT, destination=server)


def to_client(payload, server=RESOLVER, client=CLIENT, source_port=53, port=1024):
    return captures.ip(captures.udp(source_port, port, payload), source=server, destination=client)


def asked(question, *response, server=RESOLVER, **options):
    return [to_server(question.wire(), server),
            to_client(question.response(*response, **options), server)]


def evil(*response, **options):
    """The server of evil.org. was asked for a name in its zone."""
    return asked(WWW_EVIL, *response, server=EVIL, **options)


def stream(*segments, server=RESOLVER):
    """Segments of TCP as (from the client, sequence, flags, payload, acknowledged)."""
    packets = []
    for from_client, sequence, flags, payload, acknowledged in segments:
        ports = (1024, 53) if from_client else (53, 1024)
        segment = bytearray(captures.tcp(*ports, sequence, flags, payload))
        segment[8:12] = struct.pack(">I", acknowledged)
        ends = (CLIENT, server) if from_client else (server, CLIENT)
        packets.append(captures.ip(bytes(segment), 6, source=ends[0], destination=ends[1]))
    return packets


def tunnel(packet, source=EVIL, destination=CLIENT):
    return captures.ip(packet, 4, source=source, destination=destination)


def vxlan(packet):
    return captures.ip(captures.udp(5000, 4789, struct.pack(">II", 0x08000000, 256) +
                                    captures.ethernet(packet)), source=EVIL, destination=CLIENT)


def summed(datagram):
    """With the checksum of UDP from the resolver to the client."""
    octets = RESOLVER + CLIENT + struct.pack(">HH", 17, len(datagram)) + datagram
    octets += bytes(len(octets) % 2)
    total = sum(struct.unpack(f">{len(octets) // 2}H", octets))
    while total > 0xffff:
        total = (total & 0xffff) + (total >> 16)
    return datagram[:6] + struct.pack(">H", 0xffff - total) + datagram[8:]


def fragment(datagram, begin, end=None):
    more = 0x2000 if end else 0
    return captures.ip(datagram[begin:end], source=RESOLVER, destination=CLIENT,
                       fragment=more | begin // 8)


BANK, WWW_EVIL = Question("www.bank.com"), Question("www.evil.org")
OF_BANK, FORGED = BANK.response([TRUE]), BANK.response([FALSE])
QUERY = to_server(BANK.wire())
HELLO = [(True, -1, 0x02, b"", 0), (False, 99, 0x12, b"", 0),
         (True, 0, 0x10, captures.framed(BANK.wire()), 100)]
LATER = (False, 100, 0x10, captures.framed(OF_BANK), 0)
LONG = [captures.udp(53, 1024, BANK.response([record, f'www.bank.com. TXT "{letter * 99}"']))
        for record, letter in ((TRUE, "x"), (FALSE, "y"))]
WHOLE = summed(LONG[0])
LOCAL = Question("host.local").response(["host.local. A 192.0.2.66", FALSE])

# By an attacker who owns nothing.
NOTHING = [
    ("a response", [to_client(FORGED)]),
    ("a response to port 53", [to_client(FORGED, port=53)]),
    ("a response to a server's port alone", [to_server(FORGED)]),
    ("multicast DNS to one host", [to_client(LOCAL, source_port=5353, port=5353)]),
    ("multicast DNS in a tunnel", [vxlan(captures.ip(
        captures.udp(5353, 5353, LOCAL), source=EVIL, destination=GROUP))]),
    ("a zone transfer", [to_client(Question("bank.com", "AXFR").response(["bank.com. NS a.", FALSE]))]),
    ("NS of com", [to_client(Question("com", "NS").response(["com. NS www.bank.com."], (), [FALSE]))]),
    ("the response before the query", [to_client(FORGED), QUERY]),
    ("another ID", [QUERY, to_client(BANK.response([FALSE], number=7))]),
    ("another port", [QUERY, to_client(FORGED, port=1025)]),
    ("another server", [QUERY, to_client(FORGED, EVIL)]),
    ("another client", [QUERY, to_client(FORGED, client=EVIL)]),
    ("another question", [to_server(WWW_EVIL.wire()), to_client(FORGED)]),
    ("another type", [to_server(Question("www.bank.com", "AAAA").wire()), to_client(FORGED)]),
    ("no question", [QUERY, to_client(BANK.response([FALSE], question=False))]),
    ("two questions", [QUERY, to_client(FORGED[:4] + b"\0\2" + FORGED[6:])]),
    ("a query without a question", [to_server(BANK.wire()[:4] + bytes(8)), to_client(FORGED)]),
    ("a query that is cut short", [to_server(BANK.wire()[:20]), to_client(FORGED)]),
    ("a query over UDP", [QUERY, *stream((False, 100, 0x10, captures.framed(FORGED), 0))]),
    ("a response in an ICMP error", [QUERY, captures.ip(
        bytes([3, 3, 0, 0, 0, 0, 0, 0]) + to_client(FORGED), 1, source=EVIL, destination=CLIENT)]),
    ("both in a tunnel", [tunnel(QUERY), tunnel(to_client(FORGED))]),
    ("both in VXLAN", [vxlan(QUERY), vxlan(to_client(FORGED))]),
    ("both in a tunnel from a host to itself", [tunnel(QUERY, CLIENT), tunnel(to_client(FORGED), CLIENT)]),
    ("the response in a tunnel", [QUERY, tunnel(to_client(FORGED))]),
    ("a connection that nobody opened", stream((False, 9, 0x10, captures.framed(FORGED), 0))),
]
# The same, beside the real response.
BESIDE = [
    ("a second response", [QUERY, to_client(OF_BANK), to_client(FORGED)]),
    ("far from the window of TCP", stream(*HELLO, (
        False, 1 << 31, 0x10, captures.framed(FORGED), 0), LATER)),
    ("with another acknowledgement", stream(*HELLO, (
        False, 100, 0x10, captures.framed(FORGED), 1 << 30), LATER)),
    ("a connection of a stranger instead", stream(*HELLO, (False, 7777, 0x12, b"", 1 << 30), (
        False, 7778, 0x10, captures.framed(FORGED), 1 << 30), LATER)),
    ("a name in another case", [to_server(Question("wWw.BaNk.com").wire()), to_client(OF_BANK)]),
]
# By the owner of evil.org. and its server; www.evil.org. is what it may say.
ALIAS = "www.evil.org. CNAME www.bank.com."
OWN = "www.evil.org. A 192.0.2.66"
OWNER = [
    ("an alias, and what it leads to", evil([ALIAS, FALSE]), [ALIAS]),
    ("the same with AA, RA and AD", evil([ALIAS, FALSE], flags=0x85a0), [ALIAS]),
    ("an alias out and back in", evil([ALIAS, "www.bank.com. CNAME a.evil.org.",
                                       "a.evil.org. A 192.0.2.66"]), [ALIAS]),
    ("DNAME into another zone", evil(["evil.org. DNAME bank.com.", ALIAS, FALSE]),
     ["evil.org. DNAME bank.com.", ALIAS]),
    ("DNAME of the zone above", evil(["org. DNAME bank.com.", OWN]), [OWN]),
    ("NS of zones above and beside", evil([OWN], [f"{zone} NS ns.evil.org." for zone in (
        ".", "org.", "com.", "bank.com.")], ["ns.evil.org. A 192.0.2.66"]), [OWN]),
    ("NS with an address in another zone", evil((), ["evil.org. NS www.bank.com."], [FALSE]),
     ["evil.org. NS www.bank.com."]),
    ("SOA and NSEC of another zone", evil((), ["bank.com. SOA a. b. 1 2 3 4 5",
                                              "bank.com. NSEC a.bank.com. A"], flags=0x8583), []),
    ("a dot within a label", asked(Question("a\\.bank.com"), ["a\\.bank.com. A 192.0.2.66",
                                                            "bank.com. A 192.0.2.66"], server=EVIL),
     ["a\\.bank.com. A 192.0.2.66"]),
    ("NS of com, where a client asks for it", asked(Question("com", "NS"), ["com. NS www.bank.com."], (),
                                                   [FALSE], server=EVIL), ["com. NS www.bank.com."]),
    ("a transfer of com, where a client asks for it", stream(
        (True, -1, 0x02, b"", 0), (True, 0, 0x10, captures.framed(Question("com", "AXFR").wire()), 0),
        (False, 9, 0x10, captures.framed(Question("com", "AXFR").response(["com. NS a.", FALSE])), 0),
        server=EVIL), ["com. NS a."]),
    ("a name below a public suffix", asked(Question("x.co.uk"), ["x.co.uk. CNAME y.co.uk.",
                                                                "y.co.uk. A 192.0.2.66"], server=EVIL),
     ["x.co.uk. CNAME y.co.uk."]),
    ("a record twice", evil([OWN, OWN.replace("www", "WWW")]), [OWN]),
    ("octets behind the message", [to_server(WWW_EVIL.wire(), EVIL),
                                   to_client(WWW_EVIL.response([OWN]) + b"abc", EVIL)], [OWN]),
]


class Attacks(zonegen.Case):
    def stored(self, packets, *arguments):
        return self.stored_of([self.file("x", captures.pcap(captures.RAW, packets))], *arguments)

    def stored_of(self, paths, *arguments):
        store = self.directory / f"s{len(list(self.directory.iterdir()))}"
        zonegen.run("--store", store, "import", *arguments, *paths)
        exported = zonegen.run("--store", store, "export")
        self.assertEqual(exported.returncode, 0, exported.stderr)
        rows = list(map(json.loads, exported.stdout.splitlines()))
        self.assertTrue(all(row["count"] == 1 for row in rows), rows)
        return sorted(f"{row['rrname']} {row['rrtype']} {row['rdata']}" for row in rows)

    def test_who_owns_nothing_gets_nothing_believed(self):
        paths = {what: self.file(what.replace(" ", "-"), captures.pcap(captures.RAW, packets))
                 for what, packets in NOTHING}
        if self.stored_of(paths.values()):
            for what, path in paths.items():
                with self.subTest(what):
                    self.assertEqual(self.stored_of([path]), [])

    def test_beside_the_real_response_neither(self):
        for what, packets in BESIDE:
            with self.subTest(what):
                self.assertEqual(self.stored(packets), [TRUE])

    def test_a_fragment_of_somebody_else_does_not_fit(self):
        query, first, second = QUERY, fragment(WHOLE, 0, 64), fragment(WHOLE, 64)
        self.assertEqual(self.stored([query, first, second])[0], TRUE)
        for planted in fragment(LONG[1], 64), fragment(LONG[1], 56):
            self.assertEqual(self.stored([query, planted, first, second]), [])

    def test_who_owns_a_zone_is_believed_in_it(self):
        for what, packets, expected in OWNER:
            with self.subTest(what):
                self.assertEqual(self.stored(packets), sorted(expected))

    def test_who_is_no_resolver_is_not_believed_as_one(self):
        chain = [ALIAS, FALSE]
        self.assertEqual(self.stored(asked(WWW_EVIL, chain), "--resolver", "192.0.2.53"),
                         sorted(chain))
        self.assertEqual(self.stored(evil(chain), "--resolver", "192.0.2.53"), [ALIAS])
        self.assertEqual(self.stored([to_client(WWW_EVIL.response(chain))],
                                     "--resolver", "192.0.2.53", "--trust", "unasked"), [ALIAS])

    def test_a_mirror_in_a_strangers_tunnel_is_none(self):
        both = [tunnel(packet, RESOLVER) for packet in (QUERY, to_client(OF_BANK))]
        self.assertEqual(self.stored(both, "--mirror", "192.0.2.53"), [TRUE])
        self.assertEqual(self.stored(map(tunnel, both), "--mirror", "192.0.2.53"), [])

