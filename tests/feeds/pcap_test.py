"""Captures: hand-made ones, and those from the world against what others make of them.

The captures from the world are not part of the project (DNSHIST_SHARED_DATA). Beside them lies
what tshark and dnspython find in them: every record, how often, first and last. Those expected to
differ are in DIFFERENT, with the reason.
"""

import calendar
import gzip
import ipaddress
import json
import subprocess
import time

import captures
import zonegen
from harness import shared_data

TWICE = "responses that hold a record twice, which is one sighting"
NO_TIME = "packets of 1970, which have no time"
CACHE_FLUSH = "multicast DNS, in which dnspython takes the cache-flush bit for a part of the class"

# The records of each capture that differ from its truth.
DIFFERENT = {
    "suricata-verify/dns__dns-incomplete__input.pcap":
        "DNS over TCP at port 5353, where only multicast DNS is read",
    "zeek/communityid__icmp6.pcap": "a response that an ICMP error quotes, which anybody can write",
    "zeek/dns__max-compression-depth.pcap": "says that it is a response, but goes to port 53",
    "zeek/dns-inverse-query.pcap": "an inverse query, which does not say what a name has",
    "zeek/dns__dynamic-update.pcap": "an update, which does not say what a name has",
    "zeek/dns-edns-ecs.pcap": "a response that dnspython refuses for an option of EDNS",
    "zeek/dns__dns-edns-bad-length.pcap": "a response that dnspython refuses for an option of EDNS",
    "dnscap/dnso1tcp-bighole.pcap": TWICE,
    "dnscap/dnso1tcp.pcap": TWICE,
    "dnscap/do1t-nosyn-1nolen.pcap": TWICE,
    "dsc/1458044657.pcap": TWICE,
    "generated/loopback-dev.pcap": TWICE,  # a zone transfer in one message, with its two SOA
    "suricata-verify/dns__dns-query__dns-detect-query-02__input.pcap": NO_TIME,
    "suricata-verify/dns__dns-query__dns-detect-query-05__input.pcap": NO_TIME,
    "zeek/dns__mdns.pcap": CACHE_FLUSH,
    "zeek/radiotap.pcap": CACHE_FLUSH,
    "zeek/var-services-std-ports.pcap": CACHE_FLUSH,
    "zeek/wikipedia-filtered-plus-udp.pcap": CACHE_FLUSH,
    "zeek/wikipedia.pcap": CACHE_FLUSH,
    "zeek/wlanmon.pcap": CACHE_FLUSH,
}


def words(text):
    """An RDATA's words, quoted or not, with escapes as they are meant."""
    found, at = [], 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        quoted, word = text[at] == '"', ""
        at += quoted
        while at < len(text) and (text[at] != '"' if quoted else not text[at].isspace()):
            if text[at] == "\\" and text[at + 1:at + 4].isdigit():
                word += chr(int(text[at + 1:at + 4]))
                at += 4
            elif text[at] == "\\" and quoted:
                word += text[at + 1]
                at += 2
            else:
                word += text[at]
                at += 1
        at += quoted
        found.append(word)
    return found


def location(found):
    """LOC with all its numbers, of which the last three may be left out (RFC 1876)."""
    numbers = [f"{float(word.rstrip('m')):.3f}" if word[-1].isdigit() or word[-1] == "m" else word
               for word in found]
    return numbers + ["1.000", "10000.000", "10.000"][len(numbers) - 9:]


def services(found):
    """WKS, which is written in the generic form or with its ports."""
    if found[0] == "\\#":
        octets = bytes.fromhex("".join(found[2:]))
        ports = [str(8 * i + bit) for i, octet in enumerate(octets[5:]) for bit in range(8)
                 if octet & 0x80 >> bit]
        return [".".join(map(str, octets[:4])), str(octets[4]), *ports]
    return found


def prefixes(found):
    """APL, its addresses of IPv6 in their short form."""
    result = []
    for item in found:
        family, rest = item.lower().split(":", 1)
        address, length = rest.rsplit("/", 1)
        result.append(f"{family}:{ipaddress.ip_address(address)}/{length}")
    return result


