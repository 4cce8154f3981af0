"""The store as an ordinary zone: what Knot DNS and NSD answer from it is what the responder answers.

Every name in the zone is asked for at each of them, and so are names that are not in it. Stores are
made of the sample, of feeds beside the checkout where these are there (DNSHIST_SHARED_DATA), and of
all that is unusual: large answers, names that are hard to write, a work limit that stops questions.
"""

import json
import os

from daemon import Knot
from dns_client import A, NOERROR, NXDOMAIN, TXT
from harness import SAMPLE, ZONEGEN, import_text, installed, run, shared_data
from zone_case import ZoneCase, labels_of, names_of, without_places


class Sample(ZoneCase):
    def test_the_sample(self):
        self.imports(SAMPLE)
        names, said_of_it = self.check()
        for name in ("history.harbour.example", "mx.history.harbour.example",
                     "changes.harbour.example", "summary.harbour.example", "names.harbour.example",
                     "names.example", "names", "pivot.203.0.113.66", "a.pivot.203.0.113.66",
                     "summary.203.0.113.66", "pivot.ns1.nightowl.example",
                     "soa.pivot.j.doe@inbox.example", r"soa.pivot.j\.doe.inbox.example",
                     "txt.pivot.owl-verify=7c41e9d2", "pivot.7c41e9d2", "history.203.0.113.7",
                     "ptr.history.203.0.113.7", "help", "help.filters", "stats", "version"):
            self.assertIn(labels_of(name), names)
        self.assertRegex(said_of_it, r"^\d+ names, \d+ records, \d+ octets\n"
                                     r"\d+ questions left out: they cannot be asked, or have a label")
        result = run(installed("ldns-read-zone"), self.file)
        self.assertEqual(result.returncode, 0, result.stderr)
        # Known, and with nothing to say: an ordinary server has no such name.
        known = labels_of("hinfo.history.harbour.example")
        self.assertEqual(self.responder.ask([known])[known].rcode, NOERROR)
        for asked in self.others.values():
            self.assertEqual(asked.ask([known])[known].rcode, NXDOMAIN)


class World(ZoneCase):
    def test_feeds_from_the_world(self):
        self.imports(*shared_data("cof/opennic-opzones.cof.ndjson", "cof/pdns-secpoll.cof.ndjson"))
        self.check()


