"""The importer as its user has it: formats, compressions, resuming, and the command line."""

import bz2
import fcntl
import gzip
import json
import lzma
import os
import pty
import signal
import struct
import subprocess
import termios

import zonegen
from harness import record, until
from zonegen import run


class Formats(zonegen.Case):
    """Every layout in every compression is the same feed."""

    RECORDS = [record(f"host{i}.example.com", count=i, rdata=f"192.0.2.{i}") for i in range(1, 200)]

    def layouts(self):
        objects = [json.loads(line) for line in self.RECORDS]
        yield "lines", "".join(self.RECORDS)
        yield "crlf", "".join(line.replace("\n", "\r\n") for line in self.RECORDS)
        yield "no last end of line", "".join(self.RECORDS).rstrip("\n")
        yield "array", json.dumps(objects)
        yield "pretty array", json.dumps(objects, indent=2)
        yield "pretty objects", "\n".join(json.dumps(one, indent=2) for one in objects)
        yield "saf", "\n".join(['{"cond":"begin"}', *('{"obj":%s}' % line.strip() for line in
                                                       self.RECORDS), '{"cond":"succeeded"}', ""])

    def test_layouts_in_compressions(self):
        self.imports("expected", self.file("expected.json", "".join(self.RECORDS)))
        expected = self.export("expected")
        self.assertEqual(len(expected.splitlines()), len(self.RECORDS))
        compressions = {"none": bytes, "gzip": gzip.compress, "bzip2": bz2.compress,
                        "xz": lzma.compress, "zstd": zonegen.zstd}
        number = 0
        for layout, content in self.layouts():
            for name, compress in compressions.items():
                with self.subTest(layout=layout, compression=name):
                    number += 1
                    content_octets = content.encode()
                    half = len(content_octets) // 2
                    # The name says nothing; two members are one file.
                    feed = self.file("feed", compress(content_octets[:half]) +
                                     compress(content_octets[half:]))
                    self.imports(f"store{number}", feed)
                    self.assertEqual(self.export(f"store{number}"), expected)

    def test_standard_input_is_counted_each_time(self):
        feed = self.file("feed", gzip.compress("".join(self.RECORDS).encode()))
        for times in (1, 2):
            with open(feed, "rb") as content:
                self.imports("store", "-", stdin=content)
            self.assertEqual(self.counts("store")["host7.example.com."], 7 * times)

    def test_formats_by_name(self):
        feed = self.file("feed", record("a"))
        self.imports("store", "--format", "cof", feed)
        self.assertIn("no SAF in it", self.imports("other", "--format", "dnsdb", feed, code=1))