def rdata(rrtype, text):
    """One form for both writings of an RDATA; only to be compared."""
    if rrtype == "LOC":
        return location(words(text))
    if rrtype in ("HTTPS", "SVCB"):
        return text.replace('"', "").split()
    found = words(text)
    if rrtype == "RRSIG":
        times = [word if len(word) < 14 else
                 str(calendar.timegm(time.strptime(word, "%Y%m%d%H%M%S"))) for word in found[4:6]]
        return [*found[:4], *times, found[6], found[7].lower(), "".join(found[8:])]
    if rrtype == "WKS":
        return services(found)
    if rrtype == "APL":
        return prefixes(found)
    if rrtype in ("TXT", "SPF", "HINFO", "CAA", "NAPTR", "URI"):
        return found
    joined = "".join(found)
    return joined if rrtype in ("DNSKEY", "IPSECKEY", "DHCID") else joined.lower()


def truth(capture):
    """(owner, type, rdata) -> [count, first, last] of records of class IN."""
    name = f"pcap_{capture.parent.name}_{capture.name}.rr.ndjson"
    path = shared_data("pcap-truth") / name
    seen = {}
    for line in path.read_text().splitlines() if path.exists() else ():
        row = json.loads(line)
        if row["cls"] != "IN":
            continue
        key = (row["owner"].lower(), row["type"], str(rdata(row["type"], row["rdata"])))
        first, last = int(row["time_first"]), int(row["time_last"])
        known = seen.setdefault(key, [0, first, last])
        known[:] = [known[0] + row["count"], min(known[1], first), max(known[2], last)]
    return seen


class Captures(zonegen.Case):
    def found(self, store):
        if self.stats(store)["records"] == 0:
            return {}
        return {(row["rrname"], row["rrtype"], str(rdata(row["rrtype"], row["rdata"]))):
                [row["count"], row["time_first"], row["time_last"]]
                for row in self.exported(store)}


class World(Captures):
    @classmethod
    def setUpClass(cls):
        cls.captures = sorted(shared_data("pcap").glob("*/*"))

    def test_every_record_is_found(self):
        different = set()
        for capture in self.captures:
            name = f"{capture.parent.name}/{capture.name}"
            with self.subTest(capture=name):
                expected = truth(capture)
                result = zonegen.run("--store", self.directory / name.replace("/", "_"), "import",
                                     "--trust", "all", capture)
                found = self.found(name.replace("/", "_"))
                if result.returncode != 0:
                    self.assertEqual(found, {})
                    self.assertRegex(result.stderr, "cannot be read on|ends within|a link type|"
                                                    "all of it was rejected|not in a format")
                elif not found:
                    self.assertIn("no record in it", result.stderr)
                if found != expected:
                    different.add(name)
                    self.assertIn(name, DIFFERENT)
                    # One or the other has more; never something else.
                    self.assertTrue(found.keys() <= expected.keys() or
                                    found.keys() >= expected.keys())
        self.assertEqual(sorted(different), sorted(DIFFERENT))

    def test_what_is_believed_is_a_part_of_it(self):
        capture = shared_data("pcap") / "generated" / "loopback-dev.pcap"
        self.imports("all", "--trust", "all", capture)
        self.imports("believed", capture)
        everything, believed = self.found("all"), self.found("believed")
        self.assertLess(believed.keys(), everything.keys())
        self.assertTrue(all(believed[key][0] <= everything[key][0] for key in believed))

    def test_a_pipe_and_a_compressed_file_give_the_same(self):
        for name in ("dnscap/dnso1tcp-bighole.pcap", "zeek/pcapng-multi-interface.pcapng"):
            capture = shared_data("pcap") / name
            with self.subTest(capture=capture.name):
                content = capture.read_bytes()
                self.imports("plain" + capture.name, capture)
                compressed = self.file(capture.name + ".gz", gzip.compress(content))
                self.imports("gzip" + capture.name, compressed)
                with subprocess.Popen(["cat", capture], stdout=subprocess.PIPE) as cat:
                    self.imports("pipe" + capture.name, "-", stdin=cat.stdout)
                for way in ("gzip", "pipe"):
                    self.assertEqual(self.export(way + capture.name),
                                     self.export("plain" + capture.name))


