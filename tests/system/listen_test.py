"""dnshist-zonegen listen, with senders that come and go or misbehave, and its own beginning and end."""

import pathlib
import re
import signal
import socket
import struct
import threading

from dns_client import PATIENCE
from harness import ZONEGEN, installed, notify_socket, run
from listening import Case, Listen, dnstap, finish, shake_hands, told


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