class Resuming(zonegen.Case):
    def test_a_whole_feed_is_skipped(self):
        feed = self.file("feed", record("a"))
        self.imports("store", feed)
        self.assertIn("already imported whole on 20", self.imports("store", feed))
        # Also under another name, and compressed.
        self.imports("store", self.file("other.gz", gzip.compress(record("a").encode())))
        self.assertEqual(self.counts("store"), {"a.": 1})
        self.imports("store", "--again", feed)
        self.assertEqual(self.counts("store"), {"a.": 2})

    def test_a_grown_feed_goes_on(self):
        feed = self.file("feed", record("a"))
        self.imports("store", feed)
        self.file("feed", record("a") + record("b"))
        said = self.imports("store", feed)
        self.assertIn("has grown since", said)
        self.assertIn("1 observations", said)
        self.assertEqual(self.counts("store"), {"a.": 1, "b.": 1})

    def test_the_same_feed_twice_in_one_command(self):
        feed = self.file("feed", record("a"))
        self.imports("store", feed, feed)
        self.assertEqual(self.counts("store"), {"a.": 1})

    def test_a_time_for_registrations_that_say_none_counts_no_other_again(self):
        asked = {"eventAction": "last update of RDAP database",
                 "eventDate": "2020-01-01T00:00:00Z"}
        dated, undated = ({"objectClassName": "domain", "ldhName": name, "events": events, "entities": [
            {"roles": ["registrar"], "vcardArray": ["vcard", [["fn", {}, "text", "Nest"]]]}]}
            for name, events in (("dated.test", [asked]), ("undated.test", [])))
        feed = self.file("feed", json.dumps(dated) + "\n" + json.dumps(undated) + "\n")

        def counts():
            return {row["rrname"]: row["count"] for row in self.exported("store", "--whois")}

        self.imports("store", feed)
        self.assertEqual(counts(), {"dated.test.": 1})
        for day in "2023-09-09", "2023-09-09", "mtime":
            said = self.imports("store", "--at", day, feed)
            self.assertEqual(counts(), {"dated.test.": 1, "undated.test.": 1 + (day == "mtime")},
                             said)
        self.imports("store", "--at", "2023-09-11", "--exclude", "undated.test", feed)
        self.imports("store", feed)
        self.assertEqual(counts(), {"dated.test.": 1, "undated.test.": 2})

    def test_counts_as_totals(self):
        self.imports("store", self.file("one", record("a", count=5)))
        self.imports("store", "--counts", "max", self.file("two", record("a", count=9)))
        self.imports("store", "--counts", "max", self.file("three", record("a", count=2)))
        self.assertEqual(self.counts("store"), {"a.": 9})

    def test_stopped_by_a_signal(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(signal=number):
                store = f"store{number}"
                importing = zonegen.start("--store", self.directory / store, "import", "-",
                                          stdin=subprocess.PIPE, stderr=subprocess.PIPE)
                importing.stdin.write((record("a") + record("b")).encode())
                importing.stdin.flush()
                until(lambda: struct.unpack("i", fcntl.ioctl(
                    importing.stdin, termios.FIONREAD, b"\0" * 4))[0] == 0)
                importing.send_signal(number)
                # The pipe stays open: it is the signal that ends this.
                self.assertEqual(importing.wait(zonegen.PATIENCE), 1)
                _, said = importing.communicate()
                self.assertIn(b"-: stopped at octet", said)
                self.assertEqual(self.counts(store), {"a.": 1, "b.": 1})


class Usage(zonegen.Case):
    def test_wrong_usage_is_2(self):
        for arguments in ([], ["nonsense"], ["import"], ["import", "--counts", "some", "feed"],
                          ["import", "--format", "morse", "feed"], ["import", "--batch", "0", "feed"],
                          ["import", "--nonsense", "feed"], ["export", "--format", "xml"],
                          ["export", "a..b"], ["export", "a", "b"], ["stats", "more"],
                          ["--store"], ["listen", "--dnstap", "unix:x"], ["prune"]):
            with self.subTest(arguments=arguments):
                result = run("--store", self.directory / "store", *arguments)
                self.assertEqual((result.returncode, result.stdout), (2, ""))
                self.assertNotEqual(result.stderr, "")
        self.assertFalse((self.directory / "store").exists())

    def test_help_and_version(self):
        self.assertRegex(run("--version").stdout, r"^dnshist-zonegen \d+\.\d+\.\d+\n$")
        for arguments in (["--help"], ["import", "--help"], ["export", "--help"]):
            result = run(*arguments)
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            self.assertIn("Usage: dnshist-zonegen", result.stdout)

    def test_the_store_may_be_named_before_and_after(self):
        feed = self.file("feed", record("a"))
        store = self.directory / "store"
        self.assertEqual(run("import", feed, "--store", store).returncode, 0)
        self.assertEqual(run("export", "--store", store).stdout, self.export("store"))

    def test_configuration(self):
        store = self.directory / "store"
        good = self.file("good.toml", f'[store]\ndirectory = "{store}"\n')
        self.assertEqual(run("--config", good, "import", self.file("feed", record("a"))).returncode,
                         0)
        self.assertEqual(self.counts("store"), {"a.": 1})
        bad = self.file("bad.toml", "[store]\nnonsense = 1\n")
        result = run("--config", bad, "stats")
        self.assertEqual(result.returncode, 1)
        self.assertIn("bad.toml:2", result.stderr)
        self.assertEqual(run("--config", self.directory / "absent", "stats").returncode, 1)

    def test_progress_on_a_terminal(self):
        feed = self.file("feed", "".join(record(f"n{i}") for i in range(5000)))
        master, terminal = pty.openpty()
        importing = zonegen.start("--store", self.directory / "store", "import", feed,
                                  stderr=terminal)
        os.close(terminal)
        said = b""
        try:
            while chunk := os.read(master, 4096):
                said += chunk
        except OSError:
            pass  # the other end is closed
        os.close(master)
        self.assertEqual(importing.wait(zonegen.PATIENCE), 0)
        self.assertIn(f"\r\x1b[K{feed}: ".encode()[:70], said)
        self.assertIn(b"\r\x1b[K5000 observations in ", said)
