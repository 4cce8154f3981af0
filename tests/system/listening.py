"""A running `dnshist-zonegen listen`, senders for it, and what is in its store."""

import json
import re
import socket

import dnstap
from dns_client import PATIENCE, receive_exactly
from harness import ZONEGEN, FolderCase, Server, run

WHEN = 1_700_000_000


class Listen(Server):
    """It listens at a Unix socket, and at a free TCP port where `tcp` says so."""

    def __init__(self, store, path, *arguments, tcp=False, config="/dev/null"):
        self.path = str(path)
        places = ["--dnstap", f"unix:{path}"]
        ready = [rf"listening for dnstap at unix:{re.escape(str(path))}$"]
        if tcp:
            places += ["--dnstap", "127.0.0.1@0"]
            ready += [r"listening for dnstap at 127\.0\.0\.1@(\d+)$"]
        super().__init__(ZONEGEN, "--config", config, "--store", store, "listen", *places,
                         *arguments, ready=ready)
        self.port = int(self.ready[1][1]) if tcp else None

    def connect(self):
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(PATIENCE)
        try:
            client.connect(self.path)
        except OSError:
            client.close()
            raise
        return client

    def summary(self):
        """The numbers of the last summary: frames, observations, written, new, merged, rejected,
        senders."""
        match = self.wait_for(r"^(\d+) frames, (\d+) observations, (\d+) of them written: (\d+) new "
                              r"records, (\d+) merged; (\d+) rejected; (\d+) senders$")
        return tuple(map(int, match.groups()))


def shake_hands(client):
    """The beginning of a stream of frames whose receiver answers."""
    client.sendall(dnstap.control(dnstap.READY, dnstap.CONTENT))
    accept = dnstap.control(dnstap.ACCEPT, dnstap.CONTENT)
    if receive_exactly(client, len(accept)) != accept:
        raise AssertionError("it did not ACCEPT")
    client.sendall(dnstap.control(dnstap.START, dnstap.CONTENT))


def finish(client):
    """Its end: returns once the receiver has taken all that was sent."""
    client.sendall(dnstap.control(dnstap.STOP))
    told = dnstap.control(dnstap.FINISH)
    if receive_exactly(client, len(told)) != told:
        raise AssertionError("it did not FINISH")


def told(name, address="192.0.2.1", zone="example.com"):
    return dnstap.told(name, address, zone, WHEN)


class Case(FolderCase):
    """A test with a folder, a store and a socket of its own."""

    def setUp(self):
        super().setUp()
        self.socket = self.folder / "dnstap.sock"

    def exported(self, *arguments):
        result = run(ZONEGEN, "--config", "/dev/null", "--store", self.store, "export", *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return [json.loads(line) for line in result.stdout.splitlines()]

    def counts(self):
        return {row["rrname"]: row["count"] for row in self.exported()}

    def check_store(self):
        result = run(ZONEGEN, "--config", "/dev/null", "--store", self.store, "check")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
