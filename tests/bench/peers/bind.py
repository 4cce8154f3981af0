"""BIND."""

from peers.server import Server


class Bind(Server):
    name = "BIND"
    package = "bind9"
    program = "named"

    def command(self):
        config = self.write("named.conf", f"""\
options {{
    directory "{self.directory}";
    pid-file "named.pid";
    session-keyfile "session.key";
    lock-file none;
    listen-on port {self.port} {{ 127.0.0.1; }};
    listen-on-v6 {{ none; }};
    recursion no;
    minimal-responses yes;
    dnssec-validation no;
    notify no;
    tcp-clients 1000;
    zone-statistics none;
}};
controls {{ }};
zone "pdns.local" {{
    type primary;
    file "{self.history.zone}";
    check-names ignore;
}};
""")
        return ["named", "-g", "-n", "1", "-c", config]
