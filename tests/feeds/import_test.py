"""The importer as its user has it: formats, compressions, resuming, and everything that goes wrong."""

import bz2
import fcntl
import gzip
import io
import json
import lzma
import os
import pty
import signal
import struct
import subprocess
import tarfile
import termios
import zipfile

import zonegen
from harness import installed, record, until
from zonegen import run


def holder_of(lock):
    """The process that holds a lock of fcntl() on the file, or 0."""
    with open(lock, "rb") as file:
        asked = struct.pack("hhqqi4x", fcntl.F_RDLCK, os.SEEK_SET, 0, 0, 0)
        kind, _, _, _, holder = struct.unpack("hhqqi4x", fcntl.fcntl(file, fcntl.F_GETLK, asked))
    return 0 if kind == fcntl.F_UNLCK else holder


class Formats(zonegen.Case):
    """Every layout in every compression is the same feed."""

    RECORDS = [record(f"host{i}.example.com", count=i, rdata=f"192.0.2.{i}") for i in range(1, 200)]

    @staticmethod
    def zstd(content):
        return subprocess.run([installed("zstd"), "-qc"], input=content, stdout=subprocess.PIPE,
                              check=True).stdout

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
                        "xz": lzma.compress, "zstd": self.zstd}
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


class Rejecting(zonegen.Case):
    def test_rejects_are_counted_shown_and_kept(self):
        feed = self.file("feed", record("a") + "nonsense\n" + "{}\n" * 5 +
                         record("b", rrtype="FOO\x1b[2J") + record("c"))
        kept = self.directory / "rejects"
        said = self.imports("store", "--reject-file", kept, feed)
        self.assertEqual(self.counts("store"), {"a.": 1, "c.": 1})
        self.assertIn(f"{feed}:2: not JSON: ", said)
        self.assertIn(f"{feed}:5: no rrname: '{{}}'", said)
        self.assertNotIn(f"{feed}:6: ", said)  # the first three of a reason are shown
        self.assertIn(f"{feed}:8: bad rrtype: ", said)
        self.assertNotIn("\x1b", said)
        self.assertIn("2 observations", said)
        self.assertIn("7 rejected", said)
        self.assertIn("5 no rrname", said)

        lines = kept.read_text().splitlines()
        self.assertEqual([line for line in lines if not line.startswith("#")],
                         ["nonsense", *["{}"] * 5, record("b", rrtype="FOO\x1b[2J").strip()])
        self.assertEqual(len([line for line in lines if line.startswith(f"# {feed}:")]), 7)

        # Mended, it is a feed.
        self.assertEqual(lines[0], "# dnshist-rejects cof")
        mended = kept.read_text().replace("FOO\\u001b[2J", "A").replace("nonsense\n", "")
        self.imports("store", self.file("mended", mended.replace("{}\n", "")))
        self.assertEqual(self.counts("store"), {"a.": 1, "b.": 1, "c.": 1})

    ZONES = {
        "one": "$ORIGIN example.com.\n@ 60 IN SOA ns hm 1 2 3 4 5\n  NS ns\nb 60 IN A 192.0.2.300\n"
               "c 60 IN A 192.0.2.3\n  60 IN AAAA 2001:db8::zz\n  TXT \"\x1b\" x\\1\n",
        "two": "$ORIGIN example.net.\n@ SOA ns hm 1 2 3 4 5\nb A 192.0.2.300\nx A 192.0.2.9\n"
               "a..b A 192.0.2.7\n  A 192.0.2.8\n",
    }

    def test_rejects_of_zones_are_mended_and_imported(self):
        kept = self.directory / "rejects"
        for day, (name, content) in enumerate(self.ZONES.items(), 2):
            self.imports("store", "--at", f"1970-01-0{day}", "--reject-file", kept,
                         self.file(name, content))
        text = kept.read_text()
        self.assertTrue(text.startswith("; dnshist-rejects zone\n"), text)
        self.assertNotIn("\x1b", text)
        # As it is, nothing of it can be used, and nothing goes to an owner of another line.
        self.imports("store", kept, code=1)
        before = self.exported("store")
        for wrong, right in {".300": ".30", "zz": "1", "x\\1": "x1", "a..b": "a.b"}.items():
            self.assertIn(wrong, text)
            text = text.replace(wrong, right)
        self.imports("store", self.file("mended", text))
        new = [(row["rrname"], row["rrtype"], row["rdata"], row.get("bailiwick"),
                row["zone_time_first"]) for row in self.exported("store") if row not in before]
        self.assertEqual(sorted(new), [
            ("a.b.example.net.", "A", "192.0.2.7", "example.net.", 172800),
            ("b.example.com.", "A", "192.0.2.30", "example.com.", 86400),
            ("b.example.net.", "A", "192.0.2.30", "example.net.", 172800),
            ("c.example.com.", "AAAA", "2001:db8::1", "example.com.", 86400),
            ("c.example.com.", "TXT", '"\\027" "x1"', "example.com.", 86400),
        ])

    def test_a_zone_file_writes_no_directive_into_a_reject_file(self):
        kept = self.directory / "rejects"
        zone = ("@ 60 IN SOA ns hm 1 2 3 4 5\n$DNSHIST zone bank.test. at 2015-01-01T00:00:00Z\n"
                "$dnshist zone bank.test. (\n www.bank.test. A 192.0.2.65 )\n"
                "www.bank.test. A 192.0.2.66\nb A 192.0.2.300\n")
        self.imports("store", "--at", "2020", "--origin", "a.test", "--reject-file", kept,
                     self.file("zone", zone))
        text = kept.read_text()
        self.assertNotRegex(text.lower(), r"(?m)^\$dnshist zone bank")
        self.imports("store", self.file("mended", text.replace(".300", ".3")))
        self.assertEqual(self.counts("store"), {"a.test.": 1, "b.a.test.": 1})

    def test_a_reject_file_is_not_from_the_future(self):
        said = self.imports("store", self.file("rejects", "; dnshist-rejects zone\n"
                            "$DNSHIST zone a.test. at 2105-01-01T00:00:00Z\nb.a.test. A 192.0.2.1\n"),
                            code=1)
        self.assertIn("$DNSHIST: 'at'", said)
        self.assertEqual(self.stats("store")["records"], 0)

    def test_rejects_of_logs_are_mended_and_imported(self):
        fields = ("#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n"
                  "#fields\tts\tquery\tqclass\tqtype\tanswers\n")
        logs = {
            "zeek": [fields + "1\tWRONG..a\t1\t1\t192.0.2.1,192.0.2.2\n",
                     "#separator \\x7c\n#fields|answers|query|qtype|qclass|ts\n"
                     "192.0.2.3|WRONG..b|1|1|2\n"],
            "passivedns": ["1||192.0.2.7||192.0.2.53||IN||WRONG..c.||A||192.0.2.1||60||2\n"],
            "eve": ['{"timestamp":"2024-07-01T10:00:06.0+0000","event_type":"dns","dns":'
                    '{"version":2,"type":"answer","rrname":"d","rrtype":"A","rcode":"NOERROR",'
                    '"answers":[{"rrname":"WRONG..d","rrtype":"A","rdata":"192.0.2.1"}]}}\n'],
        }
        for name, contents in logs.items():
            with self.subTest(format=name):
                kept = self.directory / f"{name}-rejects"
                for number, content in enumerate(contents):
                    self.imports(name, "--reject-file", kept,
                                 self.file(f"{name}{number}", content), code=1)
                text = kept.read_text()
                self.assertTrue(text.startswith(f"# dnshist-rejects {name}\n"), text)
                if name == "eve":
                    # Records of one event are remarks, since others of it are in the store.
                    text = text.replace("# {", "{")
                self.imports(name, self.file("mended", text.replace("WRONG..", "")))
                self.assertEqual(set(self.counts(name)),
                                 {"zeek": {"a.", "b."}, "passivedns": {"c."}, "eve": {"d."}}[name])

    def test_rejects_of_two_formats_do_not_mix(self):
        kept = self.directory / "rejects"
        said = self.imports("store", "--at", "0s", "--reject-file", kept,
                            self.file("feed", "{}\n" + record("a")),
                            self.file("zone", "a.example. IN A 192.0.2.300\n"),
                            self.file("more", record("b")), code=1)
        self.assertIn("name another file with --reject-file", said)
        self.assertEqual(self.counts("store"), {"a.": 1, "b.": 1})
        self.assertEqual(kept.stat().st_mode & 0o777, 0o640)

    def test_names_of_files_do_not_reach_the_terminal(self):
        feed = self.file("x\x1b]0;title\x07\n\u202e.json", "{}\n" + record("a"))
        kept = self.directory / "rejects"
        said = self.imports("store", "--reject-file", kept, feed)
        said += run("import", "--nonsense\x1b[2J", "x").stderr
        for text in (said, kept.read_text()):
            self.assertNotRegex(text, "[\x00-\x09\x0b-\x1f\x7f\u202e]")
        self.assertIn("x\\027]0;title\\007\\010\\226\\128\\174.json:1: no rrname", said)

    def test_other_files_are_named(self):
        good = (record("a") * 3).encode()
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w:gz") as tar:
            for name in ("a.json", "b.json"):
                member = tarfile.TarInfo(name)
                member.size = len(good)
                tar.addfile(member, io.BytesIO(good))
        stored = io.BytesIO()
        with zipfile.ZipFile(stored, "w") as zipped:
            zipped.writestr("a.json", good)
        for octets, what in {
                archive.getvalue(): "a tar archive", stored.getvalue(): "a zip archive",
                lzma.compress(good, lzma.FORMAT_ALONE): "LZMA (.lzma)",
                b"\x04\x22\x4d\x18\x64\x40": "lz4", b"\x83\x65C-DNS\xa4": "C-DNS",
                b"NMSG\x01\x02\0\0": "NMSG", b"rrname,rrtype,rdata,count\na,A,192.0.2.1,5\n": "CSV",
                ("\ufeff" + record("a")).encode("utf-16-le"): "UTF-16",
                record("a").encode("utf-16-be"): "UTF-16",
                b";; record times: 2010-06-24 .. 2010-07-01\na.  A  192.0.2.1\n": "dnsdbq",
                b"<html><body>404</body></html>\n": "HTML"}.items():
            with self.subTest(what=what):
                said = self.imports("store", self.file("feed", octets), code=1)
                self.assertIn(what, said)
        self.assertEqual(self.stats("store")["records"], 0)
        self.assertIn("it was read as cof, --format reads it as another",
                      self.imports("store", self.file("feed", '{"rrname":1}\n'), code=1))

    def test_nothing_usable(self):
        self.assertIn("no record in it, it is empty",
                      self.imports("store", self.file("empty", ""), code=1))
        self.assertIn("all of it was rejected",
                      self.imports("store", self.file("bad", '{"rrname":1}\n' * 2), code=1))
        self.assertIn("not in a format that is known here",
                      self.imports("store", self.file("text", "some text\n"), code=1))

    def test_other_feeds_are_imported_all_the_same(self):
        said = self.imports("store", self.file("empty", ""), self.directory / "absent",
                            self.directory, self.file("good", record("a")), code=1)
        self.assertIn("No such file or directory", said)
        self.assertIn("is a directory", said)
        self.assertEqual(self.counts("store"), {"a.": 1})

    def test_a_line_without_end_takes_no_memory(self):
        feed = self.file("feed", record("a") + "{" + "x" * (64 << 20) + "\n" + record("b"))
        said = self.imports("store", feed)
        self.assertIn(f"{feed}:2: longer than 1 MiB: '{{xxx", said)
        self.assertEqual(self.counts("store"), {"a.": 1, "b.": 1})


