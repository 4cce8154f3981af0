"""A Ceph cluster on loopback for tests: a store that is a copy of one in a directory, and a responder of each."""

import importlib.machinery
import importlib.util
import pathlib
import shutil
import tempfile
import unittest

from dns_client import TXT, question
from harness import PROJECT, SAMPLE, ZONEGEN, Case, installed, run, until
from observed import Observed

SERVFAIL = 2
HTTP = """threads = 1
[http]
listen = ["127.0.0.2@0"]
origin = "https://pdns.example/"
"""


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


def late_octets(responder, name):
    """The same, which is SERVFAIL as long as a part of the cluster is away."""
    answers = []

    def is_answered():
        answers.append(octets(responder, name))
        return answers[-1][3] & 15 != SERVFAIL

    until(is_answered)
    return answers[-1]


class ClusterCase(Case):
    LOCATION = "rados://history/world"

    @classmethod
    def setUpClass(cls):
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
        cls.local = cls.enterClassContext(Observed(cls.store, cls.folder, HTTP))
        cls.remote = cls.enterClassContext(Observed(cls.LOCATION, cls.folder, HTTP + cls.access))
        cls.http_ports = {responder: int(responder.wait_for(r"@(\d+) \(http\)")[1])
                          for responder in (cls.local, cls.remote)}

    @classmethod
    def zonegen(cls, *arguments, store=LOCATION, code=0):
        result = run(ZONEGEN, "--config", cls.config, "--store", store, *arguments, timeout=120)
        if result.returncode != code:
            raise AssertionError(f"{arguments}: {result.returncode}: {result.stderr}")
        return result

    def setUp(self):
        # What a test has killed may still come back.
        until(lambda: self.answers("history.harbour.example"))

    def answers(self, name):
        return self.remote.ask(f"{name}.pdns.local", TXT).rcode != SERVFAIL
