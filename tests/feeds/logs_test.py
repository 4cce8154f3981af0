"""Logs of sensors from the world: what is read from them was in the packets that they are of.

The logs are not part of the project (DNSHIST_SHARED_DATA); without them this test is skipped,
and says so.
"""

import ipaddress
import json
import re

import zonegen
from harness import SHARED_DATA, shared_data

LOGS = SHARED_DATA / "logs"
TRUTH = SHARED_DATA / "pcap-truth"

# How many records can be read for certain from each of Zeek's own expected logs. Those not
# named have none: no answers, the query was not seen, multicast DNS, a dynamic update, or types of
# which Zeek keeps a part only.
RECORDS_OF_BASELINE = {
    "core.ipv6-frag": 2,
    "core.tunnels.gre-over-udp": 2,
    "opt.basic": 5,
    "scripts.base.protocols.dns.duplicate-reponses": 3,
    "scripts.base.protocols.dns.nsec": 1,
    "scripts.base.protocols.dns.rrsig": 3,
}


def absolute(name):
    return name.lower() if name.endswith(".") else name.lower() + "."


def normal(rrtype, text):
    """One form for all writings of an RDATA that the logs have; only to be compared."""
    if rrtype in ("A", "AAAA"):
        return str(ipaddress.ip_address(text))
    return absolute(text) if rrtype in ("CNAME", "PTR", "NS") else text


def is_address(text, version):
    try:
        return ipaddress.ip_address(text).version == version
    except ValueError:
        return False


def naive_zeek(rows):
    """The records of rows with A, AAAA and PTR queries, by the book and nothing more."""
    for row in rows:
        answers = row.get("answers") or []
        kind = {1: "A", 28: "AAAA", 12: "PTR"}.get(row.get("qtype"))
        if not answers or row["rcode"] not in (0, 3):
            continue
        owner = absolute(row["query"])
        if kind == "PTR":
            assert len(answers) == 1 and not answers[0].endswith(".arpa"), row
            yield owner, "PTR", absolute(answers[0])
        elif kind:
            for answer in answers:
                if is_address(answer, 4 if kind == "A" else 6):
                    yield owner, kind, str(ipaddress.ip_address(answer))
                else:
                    yield owner, "CNAME", absolute(answer)
                    owner = absolute(answer)


def json_rows(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def tsv_rows(path):
    lines = path.read_text().splitlines()
    names = next(line for line in lines if line.startswith("#fields")).split("\t")[1:]
    for line in lines:
        if line.startswith("#"):
            continue
        row = dict(zip(names, line.split("\t")))
        answers = [] if row["answers"] == "-" else row["answers"].split(",")
        yield {"query": row["query"], "answers": answers,
               "qtype": None if row["qtype"] == "-" else int(row["qtype"]),
               "rcode": None if row["rcode"] == "-" else int(row["rcode"])}


def normal_truth(row):
    try:
        return normal(row["type"], row["rdata"])
    except ValueError:
        return row["rdata"]


class Logs(zonegen.Case):
    @classmethod
    def setUpClass(cls):
        shared_data("logs", "pcap-truth")

    def records(self, store):
        rows = map(json.loads, zonegen.run("--store", self.directory / store,
                                           "export").stdout.splitlines())
        return {(row["rrname"], row["rrtype"], normal(row["rrtype"], row["rdata"]))
                for row in rows}

    def test_zeek_gives_no_record_that_was_not_in_the_packets(self):
        truth = set()
        for path in TRUTH.glob("pcap_zeek_*"):
            for line in path.read_text().splitlines():
                row = json.loads(line)
                truth.add((absolute(row["owner"]), row["type"], normal_truth(row)))
        self.assertGreater(len(truth), 500)
        found = {}
        for log in sorted((LOGS / "zeek-baseline").glob("*.log")):
            name = log.name.removesuffix(".dns.log")
            feed = self.file(name + ".log", log.read_text().replace("XXXXXXXXXX.XXXXXX", "1000.500000"))
            # It ends with 1 where there is no record to be had from it.
            result = zonegen.run("--store", self.directory / name, "import", "--trust", "all", feed)
            self.assertNotIn("not in a format that is known", result.stderr)
            records = self.records(name)
            self.assertLessEqual(records, truth, name)
            if records:
                found[name] = len(records)
        self.assertEqual(found, RECORDS_OF_BASELINE)

    def check_zeek(self, name, rows, rejected):
        said = self.imports(name, "--trust", "all", LOGS / "zeek-pdns" / name)
        expected = set(naive_zeek(rows))
        self.assertTrue(expected)
        self.assertEqual(self.records(name), expected)
        self.assertIn(f"{rejected} rejected", said)

    def test_zeek_columns(self):
        for name in ("reddit_dns_2016-04-01.log", "reddit_1.txt", "reddit_2.txt"):
            with self.subTest(name):
                self.check_zeek(name, tsv_rows(LOGS / "zeek-pdns" / name), 0)

    def test_zeek_json(self):
        for name, rejected in (("dns_json.log", 0), ("dns_json_iso8601.json", 0),
                               ("bad_ttl.log", 0)):
            with self.subTest(name):
                self.check_zeek(name, json_rows(LOGS / "zeek-pdns" / name), rejected)

    def test_zeek_without_records(self):
        for name in ("garbage.log", "nbtstat.log"):
            with self.subTest(name):
                said = self.imports(name, LOGS / "zeek-pdns" / name)
                self.assertIn("no record in it", said)

    def test_passivedns(self):
        self.imports("store", LOGS / "passivedns-gamelinux.log")
        rows = {(row["rrname"], row["rrtype"], row["rdata"]): (row["time_first"], row["count"])
                for row in self.exported("store")}
        self.assertEqual(rows, {
            ("www.adobe.com.", "A", "193.104.215.61"): (1322849924, 19),
            ("www.adobe.com.", "CNAME", "www.wip4.adobe.com."): (1322849924, 30),
            ("upload.youtube.com.", "A", "74.125.43.117"): (1322849924, 5),
            ("upload.youtube.com.", "A", "74.125.43.116"): (1322849924, 5),
            ("i1.ytimg.com.", "CNAME", "ytimg.l.google.com."): (1322849924, 3),
            ("clients1.google.com.", "A", "173.194.32.3"): (1322849924, 2),
        })

    def test_eve(self):
        feed = LOGS / "suricata-eve-balboa.ndjson"
        said = self.imports("store", feed)
        self.assertEqual(re.findall(r":(\d+): ([^:]*)", said), [
            ("1", "bad time"),
            ("4", "owner or type not certain"),  # the query is not in it
            ("5", "owner or type not certain"),  # grouped, and it does not say of which name
        ])
        rows = {(row["rrname"], row["rrtype"], row["rdata"]): row["count"]
                for row in self.exported("store")}
        self.assertEqual(rows, {
            ("twitter.com.", "A", "199.16.156.6"): 1,
        })
