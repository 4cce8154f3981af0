"""What an import rejects: what is said of it, and how a reject file is mended and imported."""

import io
import lzma
import tarfile
import zipfile

import zonegen
from harness import record
from zonegen import run


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