class HandMade(Captures):
    def test_every_tunnel_and_link_type_gives_the_record(self):
        def packets(response):
            return [*((name, captures.RAW, packet) for name, packet in captures.tunnels(response)),
                    *captures.links(response)]
        for (name, link, response), (_, _, question) in zip(packets(True), packets(False)):
            with self.subTest(name=name):
                path = self.file(name, captures.pcap(link, [question, response]))
                self.imports("of-" + name, path)
                self.assertEqual(self.found("of-" + name),
                                 {("www.example.", "A", "198.51.100.7"):
                                  [1, 1600000001, 1600000001]})

    def test_one_sender_cannot_write_both_question_and_response_in_tunnels(self):
        question, response = captures.PLAIN
        path = self.file("x", captures.pcap(captures.RAW, [
            captures.ip(packet, 4, source=b"\xcb\0\x71\1") for packet in (question, response)]))
        said = self.imports("believed", path, code=1)
        self.assertIn("1 a response whose question is not known (--trust unasked takes it)", said)
        self.imports("mirrored", "--mirror", "203.0.113.0/24", path)
        self.assertEqual(self.counts("mirrored"), {"www.example.": 1})
        said = self.imports("wrong", "--mirror", "203.0.113.1/24", path, code=2)
        self.assertIn("did you mean 203.0.113.0/24", said)

    def test_a_response_alone_is_believed_only_if_told_to(self):
        """One datagram of anybody to anybody; and of a resolver's address, which anybody can write."""
        path = self.file("x", captures.pcap(captures.RAW, captures.PLAIN[1:]))
        said = self.imports("believed", "--resolver", "192.0.2.53", path, code=1)
        self.assertIn("1 a response whose question is not known (--trust unasked takes it)", said)
        self.assertEqual(self.stats("believed")["records"], 0)
        self.imports("told", "--trust", "unasked", path)
        self.assertEqual([row["origin"] for row in self.exported("told")], ["dnshist:unasked"])

    def test_interfaces_of_several_link_types_are_read(self):
        content = captures.pcapng(captures.RAW, captures.PLAIN[:1],
                                  [(captures.ETHERNET, [captures.ethernet(captures.PLAIN[1])])])
        self.imports("s", self.file("x", content))
        self.assertEqual(self.counts("s"), {"www.example.": 1})

    def test_records_have_the_sensor(self):
        path = self.file("x", captures.pcap(captures.RAW, captures.PLAIN))
        self.imports("s", "--sensor", "here", path)
        self.assertEqual([row["sensor_id"] for row in self.exported("s")], ["here"])

    def test_the_format_is_recognised_or_named(self):
        path = self.file("x", captures.pcapng(captures.RAW, captures.PLAIN))
        self.imports("named", "--format", "pcap", path)
        self.imports("auto", path)
        self.assertEqual(self.export("named"), self.export("auto"))
        said = self.imports("no", "--format", "pcap", self.file("y", '{"rrname": "a."}\n' * 9),
                            code=1)
        self.assertIn("cannot be read on (behind 0 packets)", said)

    def test_an_unknown_link_type_is_named(self):
        said = self.imports("s", self.file("x", captures.pcap(143, captures.PLAIN)), code=1)
        self.assertIn("frames of a link type that is not known here: DOCSIS", said)

    def test_a_response_to_another_question_is_left_out(self):
        forged = captures.ip(captures.udp(53, 1024, captures.dns(True, b"\3www\5other\0")),
                             back=True)
        said = self.imports("s", self.file("x", captures.pcap(
            captures.RAW, [captures.PLAIN[0], forged, captures.PLAIN[1]])))
        self.assertIn("1 response passed over: to another question", said)
        self.assertEqual(self.counts("s"), {"www.example.": 1})

    def test_a_capture_that_grows_is_read_on(self):
        """Wherever it ended: what was held, and what was asked, is known again."""
        tcp = captures.over_tcp()
        tcp[4], tcp[5] = tcp[5], tcp[4]  # an end of the file makes a gap of what comes early
        questions = [captures.PLAIN[0], captures.PLAIN_6[0]]
        packets = captures.PLAIN + questions + captures.in_fragments() + tcp
        frames = [captures.ethernet(packet, 0x86dd if packet[0] >> 4 == 6 else 0x0800)
                  for packet in packets]
        def parts(form):
            return [len(form(captures.RAW, packets[:count])) for count in range(1, len(packets))]
        for name, content, ends in (
                ("pcap", captures.pcap(captures.RAW, packets), parts(captures.pcap)),
                # As `cat` joins two; the first ends with a block that is no packet.
                ("pcapng", captures.pcapng(captures.ETHERNET, frames) +
                 captures.pcapng(captures.ETHERNET, frames[:2]),
                 [len(captures.pcapng(captures.ETHERNET, frames))])):
            path = self.file(name, content)
            self.imports(name + "-at-once", path)
            expected = self.export(name + "-at-once")
            # In places of all kinds, and between two packets.
            for cut in sorted({*range(30, len(content), 37), *ends}):
                with self.subTest(name=name, cut=cut):
                    path.write_bytes(content[:cut])
                    store = f"{name}-{cut}"
                    zonegen.run("--store", self.directory / store, "import", path)
                    path.write_bytes(content)
                    self.imports(store, path)
                    self.assertEqual(self.export(store), expected)

    def test_says_where_a_capture_was_cut(self):
        content = captures.pcap(captures.RAW, captures.PLAIN * 2)
        said = self.imports("s", self.file("x", content[:-1]), code=1)
        self.assertIn("ends within a packet (behind 3 packets)", said)
        self.assertEqual(self.counts("s"), {"www.example.": 1})

    def test_a_capture_that_ends_in_a_block_without_packets_is_cut_too(self):
        content = captures.pcapng(captures.RAW, captures.PLAIN)
        for count in range(2):
            said = self.imports("s", self.file("x", content[:-1]), code=1)
            self.assertIn("ends within a packet (behind 2 packets)", said)
            self.assertNotIn("already imported whole", said)
        self.imports("s", self.file("x", content))
        self.assertIn("already imported whole", self.imports("s", self.file("x", content)))
        self.assertEqual(self.counts("s"), {"www.example.": 1})

    def test_a_capture_that_grew_and_was_interrupted_counts_once(self):
        """What was held behind a gap was given at the end of the first import, and not again."""
        packets = captures.over_tcp()
        more = captures.PLAIN * 2
        content = captures.pcap(captures.RAW, packets + more)
        for options in (), ("--trust", "all"):
            with self.subTest(options=options):
                store = "s" + str(len(options))
                path = self.file("x", captures.pcap(captures.RAW, packets))
                self.imports(store, path)
                before = self.counts(store)["www.example."]
                # Within the second of the new packets, so that the feed is not whole.
                path.write_bytes(content[:len(captures.pcap(captures.RAW, packets + more[:2])) + 5])
                self.imports(store, path, code=1)
                self.assertEqual(self.counts(store), {"www.example.": before + 1})
                path.write_bytes(content)
                self.imports(store, path, *options)
                self.assertEqual(self.counts(store), {"www.example.": before + 2})

    def test_equal_records_of_one_packet_are_told_apart(self):
        """Of two responses in a segment one was asked for; other options take the other one."""
        def ip(back, *segment):
            return captures.ip(captures.tcp(*segment), 6, back)
        response = captures.dns(True)
        packets = [ip(False, 1024, 53, -1, 0x02), ip(True, 53, 1024, 99, 0x12),
                   ip(False, 1024, 53, 0, 0x10, captures.framed(captures.dns(False))),
                   ip(True, 53, 1024, 100, 0x10, captures.framed(response) +
                      captures.framed(b"\x43\x21" + response[2:]))]
        path = self.file("x", captures.pcap(captures.RAW, packets))
        self.imports("s", path)
        self.assertEqual(self.counts("s"), {"www.example.": 1})
        for _ in range(2):
            self.imports("s", path, "--trust", "all")
            self.assertEqual(self.counts("s"), {"www.example.": 2})

    def test_addresses_of_clients_are_not_stored(self):
        self.imports("s", self.file("x", captures.pcap(captures.RAW, captures.PLAIN)))
        for path in (self.directory / "s").rglob("*"):
            if path.is_file():
                self.assertNotIn(captures.CLIENT, path.read_bytes())