class Unusual(ZoneCase):
    def given(self):
        """Records that are hard to show as a zone."""
        times = {"time_first": 1577836800, "time_last": 1577836800, "count": 1}

        def record(owner, rrtype, rdata, **more):
            return json.dumps({"rrname": owner, "rrtype": rrtype, "rdata": rdata} | times | more)

        yield from (record("many.example", "A", f"192.0.2.{n}", time_last=1577836800 + n)
                    for n in range(250))
        yield from (record(f"host{n}.below.example", "CNAME", "target.example") for n in range(120))
        # Longer than 255 octets, and together longer than a message.
        yield from (record("long.example", "TXT", " ".join(f'"{n} {"x" * 200}"' for _ in range(70)))
                    for n in range(7))
        yield record("longest.example", "TXT", " ".join(f'"{"y" * 255}"' for _ in range(250)))
        # Octets of every kind in names and in text, and text that a name cannot hold.
        for n in range(0, 256, 4):
            octets = "".join(f"\\{octet:03}" for octet in range(n, n + 4))
            yield record(f"x{octets}y.octets.example", "TXT", f'"{octets} q{octets}q"')
        yield record("octets.example", "CNAME", r"\046\.\000\255\(\;\"\@\$.octets.example")
        yield record("texts.example", "TXT", '"a..b .a a. a.b.c x* * *.a.b 1.2.3.0/24 1.2.3.256 '
                     f'history.a page-2.x {"z" * 64} {"z" * 63}.{"z" * 63}.{"z" * 63}.{"z" * 20}"')
        yield record("digest.example", "TXT", f'"{"d" * 250}"')
        # Wildcards, and names that are words of the language or look like addresses.
        for owner in ("*.example", "a.*.example", "+.example", "history.example", "a.history.example",
                      "history.history.example", "at.example", "192.0.2.1", "page-2.example", ".",
                      "example.history", "192.0.2.0/24", "2001:db8::1", "help", "stats"):
            yield record(owner, "NS", "*.star.example")
            yield record(owner, "TXT", '"history pivot.a"')
        # Reverse names, whole and in part, and with digits that an address is not written with.
        for owner in ("1.2.0.192.in-addr.arpa", "2.0.192.in-addr.arpa", "01.2.0.192.in-addr.arpa",
                      "0/25.2.0.192.in-addr.arpa", "9.1.2.0.192.in-addr.arpa",
                      ".".join("1" + "0" * 23 + "8bd01002") + ".ip6.arpa",
                      ".".join("1020" + "000c" + "ffff" + "0" * 20) + ".ip6.arpa"):
            yield record(owner, "PTR", "many.example")
        # One value as a name, as a text and as a mailbox.
        yield record("name.example", "MX", "10 both.example")
        yield record("text.example", "TXT", '"both.example user@both.example only@text.example"')
        yield record("zone.example", "SOA", r"ns.example user.both.example 1 2 3 4 5")
        yield record("other.example", "SOA", r"ns.example a\.b\.c.both.example 1 2 3 4 5")
        yield record("rp.example", "RP", r"root.both.example txt.example")
        yield record("rp.example", "RP", r"toplevel . ")
        yield record("v6.example", "AAAA", "2001:db8::1")
        yield record("v6.example", "AAAA", "::ffff:192.0.2.1")
        yield record("v6.example", "AAAA", "::")
        yield record("type.example", "TYPE65280", r"\# 3 00ff41")
        # Too long to be asked for with some of the words or all.
        for size in (20, 35, 41, 43, 60):
            owner = ".".join(("l" * 63,) * 3 + ("l" * size,))
            yield record(owner, "NSEC3PARAM", "1 0 0 -")
            yield record(owner, "A", "192.0.2.1")
        # Seen again after a year, in zone files too.
        yield record("again.example", "A", "192.0.2.77", time_first=1400000000, time_last=1400000009)
        yield record("again.example", "A", "192.0.2.77")
        yield json.dumps({"rrname": "again.example", "rrtype": "A", "rdata": "192.0.2.77", "count": 3,
                          "zone_time_first": 1450000000, "zone_time_last": 1450000000})

    def setUp(self):
        super().setUp()
        import_text(self.store, "\n".join(self.given()) + "\n")

    def test_what_is_hard_to_write(self):
        names, said_of_it = self.check()
        self.assertRegex(said_of_it, r"\d+ questions left out: longer than a name can be")
        self.assertFalse([name for name in names if b"*" in name])
        for name in ("pivot.user@both.example soa.pivot.a.b.c@both.example rp.pivot.root@both.example "
                     "pivot.only@text.example mx.pivot.both.example txt.pivot.both.example "
                     r"aaaa.pivot.\:\:ffff\:192.0.2.1 history.2001\:db8\:\:1 history.history.history.example "
                     "type65280.history.type.example page-2.history.many.example").split():
            self.assertIn(labels_of(name), without_places(names))
        # An address is its reverse name, and what a name says of both is one answer.
        history = labels_of("history.192.0.2.1")
        self.assertEqual(len(self.others["Knot"].ask([history])[history].rdata), 1)
        self.assertNotIn(labels_of("pivot.ns@example"), names)
        # Page by page to the end.
        for name in ("history.many.example", "history.long.example", "names.example", "names",
                     "cname.pivot.target.example"):
            expected, _ = self.lines(self.responder, labels_of(name))
            for asked in self.others.values():
                lines, _ = self.lines(asked, labels_of(name))
                self.assertEqual(lines, lines and sorted(set(lines), key=lines.index))
                self.assertEqual(sorted(lines), sorted(expected))

    def test_the_last_page_says_that_there_are_more(self):
        names, said_of_it = self.check("--pages", "2")
        self.assertIn(labels_of("page-2.history.many.example"), without_places(names))
        self.assertRegex(said_of_it, r"\d+ answers end after page 2")
        for asked in self.others.values():
            lines, last = self.lines(asked, labels_of("history.many.example"))
            self.assertEqual(len(lines), 100)
            self.assertEqual(last.lines, ["# note: this zone has the first 2 pages of each answer; "
                                          "dnshist-responder has the rest"])

    def test_a_work_limit(self):
        import_text(self.store, "\n".join(
            json.dumps({"rrname": f"{owner}.example", "rrtype": "A", "rdata": f"10.0.{n >> 8}.{n & 255}",
                        "time_first": n, "time_last": 2 * n})
            for owner in ("huge", "huger") for n in range(1200)) + "\n")
        self.config.write_text("[responder]\nscan_limit = 1000\nttl = 77\nnegative_ttl = 5\n")
        names, _ = self.check("--pages", "50")
        stopped = [name for name in names if name[0].startswith(b"from-")]
        for view in (b"history", b"names", b"changes", b"summary"):
            self.assertTrue([name for name in stopped if view in name], view)

    def test_a_subject(self):
        for subject, pattern in (("*.below.example", b"host"), ("name.example", b"name")):
            with self.subTest(subject=subject):
                self.export(subject)
                names = names_of(self.file)
                owners = {name[1:] for name in names if name[0] == b"history"}
                self.assertTrue(owners)
                self.assertTrue(all(owner[0].startswith(pattern) for owner in owners), owners)
        # The values of its records, which other owners may have too.
        self.export("name.example")
        self.serve()
        names, _ = self.check_names()
        pivots = {name for name in names if b"pivot" in name and b"help" not in name}
        self.assertEqual(pivots, {labels_of(name) for name in (
            "pivot.both.example", "mx.pivot.both.example", "txt.pivot.both.example")})

    def test_name_servers(self):
        self.export("--ns", "ns1.example.net", "--ns", "ns2.example.net.")
        self.assertIn("@ IN NS ns1.example.net.\n@ IN NS ns2.example.net.\n",
                      self.file.read_text("ascii"))

    def test_another_zone(self):
        self.export("--zone", "history.example.net")
        self.assertIn("$ORIGIN history.example.net.\n", self.file.read_text())
        self.config.write_text('[responder]\nzones = ["first.example", "second.example"]\n')
        self.export()
        self.assertIn("$ORIGIN first.example.\n", self.file.read_text())


class Usage(ZoneCase):
    def test_wrong_usage(self):
        self.imports(SAMPLE)
        for arguments in (["--format", "zone", "--zone", "a..b"],
                          ["--format", "zone", "--zone", ".".join(["l" * 63] * 3 + ["l" * 60])],
                          ["--format", "zone", "--ns", "a..b"], ["--format", "zone", "--pages", "0"],
                          ["--zone", "pdns.local"], ["--format", "cof", "--pages", "3"],
                          ["--format", "dnsdb", "--ns", "ns.example"]):
            result = run(ZONEGEN, "--store", self.store, "export", *arguments)
            self.assertEqual((result.returncode, result.stdout), (2, ""), arguments)
            self.assertTrue(result.stderr)

    def test_who_stops_reading_is_no_error(self):
        self.imports(SAMPLE)
        read, write = os.pipe()
        os.close(read)
        with open(write, "w", encoding="ascii") as out:
            result = self.run_export(stdout=out)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