class Damage(zonegen.Case):
    CONTENT = "".join(record(f"host{i}.example.com", count=i, rdata=f"10.0.{i >> 8}.{i & 255}")
                      for i in range(1, 20000)).encode()

    def test_only_members_whose_checksums_fit_are_taken(self):
        self.imports("expected", self.file("expected.json", self.CONTENT))
        expected = self.export("expected")
        half = self.CONTENT.index(b"\n", len(self.CONTENT) // 2) + 1
        self.imports("half", self.file("half.json", self.CONTENT[:half]))
        first_half = self.export("half")
        for name, compress in {"gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress,
                               "zstd": Formats.zstd}.items():
            good = compress(self.CONTENT[:half])
            second = compress(self.CONTENT[half:])
            cut = second[:len(second) // 2]
            changed = bytearray(second)
            changed[-200:-192] = b"\x55" * 8
            for damage, octets in {"cut": good + cut, "changed": good + bytes(changed),
                                   "followed": good + second + b"trailing",
                                   "alone": cut}.items():
                with self.subTest(compression=name, damage=damage):
                    store = f"{name}-{damage}"
                    feed = self.file("feed", octets)
                    said = self.imports(store, "--batch", "1000", feed, code=1)
                    if damage == "alone":
                        self.assertIn("nothing of it was taken", said)
                        self.assertEqual(self.stats(store)["records"], 0)
                        continue
                    self.assertIn(f"{feed}: cannot be read beyond octet ", said)
                    self.assertEqual(self.export(store),
                                     expected if damage == "followed" else first_half)
                    with open(feed, "rb") as content, subprocess.Popen(
                            ["cat"], stdin=content, stdout=subprocess.PIPE) as pipe:
                        self.imports(f"{store}-pipe", "-", stdin=pipe.stdout, code=1)
                    self.assertEqual(self.export(f"{store}-pipe"), self.export(store))
                    self.imports(store, self.file("feed", good + second))
                    self.assertEqual(self.export(store), expected)

    def test_array_that_is_cut_short(self):
        objects = [json.loads(record(f"n{i}")) for i in range(10)]
        text = json.dumps(objects)
        self.assertIn("the JSON array has no end",
                      self.imports("store", self.file("feed", text[:-40]), code=1))
        self.imports("store", self.file("feed", text))
        self.assertEqual(self.counts("store"), {f"n{i}.": 1 for i in range(10)})

    def test_stores_that_cannot_be_used(self):
        feed = self.file("feed", record("a"))
        plain = self.file("plain", "")
        result = run("--store", plain, "import", feed)
        self.assertEqual(result.returncode, 1)
        self.assertIn(str(plain), result.stderr)

        absent = self.directory / "absent"
        for command in (["export"], ["stats"], ["check"]):
            result = run("--store", absent, *command)
            self.assertEqual((result.returncode, result.stdout), (1, ""))
            self.assertIn(str(absent), result.stderr)
        self.assertFalse(absent.exists())

        garbage = self.directory / "garbage"
        garbage.mkdir()
        (garbage / "data.mdb").write_bytes(os.urandom(65536))
        for command in (["export"], ["stats"], ["check"], ["import", feed]):
            result = run("--store", garbage, *command)
            self.assertEqual((result.returncode, result.stdout), (1, ""), command)
            self.assertIn(str(garbage), result.stderr)

    def test_a_store_of_another_version(self):
        feed = self.file("feed", record("a"))
        self.imports("store", feed)
        data = self.directory / "store" / "data.mdb"
        octets = data.read_bytes()
        # The record of the version: key, then four octets.
        self.assertIn(b"format\0\0\0\2", octets)
        data.write_bytes(octets.replace(b"format\0\0\0\2", b"format\0\0\0\7"))
        for command in (["export"], ["stats"], ["check"], ["import", feed]):
            result = run("--store", self.directory / "store", *command)
            self.assertEqual((result.returncode, result.stdout), (1, ""), command)
            self.assertRegex(result.stderr, r"\b7\b.*\b2\b|\b2\b.*\b7\b")

    def test_a_second_writer_is_refused_at_once(self):
        store = self.directory / "store"
        importing = zonegen.start("--store", store, "import", "-", stdin=subprocess.PIPE,
                                  stderr=subprocess.PIPE)
        lock = store / "writer.lock"
        until(lambda: lock.exists() and holder_of(lock) == importing.pid)
        said = self.imports("store", self.file("feed", record("b")), code=1)
        self.assertIn(f"is being written by process {importing.pid}", said)
        _, said = importing.communicate(record("a").encode(), timeout=zonegen.PATIENCE)
        self.assertEqual(importing.returncode, 0, said)
        self.assertEqual(self.counts("store"), {"a.": 1})

    def test_a_store_is_not_opened_through_links(self):
        theirs = self.file("theirs", "precious\n" * 9)
        feed = self.file("feed", record("a"))
        for name in ("writer.lock", "lock.mdb", "data.mdb"):
            store = self.directory / f"store-{name}"
            store.mkdir()
            (store / name).symlink_to(theirs)
            said = self.imports(store.name, feed, code=1)
            self.assertIn("symbolic link", said)
            self.assertEqual(theirs.read_text(), "precious\n" * 9)

    def test_others_cannot_read_a_store(self):
        before = os.umask(0o022)
        self.addCleanup(os.umask, before)
        self.imports("store", self.file("feed", record("a")))
        copied = run("--store", self.directory / "store", "copy", self.directory / "copy")
        self.assertEqual(copied.returncode, 0, copied.stderr)
        for path in (*(self.directory / "store").iterdir(), *(self.directory / "copy").iterdir()):
            self.assertEqual(path.stat().st_mode & 0o777, 0o640, path)

    def test_readers_go_on_while_one_writes(self):
        self.imports("store", self.file("feed", record("a")))
        importing = zonegen.start("--store", self.directory / "store", "import", "--batch", "1", "-",
                                  stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
        importing.stdin.write(record("b").encode())
        importing.stdin.flush()
        until(lambda: len(self.counts("store")) == 2)
        importing.communicate(timeout=zonegen.PATIENCE)

    def test_a_full_disk(self):
        if os.geteuid() != 0:
            self.skipTest("only root can mount a small disk to fill")
        disk = self.directory / "disk"
        disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "dnshist-test", disk],
                                 check=False, stderr=subprocess.PIPE)
        if mounted.returncode != 0:
            self.skipTest(f"no small disk to fill: {mounted.stderr.decode().strip()}")
        self.addCleanup(subprocess.run, ["umount", disk], check=True)
        feed = self.file("feed", b"".join(
            record(f"h{i}.{i * 7919 % 10007}.example", rdata=f"10.1.{i >> 8}.{i & 255}").encode()
            for i in range(60000)))
        self.imports("expected", feed)
        said = self.imports("disk/store", "--batch", "2000", feed, code=1)
        self.assertIn(f"cannot write the store {disk}", said)
        self.assertIn("make room", said)
        self.check("disk/store")
        before = self.stats("disk/store")["records"]
        self.assertGreater(before, 0)
        self.assertLess(before, 60000)

        subprocess.run(["mount", "-o", "remount,size=200m", disk], check=True)
        self.assertIn(f"resuming {feed} at octet", self.imports("disk/store", feed))
        self.check("disk/store")
        self.assertEqual(self.export("disk/store"), self.export("expected"))


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


class Exporting(zonegen.Case):
    def test_subjects(self):
        self.imports("store", self.file("feed", "".join(
            map(record, ["example.com", "www.example.com", "a.www.example.com", "example.net"]))))

        def owners(*subject):
            return sorted(row["rrname"] for row in self.exported("store", *subject))
        self.assertEqual(len(owners()), 4)
        self.assertEqual(owners("Example.COM"), ["example.com."])
        self.assertEqual(owners("*.example.com"), ["a.www.example.com.", "www.example.com."])
        result = run("--store", self.directory / "store", "export", "absent.example")
        self.assertEqual((result.returncode, result.stdout), (0, ""))
        self.assertEqual(result.stderr, "nothing is known of absent.example\n")

    def test_who_stops_reading_is_no_error(self):
        self.imports("store", self.file("feed", "".join(
            record(f"host{i}.example.com") for i in range(20000))))
        exporting = zonegen.start("--store", self.directory / "store", "export",
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        exporting.stdout.readline()
        exporting.stdout.close()
        self.assertEqual(exporting.stderr.read(), b"")
        exporting.stderr.close()
        self.assertEqual(exporting.wait(zonegen.PATIENCE), 0)

    def test_a_full_disk_is_an_error(self):
        self.imports("store", self.file("feed", record("a")))
        with open("/dev/full", "w", encoding="ascii") as full:
            for command in ("export", "stats", "check"):
                result = subprocess.run([zonegen.ZONEGEN, "--store", self.directory / "store",
                                         command], stdout=full, stderr=subprocess.PIPE, check=False)
                self.assertEqual(result.returncode, 1)
                self.assertIn(b"No space left on device", result.stderr)
