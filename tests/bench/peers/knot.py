"""Knot DNS."""

from peers.server import Server


class Knot(Server):
    name = "Knot"
    package = "knot"
    program = "knotd"

    def command(self):
        config = self.write("knot.conf", f"""\
server:
    rundir: "{self.directory}"
    listen: 127.0.0.1@{self.port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
    tcp-max-clients: 1000
database:
    storage: "{self.directory}"
log:
  - target: stderr
    any: info
zone:
  - domain: pdns.local
    file: "{self.history.zone}"
    zonefile-sync: -1
    journal-content: none
    semantic-checks: off
""")
        return ["knotd", "-c", config]
