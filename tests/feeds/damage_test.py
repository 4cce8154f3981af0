"""Feeds that are damaged, and stores that cannot be used."""

import bz2
import fcntl
import gzip
import json
import lzma
import os
import struct
import subprocess

import zonegen
from harness import record, until
from zonegen import run


def holder_of(lock):
    """The process that holds a lock of fcntl() on the file, or 0."""
    with open(lock, "rb") as file:
        asked = struct.pack("hhqqi4x", fcntl.F_RDLCK, os.SEEK_SET, 0, 0, 0)
        kind, _, _, _, holder = struct.unpack("hhqqi4x", fcntl.fcntl(file, fcntl.F_GETLK, asked))
    return 0 if kind == fcntl.F_UNLCK else holder


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
                               "zstd": zonegen.zstd}.items():
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
        self.assertIn(b"format\0\0\0\3", octets)
        data.write_bytes(octets.replace(b"format\0\0\0\3", b"format\0\0\0\7"))
        for command in (["export"], ["stats"], ["check"], ["import", feed]):
            result = run("--store", self.directory / "store", *command)
            self.assertEqual((result.returncode, result.stdout), (1, ""), command)
            self.assertRegex(result.stderr, r"format 7.*formats 2 and 3")

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
