"""NSD."""

from peers.server import Server


class Nsd(Server):
    name = "NSD"
    package = "nsd"
    program = "nsd"

    def command(self):
        config = self.write("nsd.conf", f"""\
server:
    server-count: 1
    ip-address: 127.0.0.1@{self.port}
    username: ""
    zonesdir: "{self.directory}"
    database: ""
    pidfile: "{self.directory}/nsd.pid"
    xfrdfile: "{self.directory}/xfrd.state"
    zonelistfile: "{self.directory}/zone.list"
    xfrdir: "{self.directory}"
    logfile: "{self.directory}/nsd.log"
    minimal-responses: yes
    tcp-count: 1000
    tcp-query-count: 0
    # NSD would drop most of a load that comes from one address.
    rrl-ratelimit: 0
remote-control:
    control-enable: no
zone:
    name: pdns.local
    zonefile: "{self.history.zone}"
""")
        return ["nsd", "-d", "-c", config]
