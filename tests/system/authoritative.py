"""Ordinary authoritative servers that serve one zone from a master file: Knot DNS and NSD."""

import getpass
import os
import pathlib
import shutil
import tempfile

from harness import Server
from resolver import free_port

SBIN = os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin"

KNOT = """
server:
    rundir: "{folder}"
    user: "{user}"
    pidfile: "{folder}/knot.pid"
    listen: {address}@{port}
    async-start: off
    udp-workers: 1
    tcp-workers: 2
    background-workers: 1
control:
    listen: "{folder}/knot.sock"
database:
    storage: "{folder}"
log:
  - target: stderr
    any: info
zone:
  - domain: {zone}
    file: "{file}"
    zonefile-load: whole
    zonefile-sync: -1
    journal-content: none
"""

NSD = """
server:
    ip-address: {address}
    port: {port}
    username: ""
    chroot: ""
    database: ""
    zonesdir: "{folder}"
    pidfile: ""
    xfrdfile: "{folder}/xfrd.state"
    zonelistfile: "{folder}/zone.list"
    xfrdir: "{folder}"
    server-count: 1
    tcp-query-count: 0
    verbosity: 1
    rrl-ratelimit: 0
remote-control:
    control-enable: no
zone:
    name: {zone}
    zonefile: "{file}"
"""


def program(name):
    """The path of a program; an AssertionError where it is not installed."""
    path = shutil.which(name, path=SBIN)
    if path is None:
        raise AssertionError(f"{name} is not installed")
    return path


class Authoritative(Server):
    """A running server with one zone, `file` its master file, on a free port of an address."""

    CONFIG, COMMAND, READY = "", (), ""

    def __init__(self, zone, file, address="127.0.0.3"):
        self.address, self.port = address, free_port(address)
        self._folder = tempfile.TemporaryDirectory(prefix="dnshist-authoritative-")
        config = pathlib.Path(self._folder.name) / "config"
        config.write_text(self.CONFIG.format(
            folder=self._folder.name, user=getpass.getuser(), address=address, port=self.port,
            zone=zone, file=file))
        super().__init__(program(self.COMMAND[0]), *self.COMMAND[1:], config, ready=[self.READY])

    def __exit__(self, *_):
        super().__exit__()
        self._folder.cleanup()


class Knot(Authoritative):
    CONFIG, COMMAND, READY = KNOT, ("knotd", "-c"), "server started"


class Nsd(Authoritative):
    CONFIG, COMMAND, READY = NSD, ("nsd", "-d", "-c"), "nsd started"
