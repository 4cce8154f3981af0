"""PowerDNS with its LMDB backend, which keeps what it serves on disk as dnshist does."""

import shutil
import time

from comparison.process import run
from peers.server import Server


class PowerDns(Server):
    name = "PowerDNS"
    package = "pdns-server"
    program = "pdns_server"

    def prepare(self):
        made = self.directory / "made"
        if made.exists():
            return
        shutil.rmtree(self.directory)
        self.directory.mkdir()
        self.write("pdns.conf", f"launch=lmdb\nlmdb-filename={self.directory}/pdns.lmdb\n"
                                "lmdb-sync-mode=nosync\n")
        began = time.monotonic()
        run("pdnsutil", f"--config-dir={self.directory}", "load-zone", "pdns.local",
            self.history.zone, log=self.directory / "pdnsutil.log")
        made.write_text(f"loaded in {time.monotonic() - began:.0f} s\n")

    def command(self):
        self.write("pdns.conf", f"""\
launch=lmdb
lmdb-filename={self.directory}/pdns.lmdb
local-address=127.0.0.1
local-port={self.port}
socket-dir={self.directory}
receiver-threads=1
distributor-threads=1
max-tcp-connections=1000
max-tcp-transactions-per-conn=0
daemon=no
guardian=no
write-pid=no
""")
        return ["pdns_server", f"--config-dir={self.directory}"]

    def files(self):
        return [path for path in self.directory.glob("pdns.lmdb*") if "lock" not in path.name]
