"""A real Ceph cluster on loopback: a copy of a store in it gives the answers that the store gives, octet
for octet, also while an OSD is killed, and again after all of it was away.

Runs with `contrib/check --long` where ceph-mon and ceph-osd are installed; else it is skipped.
"""

import importlib.machinery
import importlib.util
import json
import pathlib
import shutil
import tempfile
import unittest

from dns_client import TXT, question
from harness import LONG, PROJECT, SAMPLE, ZONEGEN, Case, Responder, installed, run, until
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
        cls.config.write_text(f'[store]\nceph_conf = "{cls.cluster.conf}"\nceph_user = "admin"\n')
        cls.store = cls.folder / "store"
        cls.zonegen("import", SAMPLE, store=cls.store)
        cls.zonegen("copy", cls.LOCATION, store=cls.store)
        cls.local = cls.enterClassContext(Responder(cls.store))
        cls.remote = cls.enterClassContext(Responder(cls.LOCATION, config=cls.config))

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
        for number in range(3):
            self.cluster.start_osd(number)
        self.cluster.wait_for_osds(3)
        until(lambda: self.answers("history.keel.example"))
        self.same_answers()

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
        for location, text in (("rados://none/world", "osd pool create none"),
                               ("rados://history/other", "there is no store"),
                               ("rados://history", "rados://POOL/NAMESPACE"),
                               ("redis://a/b", "rados://POOL/NAMESPACE")):
            self.assertIn(text, self.zonegen("stats", store=location, code=1).stderr)
        self.assertIn("holds a store already",
                      self.zonegen("copy", self.LOCATION, store=self.store, code=1).stderr)
        self.assertIn("copy that", self.zonegen("import", SAMPLE, code=1).stderr)


if __name__ == "__main__":
    unittest.main()
