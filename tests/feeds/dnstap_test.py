"""Files of dnstap, as real servers write them, against what Python makes of them.

The files are not part of the project (DNSHIST_SHARED_DATA); without them the class World is skipped.
"""

import gzip
import json
import random
import signal
import struct
import sys

import broken_off
import dnstap
import zonegen
from harness import shared_data

try:
    import dns.exception
except ImportError:  # Debian's python3-dnspython, where another Python than Debian's runs this
    sys.path.append("/usr/lib/python3/dist-packages")
import dns.exception
import dns.message
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype

EVERYTHING = ("--trust", "all", "--dnstap-types", ",".join(dnstap.KINDS))

# The records out of the bailiwick in files that a resolver wrote, and why they are. In all three frames the
# servers of c.example. were asked for a name of that zone. They serve its parent and not the zone
# itself, so they answered with a referral, and with proof from example. of what the delegation is.
# For example. they were not asked; others might as well have said it in their place.
DROPPED = {
    "bind-resolver.dnstap": {
        "frames": {266, 276, 1013},
        "records": {(f"{owner}.example.", covered) for covered in ("NSEC3", "RRSIG") for owner in (
            "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom", "35mthgpgcu1qg68fab165klnsnk3dpvl")},
    },
    "unbound-resolver.dnstap": {"frames": set(), "records": set()},
}


def lower(rdata):
    """RDATA with the names in it in lower case, in wire form."""
    names = {slot: getattr(rdata, slot).canonicalize() for slot in rdata._get_all_slots()
             if isinstance(getattr(rdata, slot, None), dns.name.Name)}
    return rdata.replace(**names).to_wire() if names else rdata.to_wire()


def records(response):
    """(owner, type, RDATA) of every record of a response that a zone can hold, one after another."""
    for section in response.answer, response.authority, response.additional:
        for rrset in section:
            for rdata in rrset:
                if rrset.rdclass == dns.rdataclass.IN and not dns.rdatatype.is_metatype(
                        rrset.rdtype):
                    yield rrset.name, dns.rdatatype.to_text(rrset.rdtype), rdata


def observations(octets, kinds):
    """The observations in a file: {(owner, type, rdata): [first, last, count, sensors]}."""
    seen = {}
    for identity, message in dnstap.messages(octets):
        if message[dnstap.KIND] not in {dnstap.KINDS[kind] for kind in kinds}:
            continue
        try:
            response = dns.message.from_wire(message[dnstap.RESPONSE], one_rr_per_rrset=True)
        except dns.exception.DNSException:
            continue
        if response.rcode() not in (0, 3) or response.opcode() != 0:
            continue
        when = message.get(dnstap.RESPONSE_TIME) or message[dnstap.QUERY_TIME]
        # A record that a response has twice, as SOA in a zone transfer, is seen once.
        for key in {(owner.canonicalize().to_wire(), rdtype, lower(rdata))
                    for owner, rdtype, rdata in records(response)}:
            known = seen.setdefault(key, [when, when, 0, set()])
            known[0], known[1] = min(known[0], when), max(known[1], when)
            known[2] += 1
            known[3] |= {identity} - {""}
    return seen


def distinct(octets):
    """How many records there are in all responses, where case makes a difference in their RDATA."""
    found = set()
    for _, message in dnstap.messages(octets):
        if message[dnstap.KIND] % 2 == 0 and dnstap.RESPONSE in message:
            try:
                response = dns.message.from_wire(message[dnstap.RESPONSE], one_rr_per_rrset=True)
            except dns.exception.DNSException:
                continue
            found |= {(owner.canonicalize(), rdtype, rdata.to_text())
                      for owner, rdtype, rdata in records(response)}
    return len(found)


def stored(row):
    """An exported object as observations() has it."""
    rdata = dns.rdata.from_text("IN", row["rrtype"], row["rdata"])
    key = (dns.name.from_text(row["rrname"]).to_wire(), row["rrtype"], lower(rdata))
    sources = row.get("sources") or [row]
    sensors = {source["sensor_id"] for source in sources if "sensor_id" in source}
    return key, [row["time_first"], row["time_last"], row["count"], sensors]


