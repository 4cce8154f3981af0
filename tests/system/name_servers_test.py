"""dnshist-zonegen listen, with real name servers as senders, configured by the files of contrib/dnstap."""

import re
import socket
import textwrap
import unittest

from daemon import NAMED, NAMED_OPTIONS, NAMED_READY, Daemon
from dns_client import NOERROR, NXDOMAIN
from harness import PROJECT, ZONEGEN, Responder, Server, installed, run, until
from listening import Case, Listen, dnstap

CONTRIB = PROJECT / "contrib" / "dnstap"
SHIPPED_SOCKET = "/run/dnshist/dnstap.sock"
ZONE = "tap.example"
CLIENT = "127.0.0.77"
EVERY_KIND = ",".join(dnstap.KINDS)


def shipped(name, path):
    """A file of contrib/dnstap with another socket in it."""
    text = (CONTRIB / name).read_text()
    if SHIPPED_SOCKET not in text:
        raise AssertionError(f"{name} says nowhere whom to tell")
    return text.replace(SHIPPED_SOCKET, str(path)).replace("$", "$$")


# The servers: an authoritative one for a zone of ours, and resolvers that ask it. They tell about
# their clients too, which the files do not have them do, as dnshist must not keep their addresses.

def knot(path):
    records = "\n".join(f"{name} A 192.0.2.{number}" for number, name in enumerate(NAMES, 1))
    return Daemon("knotd -c $folder/knot.conf", {
        "dnstap.conf": shipped("knot.conf", path).replace(
            "log-queries: off", "log-queries: on\n    identity: knot-test"),
        "knot.conf": textwrap.dedent(f"""
            server:
                rundir: $folder
                listen: $address@$port
            database:
                storage: $folder
            log:
              - target: stderr
                any: info
            include: dnstap.conf
            template:
              - id: default
                storage: $folder
                global-module: mod-dnstap/dnshist
            zone:
              - domain: {ZONE}
                file: zone
            """),
        "zone": f"$$TTL 3600\n$$ORIGIN {ZONE}.\n@ SOA ns hostmaster 1 3600 600 86400 3600\n"
                f"@ NS ns\nns A 192.0.2.253\ntext TXT \"a text of ours\"\nlone A 198.51.100.99\n{records}\n"},
        "server started", address="127.0.0.3")


def unbound(path, identity, port):
    text = shipped("unbound.conf", path)
    if not str(path).startswith("/"):  # ADDRESS@PORT
        text = re.sub(r"#(dnstap-ip:) .*", rf"\g<1> {path}", text)
        text = text.replace("#dnstap-tls", "dnstap-tls")
    return Daemon("unbound -c $folder/unbound.conf", {
        "dnstap.conf": re.sub(r"#dnstap-identity: .*", f"dnstap-identity: {identity}\n"
                              "    dnstap-log-client-query-messages: yes\n"
                              "    dnstap-log-client-response-messages: yes", text),
        "unbound.conf": f"""
            include-toplevel: "$folder/dnstap.conf"
            server:
                interface: $address@$port
                access-control: 127.0.0.0/8 allow
                do-ip6: no
                do-not-query-localhost: no
                do-daemonize: no
                use-syslog: no
                username: ""
                chroot: ""
                pidfile: ""
                directory: "$folder"
                module-config: "iterator"
            stub-zone:
                name: {ZONE}
                stub-addr: 127.0.0.3@{port}
            """}, "start of service")


def named(path, port):
    return Daemon(NAMED, {
        "dnstap.conf": shipped("named.conf", path).replace(
            "identity hostname", "identity \"bind-test\"").replace(
            "dnstap { ", "dnstap { client; "),
        "named.conf": "options {" + NAMED_OPTIONS + f"""
                port {port};  // of the servers that it asks
                recursion yes; dnssec-validation no; notify no;
                include "$folder/dnstap.conf";
            }};
            controls {{}};
            zone "{ZONE}" {{ type static-stub; server-addresses {{ 127.0.0.3; }}; }};
            """}, NAMED_READY, address="127.0.0.1")


NAMES = [f"{who}{number}" for who in ("knot", "unix", "tcp", "bind") for number in range(5)]


