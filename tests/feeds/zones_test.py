"""Zone files from the world, against what ldns found in them.

The files are not part of the project (DNSHIST_SHARED_DATA); without them this test is skipped,
and says so. zones-truth.jsonl says of each what the zone was taken to be called, and how many
records ldns-read-zone printed: 0 where it refused the file as a whole.
"""

import json
import re

import zonegen
from harness import SHARED_DATA, shared_data

TRUTH = SHARED_DATA / "zones-truth.jsonl"

# Files of which ldns and dnshist make something else, and why: by file, how many records there are
# and what is refused. "outside the zone" is not in it: ldns does not look at that.
DIFFERENT = {
    # ldns refuses the file for one entry in it, or for what it does not know.
    "knot/axfr_cross_msg_compr_example.zone": (408, {}),  # strings of more than 255 octets
    "pdns/test.com": (43, {}),  # likewise
    "pdns/test.dyndns.orig": (26, {}),  # likewise
    "secpoll.powerdns.com.zone": (614, {}),  # likewise
    "knot/basic_deleg_d.xdp.cz.zone": (21, {"bad rrtype": 5}),  # DELEG, which is a draft
    "nsd/bug077_dname_length.zone": (2, {"bad rrname": 3}),
    "nsd/failure-cases.zone": (6, {"bad rdata": 18}),
    "nsd/ipseckey.zone": (17, {}),
    "nsd/nxt_print_assert.zone": (3, {"bad rdata": 1}),
    "nsd/print_hip_malformed.zone": (1, {"bad rdata": 1}),
    "nsd/rr-test.zone": (89, {"bad rdata": 20}),
    "nsd/svcb.test-vectors-pf.zone": (26, {"bad rdata": 9}),
    "pdns/example.com": (20167, {"bad rrtype": 1, "bad rdata": 2}),  # ALIAS, which is PowerDNS'
    "pdns/unit.test": (8, {"bad rdata": 1}),  # a broken escape
    "pdns/unit2.test": (0, {"a directive that is not followed": 1}),  # $GENERATE
    # ldns takes what is none.
    "nsd/bug107_bad_hex_3597.zone": (9, {"bad rdata": 1}),  # ABCDEZ as hexadecimal digits
    "nsd/crypto.cloudflare.com.zone": (1, {"bad rdata": 1}),  # echconfig, of an early draft
    "nsd/svcb.success-cases.zone": (6, {"bad rdata": 1}),  # likewise
    "nsd/unknown_rr.zone": (11, {"bad rrtype": 4}),  # TYPE200 to TYPE202 are of queries (RFC 6895)
    "pdns-zonemd/80-mixed-classes.zone": (5, {"class other than IN": 2}),
    # dnshist reads the bitmap of WKS as hexadecimal digits only.
    "nsd/rr-wks.zone": (15, {"bad rdata": 3}),
}


class Zones(zonegen.Case):
    @classmethod
    def setUpClass(cls):
        shared_data("zones", TRUTH.name)

    def read(self, number, row):
        """How many records were observed, and how many entries refused, by reason."""
        path = SHARED_DATA / row["file"].removeprefix("dev/")
        result = zonegen.run("--store", self.directory / str(number), "import", "--format", "zone",
                             "--at", "2020-01-01", "--origin", row["zone"] or ".", path)
        self.assertIn(result.returncode, (0, 1), result.stderr)
        observed = re.search(r"^(\d+) observations", result.stderr, re.MULTILINE)
        refused = {reason: int(count) for count, reason in
                   re.findall(r"^ +(\d+) (.*)", result.stderr, re.MULTILINE)}
        return int(observed[1]), refused

    def test_every_record_is_found(self):
        different = {}
        files = 0
        for number, line in enumerate(TRUTH.read_text().splitlines()):
            row = json.loads(line)
            if row["zone"].startswith("."):
                continue  # no name: it cannot be asked for
            files += 1
            observed, refused = self.read(number, row)
            outside = refused.pop("outside the zone", 0)
            # Records outside the zone were read, too.
            if observed + outside != row["ldns_records"] or refused:
                different[row["file"].removeprefix("dev/zones/")] = (observed + outside, refused)
        self.assertGreater(files, 300)
        self.assertEqual(different, DIFFERENT)

    def test_the_root_zone(self):
        """A real zone as of one day, in a file without its SOA."""
        self.imports("root", "--format", "zone", "--at", "2020-09-13", "--origin", ".",
                     SHARED_DATA / "zones" / "root-20200913-nosoa.zone")
        rows = self.exported("root")
        self.assertEqual(len(rows), 17186)
        for row in rows:
            self.assertEqual((row["zone_time_first"], row["zone_time_last"], row["count"]),
                             (1599955200, 1599955200, 1))
            self.assertNotIn("time_first", row)
