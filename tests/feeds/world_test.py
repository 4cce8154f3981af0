"""Feeds from the world, against what Python makes of them.

The feeds are not part of the project (DNSHIST_SHARED_DATA); without them this test is skipped,
and says so.
"""

import calendar
import ipaddress
import json
import time

import zonegen
from harness import shared_data

GAP = 30 * 86400  # seconds without a sight that end a run


def seconds(value):
    if isinstance(value, str):
        return calendar.timegm(time.strptime(value, "%Y-%m-%d %H:%M:%S"))
    return int(value)


def name(text):
    text = text.lower()
    return text if text.endswith(".") else text + "."


def rdata(rrtype, text):
    """One form for all writings of an RDATA that the feeds have; only to be compared."""
    if rrtype in ("A", "AAAA"):
        return str(ipaddress.ip_address(text))
    if rrtype in ("NS", "CNAME", "PTR"):
        return name(text)
    if rrtype in ("MX", "SOA", "SRV"):
        return " ".join(word if word.isdigit() else name(word) for word in text.split())
    if rrtype == "DS":
        return text.lower()
    if rrtype == "RRSIG":
        words = text.split()
        words[4:6] = [word if len(word) < 14 else
                      str(calendar.timegm(time.strptime(word, "%Y%m%d%H%M%S")))
                      for word in words[4:6]]
        return "".join(words)
    if rrtype.startswith("TYPE"):
        _, length, *digits = text.split()
        return f"{int(length)} {''.join(digits).lower()}"
    if rrtype in ("TXT", "NSEC"):
        return text if rrtype == "TXT" else text.lower()
    return "".join(text.split())  # base64 and hexadecimal, cut into words or not


def observations(path):
    """(owner, type, rdata) -> [first, last, count] of sensors and of zone files, as the feed has it."""
    text = path.read_text()
    rows = json.loads(text) if text.startswith("[") else map(json.loads, text.splitlines())
    seen = {}
    for row in rows:
        row = row.get("obj", row.get("message", row))
        value = row.get("rdata", row.get("rrdata"))
        for witness in ("", "zone_"):
            if witness + "time_first" not in row:
                continue
            first, last = (seconds(row[witness + "time_" + end]) for end in ("first", "last"))
            for member in value if isinstance(value, list) else [value]:
                key = (name(row["rrname"]), row["rrtype"], rdata(row["rrtype"], member))
                known = seen.setdefault(key, {}).setdefault(witness, [first, last, 0])
                known[0] = min(known[0], first)
                known[1] = max(known[1], last)
                known[2] += row["count"]
    return seen


def visibility(row):
    seen = {}
    if "time_first" in row:
        seen[""] = [row["time_first"], row["time_last"], row["count"]]
    if "zone_time_first" in row:
        seen["zone_"] = [row["zone_time_first"], row["zone_time_last"],
                         row.get("zone_count", row["count"])]
    return seen


class World(zonegen.Case):
    @classmethod
    def setUpClass(cls):
        cls.feeds = sorted(path for path in shared_data("cof").glob("*json")
                           if not path.name.endswith((".stats.json", ".schema.json")))

    def test_every_record_arrives_as_it_was(self):
        for feed in self.feeds:
            with self.subTest(feed=feed.name):
                said = self.imports(feed.name, feed)
                self.assertIn(" 0 rejected", said)
                expected = observations(feed)
                rows = self.exported(feed.name)
                found = {(row["rrname"], row["rrtype"], rdata(row["rrtype"], row["rdata"])):
                         visibility(row) for row in rows}
                self.assertEqual(len(rows), len(expected))
                self.assertEqual(found, expected)

                stats = self.stats(feed.name)
                times = [end for seen in expected.values() for one in seen.values()
                         for end in one[:2]]
                self.assertEqual(stats["records"], len(expected))
                self.assertEqual(stats["names"], len({key[0] for key in expected}))
                for key, value in (("earliest", min(times)), ("latest", max(times))):
                    self.assertEqual(stats[key], time.strftime("%Y-%m-%dT%H:%M:%SZ",
                                                               time.gmtime(value)))
                self.check(feed.name)

    def test_an_export_imports_as_the_same_store(self):
        self.imports("all", *self.feeds)
        exported = self.export("all")
        self.imports("again", self.file("export.json", exported))
        self.assertEqual(self.export("again"), exported)
        # In any order, and in other batches.
        backwards = "\n".join(reversed(exported.splitlines()))
        self.imports("backwards", "--batch", "1000", self.file("backwards.json", backwards))
        self.assertEqual(self.export("backwards"), exported)
        # As DNSDB streams it.
        stream = self.export("all", "--format", "dnsdb")
        self.assertEqual(len(stream.splitlines()), len(exported.splitlines()) + 2)
        self.imports("streamed", "--format", "dnsdb", self.file("stream.json", stream))
        self.assertEqual(self.export("streamed"), exported)

    def test_runs_and_their_fold_show_the_same(self):
        pairs = [(feed, feed.with_name(feed.name.replace(".runs.", "."))) for feed in self.feeds
                 if ".runs." in feed.name]
        self.assertTrue(pairs)
        for runs, folded in pairs:
            with self.subTest(feed=runs.name):
                self.imports(runs.name, runs)
                self.imports(folded.name, folded)
                with_runs, without = self.exported(runs.name), self.exported(folded.name)
                self.assertEqual([{key: value for key, value in row.items() if key != "runs"}
                                  for row in with_runs], without)
                self.assertEqual({(row["rrname"], row["rrtype"], row["rdata"]): row["runs"]
                                  for row in with_runs if "runs" in row}, self.joined(runs))

    def joined(self, feed):
        """The runs of each record that has several, those within the gap made one."""
        intervals = {}
        for line in feed.read_text().splitlines():
            row = json.loads(line)
            for member in row["rdata"] if isinstance(row["rdata"], list) else [row["rdata"]]:
                intervals.setdefault((name(row["rrname"]), row["rrtype"],
                                      rdata(row["rrtype"], member)), []).append(
                                          [row["time_first"], row["time_last"]])
        result = {}
        for key, all_of_one in intervals.items():
            runs = []
            for first, last in sorted(all_of_one):
                if runs and first - runs[-1][1] <= GAP:
                    runs[-1][1] = max(runs[-1][1], last)
                else:
                    runs.append([first, last])
            if len(runs) > 1:
                result[key] = runs
        # As the store writes them.
        written = {(row["rrname"], row["rrtype"], rdata(row["rrtype"], row["rdata"])):
                   (row["rrname"], row["rrtype"], row["rdata"])
                   for row in self.exported(feed.name)}
        return {written[key]: runs for key, runs in result.items()}
