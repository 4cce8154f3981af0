"""dnshist-zonegen listen, with real name servers as senders, and with senders that misbehave."""

import pathlib
import re
import signal
import socket
import struct
import textwrap
import threading
import unittest

from dns_client import NOERROR, NXDOMAIN, PATIENCE
from daemon import NAMED, NAMED_OPTIONS, NAMED_READY, Daemon
from harness import PROJECT, ZONEGEN, Responder, Server, installed, notify_socket, run, until
from listening import Case, Listen, dnstap, finish, shake_hands, told

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


class SendersTest(Case):
    def test_one_after_another_and_many_at_once(self):
        replay = installed("fstrm_replay")
        files = []
        for number in range(8):
            files.append(self.folder / f"feed{number}")
            files[-1].write_bytes(dnstap.file(
                told(f"n{name}.s{number}.example.com") for name in range(3000)))
        with Listen(self.store, self.socket, tcp=True) as listen:
            unix = "-u", str(self.socket)
            tcp = "-a", "127.0.0.1", "-p", str(listen.port)
            for place in unix, tcp:
                done = run(replay, "-t", dnstap.CONTENT.decode(), "-r", files[0], *place)
                self.assertEqual(done.returncode, 0, done.stderr)
            listen.wait_for("sender 2 at .*: gone after 3000 frames$")
            running = [threading.Thread(target=run, args=(
                replay, "-t", dnstap.CONTENT.decode(), "-r", file, *(unix, tcp)[number % 2]))
                for number, file in enumerate(files)]
            for thread in running:
                thread.start()
            for thread in running:
                thread.join(PATIENCE)
            for number in range(3, 11):
                listen.wait_for(f"sender {number} at .*: gone after 3000 frames$")
            self.assertEqual(listen.stop(), 0)
            self.assertEqual(listen.summary()[:3], (30000, 30000, 30000))
        counts = self.counts()
        self.assertEqual(len(counts), 8 * 3000)
        self.assertEqual({name for name, count in counts.items() if count == 3},
                         {f"n{name}.s0.example.com." for name in range(3000)})
        self.check_store()

    def test_those_that_misbehave_are_told_apart(self):
        with Listen(self.store, self.socket) as listen:
            good = listen.connect()
            shake_hands(good)
            silent = listen.connect()  # never says START
            listen.wait_for("sender 2 at .*: connected")
            start = dnstap.control(dnstap.START, dnstap.CONTENT)
            frame = told("cut.example.com")
            bad = {
                start + frame[:50]: "gone after 0 frames: it ended within a frame",
                start + frame + frame[:50]: "gone after 1 frames: it ended within a frame",
                start + struct.pack("!I", 10**9): "it sent a frame that is longer than any may be",
                b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n":
                    "it sent a frame that is longer than any may be",
                frame: "it sent data before START",
                dnstap.control(dnstap.READY, b"protobuf:other"): "it has something else than dnstap",
            }
            for number, (octets, why) in enumerate(bad.items(), 3):
                with listen.connect() as client:
                    client.sendall(octets)
                    client.shutdown(socket.SHUT_WR)
                    listen.wait_for(f"sender {number} at .*: gone after . frames: "
                                    if not why.startswith("gone") else
                                    f"sender {number} at .*: {why}")
                    listen.wait_for(f"sender {number} at .*{why}")
            # Nonsense within a frame is refused, and its sender stays.
            good.sendall(struct.pack("!I", 7) + b"garbage" + told("good.example.com"))
            listen.wait_for(r"sender 1 at .*:1: no dnstap frame that can be used")
            finish(good)
            code = listen.stop()
            self.assertEqual(code, 0)
            self.assertEqual(listen.summary(), (3, 2, 2, 2, 0, 1, 0))
            self.assertIn("         1 no dnstap frame that can be used", listen.log)
            silent.close()
            good.close()
        self.assertEqual(self.counts(), {"cut.example.com.": 1, "good.example.com.": 1})

    def test_a_gigabyte_that_is_announced_takes_no_memory(self):
        def memory():
            status = pathlib.Path(f"/proc/{listen.pid}/status").read_text()
            return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) << 10

        with Listen(self.store, self.socket) as listen:
            before = memory()
            clients = [listen.connect() for _ in range(20)]
            for client in clients:
                client.sendall(dnstap.control(dnstap.START, dnstap.CONTENT) +
                               struct.pack("!I", 256 * 1024) + b"x" * 1000)
            for _ in range(20):
                with listen.connect() as client:
                    client.sendall(dnstap.control(dnstap.START, dnstap.CONTENT) +
                                   struct.pack("!I", 10**9))
                    self.assertEqual(client.recv(1), b"")
            self.assert_octets_below(memory() - before, 50 << 20)
            for client in clients:
                client.close()

    def test_more_than_there_may_be(self):
        config = self.folder / "dnshist.toml"
        config.write_text("[listen]\nsenders = 3\n")
        with Listen(self.store, self.socket, config=config) as listen:
            senders = [listen.connect() for _ in range(3)]
            for sender in senders:
                shake_hands(sender)
            with listen.connect() as fourth:
                self.assertEqual(fourth.recv(1), b"")
            listen.wait_for("sender 4 at .*: turned away, there are 3 already")
            senders.pop().close()
            listen.wait_for("sender 3 at .*: gone")
            with listen.connect() as fifth:
                shake_hands(fifth)
                fifth.sendall(told("fifth.example.com"))
                finish(fifth)
            self.assertEqual(listen.stop(), 0)
            for sender in senders:
                sender.close()
        self.assertEqual(self.counts(), {"fifth.example.com.": 1})

    def test_clients_of_a_sender_that_is_gone(self):
        """A sender that vanishes while others send, again and again."""
        with Listen(self.store, self.socket) as listen:
            steady = listen.connect()
            shake_hands(steady)
            for number in range(50):
                with listen.connect() as client:
                    client.sendall(dnstap.control(dnstap.START, dnstap.CONTENT) +
                                   told(f"n{number}.example.com"))
                steady.sendall(told("steady.example.com"))
            finish(steady)
            for number in range(2, 52):
                listen.wait_for(f"sender {number} at .*: gone after 1 frames$")
            self.assertEqual(listen.stop(), 0)
            steady.close()
        self.assertEqual(self.counts(), {"steady.example.com.": 50} |
                         {f"n{number}.example.com.": 1 for number in range(50)})


