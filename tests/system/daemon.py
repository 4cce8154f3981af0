"""Other people's servers: started with files of their own, on a free port."""

import getpass
import pathlib
import socket
import string
import tempfile

from harness import Server, installed

NAMED = "named -g -n 1 -c $folder/named.conf"
NAMED_READY = " running$"
NAMED_OPTIONS = """
    directory "$folder"; pid-file none; session-keyfile none;
    listen-on port $port { $address; }; listen-on-v6 { none; };
"""


def free_port(address, port=0):
    """A port of the address that is free for UDP and for TCP; `port` itself if one is named."""
    with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
        tcp.bind((address, port))
        udp.bind(tcp.getsockname())
        return tcp.getsockname()[1]


class Daemon(Server):
    """A program with its files in a folder of its own, at a free port unless one is named.

    $folder, $address, $port and the other `words` are replaced in its files and in its command.
    """

    def __init__(self, command, files, ready, *, address="127.0.0.2", port=None, **words):
        program, *arguments = command.split()
        program = installed(program)
        self._folder = tempfile.TemporaryDirectory(prefix="dnshist-daemon-")
        self.address = address
        self.port = port or free_port(address)
        words.update(folder=self._folder.name, address=address, port=self.port)
        for name, text in files.items():
            path = pathlib.Path(self._folder.name, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(string.Template(text).substitute(words))
        arguments = [string.Template(argument).substitute(words) for argument in arguments]
        try:
            super().__init__("sh", "-c", 'exec "$0" "$@" >&2', program, *arguments, ready=[ready])
        except AssertionError:
            self._folder.cleanup()
            raise

    def __exit__(self, *_):
        super().__exit__()
        self._folder.cleanup()


class Unbound(Daemon):
    """A resolver that asks `server` (address@port) for what is in `zone`.

    `kind` is "stub" where it resolves by itself, "forward" where it hands the question on;
    `options` are lines for the server part of its configuration.
    """

    CONFIG = """
server:
    interface: $address@$port
    do-ip6: no
    do-not-query-localhost: no
    module-config: "iterator"
    do-daemonize: no
    use-syslog: no
    username: ""
    chroot: ""
    pidfile: ""
    directory: "$folder"
    $options
$kind-zone:
    name: $zone
    $kind-addr: $server
"""

    def __init__(self, zone, server, *options, address, port=None, kind="stub"):
        super().__init__("unbound -c $folder/unbound.conf", {"unbound.conf": self.CONFIG},
                         "start of service", address=address, port=port, zone=zone, server=server,
                         kind=kind, options="\n    ".join(options))


class Knot(Daemon):
    """An authoritative server for one zone, `file` its master file."""

    CONFIG = """
server:
    rundir: "$folder"
    user: "$user"
    pidfile: "$folder/knot.pid"
    listen: $address@$port
    async-start: off
    udp-workers: 1
    tcp-workers: 2
    background-workers: 1
control:
    listen: "$folder/knot.sock"
database:
    storage: "$folder"
log:
  - target: stderr
    any: info
zone:
  - domain: $zone
    file: "$file"
    zonefile-load: whole
    zonefile-sync: -1
    journal-content: none
"""

    def __init__(self, zone, file):
        super().__init__("knotd -c $folder/knot.conf", {"knot.conf": self.CONFIG}, "server started",
                         address="127.0.0.3", user=getpass.getuser(), zone=zone, file=file)


class Nsd(Daemon):
    """An authoritative server for one zone, `file` its master file."""

    CONFIG = """
server:
    ip-address: $address
    port: $port
    username: ""
    chroot: ""
    database: ""
    zonesdir: "$folder"
    pidfile: ""
    xfrdfile: "$folder/xfrd.state"
    zonelistfile: "$folder/zone.list"
    xfrdir: "$folder"
    server-count: 1
    tcp-query-count: 0
    verbosity: 1
    rrl-ratelimit: 0
remote-control:
    control-enable: no
zone:
    name: $zone
    zonefile: "$file"
"""

    def __init__(self, zone, file):
        super().__init__("nsd -d -c $folder/nsd.conf", {"nsd.conf": self.CONFIG}, "nsd started",
                         address="127.0.0.3", zone=zone, file=file)