class NameServersTest(Case):
    def test_three_name_servers_at_once(self):
        listen = self.enterContext(Listen(self.store, self.socket, "--dnstap-types", EVERY_KIND,
                                          tcp=True, config=self.window("1s")))
        authority = self.enterContext(knot(self.socket))
        resolvers = {
            "knot": authority,
            "unix": self.enterContext(unbound(self.socket, "unbound-unix", authority.port)),
            "tcp": self.enterContext(
                unbound(f"127.0.0.1@{listen.port}", "unbound-tcp", authority.port)),
            "bind": self.enterContext(named(self.socket, authority.port)),
        }
        responder = self.enterContext(Responder(self.store))
        # Questions before the connections stand are reported later, or not at all.
        for number in range(1, 5):
            listen.wait_for(rf"sender {number} at .*: connected")
        for name in NAMES:
            self.dig(resolvers[name[:-1]], f"{name}.{ZONE}", "A")
        self.dig(resolvers["unix"], f"text.{ZONE}", "TXT")
        self.dig(resolvers["unix"], f"lone.{ZONE}", "A")
        for name in NAMES:
            until(lambda: responder.ask(f"history.{name}.{ZONE}.pdns.local").rcode == NOERROR)
        until(lambda: self.sensors(f"unix0.{ZONE}.") >= {"unbound-unix", "knot-test"})
        until(lambda: self.sensors(f"tcp4.{ZONE}.") >= {"unbound-tcp", "knot-test"})
        until(lambda: self.sensors(f"bind4.{ZONE}.") >= {"bind-test", "knot-test"})

        code = listen.stop()
        self.assertEqual(code, 0)
        self.assertEqual(listen.summary()[5], 0, listen.log)
        self.check_store()
        self.check_records()
        self.check_clients(responder)

    def window(self, length):
        config = self.folder / "dnshist.toml"
        config.write_text(f"[listen]\nwindow = \"{length}\"\n")
        return config

    def dig(self, server, name, rrtype):
        result = run("dig", "-b", CLIENT, f"@{server.address}", "-p", server.port, name, rrtype)
        self.assertIn("status: NOERROR", result.stdout)
        self.assertIn("ANSWER: 1", result.stdout)

    def sources(self, owner):
        return {(source.get("sensor_id"), source.get("bailiwick"))
                for row in self.exported(owner) for source in row.get("sources", [row])}

    def sensors(self, owner):
        return {sensor for sensor, _ in self.sources(owner)}

    def check_records(self):
        found = {(row["rrname"], row["rrtype"], row["rdata"]) for row in self.exported()}
        for number, name in enumerate(NAMES, 1):
            self.assertIn((f"{name}.{ZONE}.", "A", f"192.0.2.{number}"), found)
        self.assertIn((f"text.{ZONE}.", "TXT", '"a text of ours"'), found)
        # A resolver's servers are known by their zone; what else it tells, it vouches for itself.
        for name, sensor in (("unix0", "unbound-unix"), ("tcp0", "unbound-tcp"),
                             ("bind0", "bind-test")):
            sources = self.sources(f"{name}.{ZONE}.")
            self.assertEqual(sources, {(sensor, f"{ZONE}."), (sensor, None), ("knot-test", None)})
        self.assertEqual(self.sources(f"knot0.{ZONE}."), {("knot-test", None)})

    def check_clients(self, responder):
        """Nowhere in the store is an address of those who asked or were asked.

        Its keys are written in a code, in which the octets of an address are not those of the file;
        so both are searched, the file as it is and what it stands for.
        """
        octets = b"".join(path.read_bytes() for path in self.store.iterdir())
        exported = run(ZONEGEN, "--config", "/dev/null", "--store", self.store, "export").stdout
        for text in "unbound-unix", "knot-test":
            self.assertTrue(text.encode() in octets)
            self.assertIn(text, exported)
        self.assertIn("198.51.100.99", exported)
        for address in CLIENT, "127.0.0.1", "127.0.0.2", "127.0.0.3":
            self.assertFalse(address.encode() in octets, address)
            self.assertFalse(socket.inet_aton(address) in octets, address)
            self.assertNotIn(address, exported)
        self.assertEqual(responder.ask("pivot.198.51.100.0/24.pdns.local").rcode, NOERROR)
        self.assertEqual(responder.ask("pivot.127.0.0.0/8.pdns.local").rcode, NXDOMAIN)

    def test_they_told_of_their_clients(self):
        """That the last test's senders do send what it looks for in vain."""
        captured = self.folder / "captured"
        sink = self.enterContext(Server(
            installed("fstrm_capture"), "-t", dnstap.CONTENT.decode(), "-u",
            self.socket, "-w", captured, "-ddddd", ready=["opened output file"]))
        authority = self.enterContext(knot(self.socket))
        resolver = self.enterContext(unbound(self.socket, "unbound-unix", authority.port))
        sink.wait_for("accepted new connection")
        for name in NAMES:
            self.dig(resolver, f"{name}.{ZONE}", "A")
        for daemon in resolver, authority:
            daemon.stop()  # which sends what there is
        self.assertEqual(sink.stop(), 0)
        self.assertTrue(socket.inet_aton(CLIENT) in captured.read_bytes())


class FilesTest(unittest.TestCase):
    def test_every_file_is_tested(self):
        self.assertEqual({path.name for path in CONTRIB.iterdir()},
                         {"README.md", "unbound.conf", "named.conf", "knot.conf"})
