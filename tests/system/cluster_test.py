"""A real Ceph cluster on loopback: a copy of a store in it gives the answers that the store gives, octet
for octet, also while an OSD is killed, and again after all of it was away.

Runs with `contrib/check --long` where ceph-mon and ceph-osd are installed; else it is skipped.
"""

import contextlib
import importlib.machinery
import importlib.util
import json
import pathlib
import shutil
import tempfile
import unittest

from dns_client import NOERROR, TXT, framed, question, receive_message
from harness import LONG, PROJECT, SAMPLE, ZONEGEN, Case, Responder, installed, run, until
from observed import Observed
from questions import QUESTIONS

SERVFAIL = 2


def cluster_module():
    """contrib/cluster/cluster, which is a program."""
    path = str(PROJECT / "contrib" / "cluster" / "cluster")
    loader = importlib.machinery.SourceFileLoader("ceph_cluster", path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("ceph_cluster", loader))
    loader.exec_module(module)
    return module


def octets(responder, name):
    """The answer to a TXT question as it came."""
    with responder.udp() as client:
        client.send(question(name))
        return client.recv(65535)


class ClusterTest(Case):
    LOCATION = "rados://history/world"

    @classmethod
    def setUpClass(cls):
        if not LONG:
            raise unittest.SkipTest("only with contrib/check --long")
        for program in ("ceph-mon", "ceph-osd", "ceph", "monmaptool"):
            installed(program)
        if not (pathlib.Path(ZONEGEN).parents[1] / "storage" / "dnshist-rados.so").exists():
            raise unittest.SkipTest("it was built without libradospp-dev")
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="dnshist-ceph."))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        (cls.folder / "ceph").mkdir()
        cls.cluster = cluster_module().Cluster(cls.folder / "ceph")
        cls.addClassCleanup(cls.cluster.close)
        cls.cluster.start()
        cls.config = cls.folder / "dnshist.toml"
        cls.access = f'[store]\nceph_conf = "{cls.cluster.conf}"\nceph_user = "admin"\n'
        cls.config.write_text(cls.access)
        cls.store = cls.folder / "store"
        cls.zonegen("import", SAMPLE, store=cls.store)
        cls.zonegen("copy", cls.LOCATION, store=cls.store)
        cls.local = cls.enterClassContext(Responder(cls.store))
        cls.remote = cls.enterClassContext(Observed(cls.LOCATION, cls.folder, cls.access))

    @classmethod
    def zonegen(cls, *arguments, store=LOCATION, code=0):
        result = run(ZONEGEN, "--config", cls.config, "--store", store, *arguments, timeout=120)
        if result.returncode != code:
            raise AssertionError(f"{arguments}: {result.returncode}: {result.stderr}")
        return result

    def same_answers(self):
        asked = 0
        for qtype, name in QUESTIONS:
            # The size in stats is another, and so is a part of a store of another kind.
            if qtype != "TXT" or name == "stats":
                continue
            whole = name if name.endswith(".") else f"{name}.pdns.local"
            with self.subTest(name):
                self.assertEqual(octets(self.local, whole), octets(self.remote, whole))
            asked += 1
        self.assertGreater(asked, 20)

    def test_all_questions_and_an_osd_that_dies(self):
        self.same_answers()
        self.cluster.kill("osd.1")
        # No round may differ, from the moment on that it is gone; only answers may be late.
        until(lambda: self.answers("history.harbour.example"))
        self.same_answers()
        self.cluster.start_osd(1)
        self.cluster.wait_for_osds(3)
        self.same_answers()

    def answers(self, name):
        return self.remote.ask(f"{name}.pdns.local", TXT).rcode != SERVFAIL

    def test_when_all_is_away_questions_fail_and_then_succeed_again(self):
        for number in range(3):
            self.cluster.kill(f"osd.{number}")
        # A name that was not asked, so that the cache does not have it.
        self.assertEqual(self.remote.ask("history.keel.example.pdns.local", TXT).rcode, SERVFAIL)
        self.assertGreater(self.remote.number("dnshist_cluster_failures_total"), 0)
        until(lambda: self.remote.number("dnshist_store_up") == 0)
        # What needs nothing of the cluster is answered all the same, over a connection too.
        self.assertEqual(self.remote.ask("help.pdns.local", TXT).rcode, NOERROR)
        with self.remote.tcp() as client:
            client.sendall(framed(question("history.mast.example.pdns.local")))
            self.assertEqual(receive_message(client).rcode, SERVFAIL)
            client.sendall(framed(question("help.pdns.local")))
            self.assertEqual(receive_message(client).rcode, NOERROR)
        for number in range(3):
            self.cluster.start_osd(number)
        self.cluster.wait_for_osds(3)
        until(lambda: self.answers("history.keel.example"))
        self.same_answers()
        until(lambda: self.remote.number("dnshist_store_up") == 1)

    def test_many_questions_at_once_are_all_answered(self):
        """Some of them need the same, some nothing at all, some walk."""
        names = [f"{name}.pdns.local" for qtype, name in QUESTIONS
                 if qtype == "TXT" and not name.endswith(".") and name != "stats"]
        with contextlib.ExitStack() as stack:
            clients = []
            for name in 4 * names:
                clients.append((name, stack.enter_context(self.remote.udp())))
                clients[-1][1].send(question(name))
            for name, client in clients:
                self.assertEqual(client.recv(65535), octets(self.local, name), name)
        self.assertGreater(self.remote.number("dnshist_store_waits_total"), 0)

    def test_questions_on_one_connection_are_answered_in_order(self):
        names = ["history.harbour.example", "names.harbour.example", "help", "history.pier.example"]
        with self.remote.tcp() as client:
            client.sendall(b"".join(framed(question(f"{name}.pdns.local")) for name in names))
            for name in names:
                with self.local.tcp() as other:
                    other.sendall(framed(question(f"{name}.pdns.local")))
                    self.assertEqual(receive_message(client).lines, receive_message(other).lines)

    def test_what_is_read_of_the_cluster_is_counted(self):
        before = self.remote.scrape()[1]
        for _ in range(3):
            self.remote.ask("history.harbour.example.pdns.local")
        after = self.remote.scrape()[1]
        name = "dnshist_cluster_{}"
        self.assertGreater(after[name.format("cache_hits_total")],
                           before[name.format("cache_hits_total")])
        for count in ("reads_total", "round_trips_total", "cache_misses_total", "tablets",
                      "cache_bytes"):
            self.assertGreater(after[name.format(count)], 0, count)
        self.assertNotIn("dnshist_store_level_bytes", str(after))

    def test_records_are_the_same_and_check_finds_nothing(self):
        def records(location):
            return sorted(self.zonegen("export", store=location).stdout.splitlines())
        self.assertEqual(records(self.LOCATION), records(self.store))
        self.assertIn("no problem", self.zonegen("check").stderr + self.zonegen("check").stdout)
        here, there = (json.loads(self.zonegen("stats", "--json", store=store).stdout)
                       for store in (self.store, self.LOCATION))
        for key in ("names", "records", "pivots"):
            self.assertEqual(here[key], there[key])

    def test_mistakes_say_the_way_out(self):
        run_ceph = self.cluster.run
        run_ceph("rados", "--pool", "history", "--namespace", "broken", "create", "copying")
        run_ceph("ceph", "osd", "pool", "create", "coded", "8", "8", "erasure")
        run_ceph("ceph", "osd", "pool", "create", "two", "8", "8", "replicated")
        run_ceph("ceph", "osd", "pool", "set", "two", "size", "2")
        run_ceph("ceph", "osd", "pool", "set", "two", "min_size", "1")
        for location, text in (("rados://none/world", "osd pool create none"),
                               ("rados://history/other", "there is no store"),
                               ("rados://history/broken", "'dnshist-zonegen copy' again"),
                               ("rados://coded/world", "osd pool create NAME 32 replicated"),
                               ("rados://two/world", "'ceph osd pool set two size 3'"),
                               ("rados://two/world", "'ceph osd pool set two min_size 2'"),
                               ("rados://history", "rados://POOL/NAMESPACE"),
                               ("redis://a/b", "rados://POOL/NAMESPACE")):
            self.assertIn(text, self.zonegen("stats", store=location, code=1).stderr)
        self.assertIn("holds a store already",
                      self.zonegen("copy", self.LOCATION, store=self.store, code=1).stderr)
        self.assertIn("copy that", self.zonegen("import", SAMPLE, code=1).stderr)


if __name__ == "__main__":
    unittest.main()