class LifeTest(Case):
    def send(self, listen, name):
        with listen.connect() as client:
            shake_hands(client)
            client.sendall(told(name))
            finish(client)

    def test_a_signal_ends_it_with_all_written(self):
        for number in signal.SIGTERM, signal.SIGINT:
            with Listen(self.store, self.socket, tcp=True) as listen:
                self.assertEqual(self.socket.stat().st_mode & 0o777, 0o660)
                self.send(listen, "www.example.com")
                idle = listen.connect()
                shake_hands(idle)
                self.assertEqual(listen.stop(number), 0)
                self.assertFalse(self.socket.exists())
                self.assertEqual(listen.summary()[1:4:2], (1, int(number == signal.SIGTERM)))
                idle.close()
        self.assertEqual(self.counts(), {"www.example.com.": 2})

    def test_a_socket_that_was_left_behind_is_replaced(self):
        with Listen(self.store, self.socket) as listen:
            listen.stop(signal.SIGKILL)
            self.assertTrue(self.socket.is_socket())
        with Listen(self.store, self.socket) as listen:
            self.send(listen, "www.example.com")
            self.assertEqual(listen.stop(), 0)
        self.assertEqual(self.counts(), {"www.example.com.": 1})

    def test_a_second_one_is_told_at_once(self):
        def second(store):
            result = run(ZONEGEN, "--config", "/dev/null", "--store", store, "listen", "--dnstap",
                         f"unix:{self.socket}")
            self.assertEqual(result.returncode, 1)
            return result.stderr

        with Listen(self.store, self.socket) as listen:
            self.assertIn("is being written by process", second(self.store))
            self.assertIn(f"cannot take dnstap at unix:{self.socket}: Address already in use",
                          second(self.folder / "other"))
            # Neither harms the first.
            self.send(listen, "www.example.com")
            self.assertEqual(listen.stop(), 0)
        self.assertEqual(self.counts(), {"www.example.com.": 1})

    def test_what_it_cannot_listen_at(self):
        def says(place, code):
            result = run(ZONEGEN, "--config", "/dev/null", "--store", self.store, "listen",
                         "--dnstap", place)
            self.assertEqual(result.returncode, code)
            return result.stderr

        self.assertIn("--dnstap: expected unix: and an absolute path", says("unix:x", 2))
        self.assertIn("--dnstap: expected unix:PATH or ADDRESS@PORT", says("localhost", 2))
        self.assertIn("No such file or directory", says("unix:/nonexistent/socket", 1))
        self.assertIn("Permission denied" if run("id", "-u").stdout.strip() != "0" else
                      "Cannot assign requested address", says("192.0.2.1@1", 1))

    def test_systemd_is_told(self):
        with notify_socket(self.folder / "notify") as systemd:
            with Listen(self.store, self.socket) as listen:
                self.assertEqual(systemd.recv(1000), b"READY=1")
                self.assertEqual(listen.stop(), 0)
                self.assertEqual(systemd.recv(1000), b"STOPPING=1")


class FilesTest(unittest.TestCase):
    def test_every_file_is_tested(self):
        self.assertEqual({path.name for path in CONTRIB.iterdir()},
                         {"README.md", "unbound.conf", "named.conf", "knot.conf"})
