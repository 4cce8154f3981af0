"""A real resolver between a client and the responder: unbound, set up to resolve one zone."""

import os
import pathlib
import shutil
import socket
import tempfile

from harness import Server

CONFIG = """
server:
    interface: {address}@{port}
    do-ip6: no
    do-not-query-localhost: no
    module-config: "iterator"
    do-daemonize: no
    use-syslog: no
    username: ""
    chroot: ""
    pidfile: ""
    directory: "{folder}"
    {options}
{kind}-zone:
    name: {zone}
    {kind}-addr: {server}
"""


class Unbound(Server):
    """A running unbound that asks `server` (address@port) for what is in `zone`.

    `kind` is "stub" where it resolves by itself, "forward" where it hands the question on;
    `options` are lines for the server part of its configuration.
    """

    def __init__(self, zone, server, *options, address, port=None, kind="stub"):
        self.port = port or free_port(address)
        self._folder = tempfile.TemporaryDirectory(prefix="dnshist-unbound-")
        config = pathlib.Path(self._folder.name) / "unbound.conf"
        config.write_text(CONFIG.format(
            address=address, port=self.port, folder=self._folder.name, zone=zone, server=server,
            kind=kind, options="\n    ".join(options)))
        unbound = shutil.which("unbound", path=os.environ["PATH"] + ":/usr/sbin")
        if unbound is None:
            raise AssertionError("unbound is not installed")
        super().__init__(unbound, "-c", config, ready=["start of service"])

    def __exit__(self, *_):
        super().__exit__()
        self._folder.cleanup()


def free_port(address, port=0):
    """A port of the address that is free for UDP and for TCP; `port` itself if one is named."""
    with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
        tcp.bind((address, port))
        udp.bind(tcp.getsockname())
        return tcp.getsockname()[1]