class World(zonegen.Case):
    @classmethod
    def setUpClass(cls):
        cls.files = sorted(shared_data("dnstap").iterdir())

    def stored(self, store):
        rows = self.exported(store)
        found = dict(map(stored, rows))
        self.assertEqual(len(found), len(rows))
        return found

    def test_every_record_arrives_as_it_was(self):
        for path in self.files:
            with self.subTest(file=path.name):
                self.imports(path.name, *EVERYTHING, path)
                expected = observations(path.read_bytes(), dnstap.KINDS)
                self.assertTrue(expected)
                self.assertEqual(self.stored(path.name), expected)
                self.check(path.name)

    def test_python_finds_what_others_found(self):
        truth = {row["file"].split("/")[-1]: row
                 for row in map(json.loads, shared_data("dnstap-truth.jsonl").read_text().splitlines())}
        for path in self.files:
            with self.subTest(file=path.name):
                self.assertEqual(distinct(path.read_bytes()), truth[path.name]["distinct_rr"])
                seen = observations(path.read_bytes(), dnstap.KINDS).values()
                self.assertLessEqual(truth[path.name]["first"], min(row[0] for row in seen))
                self.assertGreaterEqual(truth[path.name]["last"], max(row[1] for row in seen))

    def test_what_a_resolver_may_believe(self):
        for path in self.files:
            expected = observations(path.read_bytes(), ["resolver"])
            rejects = self.directory / (path.name + ".rejects")
            with self.subTest(file=path.name):
                said = self.imports(path.name, "--reject-file", rejects, path,
                                    code=0 if expected else 1)
                self.assertIn("passed over, by kind of message: ", said)
                if not expected:
                    self.assertIn("no record in it", said)
                    continue
                # For each record a remark with the reason, and one with the record.
                lines = rejects.read_text().splitlines()
                dropped = DROPPED[path.name]
                self.assertEqual(lines[:1], ["# dnshist-rejects dnstap"] if dropped["frames"] else [])
                lines = lines[1:]
                self.assertEqual(set(lines[::2]), {f"# {path}:{frame}: outside of the bailiwick"
                                                   for frame in dropped["frames"]})
                self.assertEqual({tuple(line.split()[1:3]) for line in lines[1::2]},
                                 dropped["records"])
                # They are in the store all the same where their own servers said them.
                found = self.stored(path.name)
                self.assertEqual(found.keys(), expected.keys())
                self.assertEqual(sum(row[2] for row in found.values()) + len(lines) // 2,
                                 sum(row[2] for row in expected.values()))

    def test_compressed_and_piped(self):
        path = shared_data("dnstap") / "bind-resolver.dnstap"
        self.imports("plain", path)
        self.imports("gzip", self.file("x.gz", gzip.compress(path.read_bytes())))
        with path.open("rb") as standard_input:
            self.imports("pipe", "-", stdin=standard_input)
        self.assertEqual(self.export("gzip"), self.export("plain"))
        self.assertEqual(self.export("pipe"), self.export("plain"))


class Registration(zonegen.Case):
    def test_no_server_says_who_has_registered_a_name(self):
        name = dnstap.wire("owl.example")
        personal = b"\xc0\x0c" + struct.pack("!HHIH", 65300, 1, 300, 1) + b"\0"
        address = dnstap.address_record("owl.example", "192.0.2.1")
        response = address[:6] + struct.pack("!H", 2) + address[8:12 + len(name) + 4] + personal + \
            address[12 + len(name) + 4:]
        feed = self.file("feed.dnstap", dnstap.file([dnstap.data({
            dnstap.KIND: dnstap.KINDS["resolver"], dnstap.ZONE: dnstap.wire("example"),
            dnstap.RESPONSE_TIME: 1740387600, dnstap.RESPONSE: response})]))
        for trust in "bailiwick", "all":
            self.imports(trust, "--trust", trust, feed)
            self.assertEqual([row["rrtype"] for row in self.exported(trust, "--whois")], ["A"])


class Resumed(broken_off.Case):
    """A file that is imported in several goes counts everything once."""

    @staticmethod
    def frames(chance, size):
        """Messages of which many say the same, at times that an interval shows; some nonsense."""
        for number in range(size):
            host = int(chance.paretovariate(0.3)) % 3000
            if number % 1000 == 500:
                yield dnstap.data({dnstap.KIND: 4, dnstap.RESPONSE_TIME: 1, dnstap.RESPONSE: b"x"})
            yield dnstap.told(f"www{host}.example.com", f"192.0.2.{host % 250}", "example.com",
                              1_600_000_000 + chance.randrange(10**6),
                              chance.choice((4, 4, 4, 6)))

    def test_a_file_that_grows(self):
        all_frames = list(self.frames(random.Random(1), 900))
        start = dnstap.control(dnstap.START, dnstap.CONTENT)
        whole = dnstap.file(all_frames)
        self.imports("expected", self.file("whole", whole))
        for size in range(len(start), len(whole), len(whole) // 7):
            path = self.file("grows", whole[:size])
            # Mostly within a frame, which is read when it is all there; first, there is none.
            self.imports("store", path)
        self.imports("store", self.file("grows", whole))
        self.assertEqual(self.export("store"), self.export("expected"))
        said = self.imports("store", self.directory / "grows")
        self.assertIn("already imported whole", said)

    def test_killed_at_any_instant(self):
        path = self.file("feed", dnstap.file(self.frames(self.chance, 30000)))
        self.imports_broken_off([path], kills=15, signals=(signal.SIGKILL,) * 3 + (signal.SIGTERM,))
