"""Thousands of slow, stuck and greedy TCP clients at once: one that asks properly is served in between.

DNSHIST_SLOW_CLIENTS says how many, where the limit on open files allows it: here and in the
responder each takes one.
"""

import multiprocessing
import os
import resource
import select
import socket
import sys
import time

from dns_client import PATIENCE, Answer, framed, question, receive_message
from harness import Responder, StoreCase, repetitions
from stores import BUSY, HISTORY, WWW

WANTED = repetitions("DNSHIST_SLOW_CLIENTS", 3000, 10_000)
SPARE = 300      # files for everything else
SECONDS = 12     # longer than a connection may be idle
GREEDY = framed(question(BUSY)) * 10  # answers that are more than the kernel holds for one
FEW = 500
LONGEST = 20     # seconds for a good answer


class Client:
    """One that behaves badly, and comes again when it is thrown out."""

    def __init__(self, number, server):
        # Few are greedy: what they ask for is work, and nothing here is about too much of that.
        self.kind = "greedy" if number % 50 == 0 else ("silent", "drips", "half")[number % 3]
        self.address = f"127.1.{number // 100 % 250}.{number // 25000 + 1}"
        self.server = server
        self.connect()

    def connect(self):
        self.socket = socket.socket()
        self.socket.setblocking(False)
        if self.kind == "greedy":
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        # The port is chosen when it connects, so that many connections share a port's number.
        self.socket.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT
        self.socket.bind((self.address, 0))
        self.socket.connect_ex(self.server)
        self.sent = 0

    def fileno(self):
        return self.socket.fileno()

    def act(self):
        """Once a second. OSError where it has been thrown out."""
        message = framed(question(WWW))
        if self.kind == "drips":
            self.sent += self.socket.send(message[self.sent:self.sent + 1])
            self.sent %= len(message)
        elif self.kind == "half" and self.sent == 0:
            self.sent = self.socket.send(message[:30])
        elif self.kind == "greedy" and self.sent == 0:
            self.sent = self.socket.send(GREEDY)

    def end(self):
        # At once, so that the ports are free again.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.socket.close()


class Good:
    """Asks all the time, over UDP and over TCP, in a process of its own; how long it took."""

    def __init__(self, responder):
        self.responder = responder
        self.answers = self.again = 0
        self.longest = 0.0
        context = multiprocessing.get_context("fork")
        self.stop = context.Event()
        self.result, child = context.Pipe(duplex=False)
        self.process = context.Process(target=self.run, args=(child,))
        self.process.start()

    def end(self):
        """How many answers came, how often it had to connect again, the longest answer's seconds."""
        self.stop.set()
        try:
            return self.result.recv() if self.result.poll(PATIENCE) else "no end"
        finally:
            self.process.join(PATIENCE)

    def run(self, result):
        try:
            while not self.stop.wait(0.02):
                self.ask_udp()
                self.ask_tcp()
            result.send((self.answers, self.again, self.longest))
        except Exception as failure:  # pylint: disable=broad-except
            result.send(repr(failure))

    def ask_udp(self):
        began = time.monotonic()
        with self.responder.udp() as client:
            client.send(question(WWW))
            self.note(Answer(client.recv(4096)), began)

    def ask_tcp(self):
        """Over a new connection, and over another one where that is closed (RFC 7766, 6.2.4)."""
        began = time.monotonic()
        while True:
            try:
                with self.responder.tcp() as client:
                    client.sendall(framed(question(WWW)))
                    return self.note(receive_message(client), began)
            except (EOFError, ConnectionError):
                self.again += 1
                if time.monotonic() - began > PATIENCE:
                    raise

    def note(self, answer, began):
        if len(answer.lines) != 2:
            raise ValueError(f"an answer of {len(answer.lines)} lines")
        self.answers += 1
        self.longest = max(self.longest, time.monotonic() - began)


def attack(server, count, seconds):
    """Yields once a second, while the clients are there; how often one was thrown out, at last."""
    poll = select.epoll()
    clients = {}

    def add(client):
        clients[client.fileno()] = client
        poll.register(client.fileno(), select.EPOLLRDHUP)

    def replace(client):
        del clients[client.fileno()]
        client.end()
        client.connect()
        add(client)

    thrown_out = 0
    for number in range(count):
        add(Client(number, server))
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        second = time.monotonic() + 1
        for client in list(clients.values()):
            try:
                client.act()
            except BlockingIOError:
                pass
            except OSError:
                thrown_out += 1
                replace(client)
        while (left := second - time.monotonic()) > 0:
            for fd, _ in poll.poll(left, 1000):
                thrown_out += 1
                replace(clients[fd])
        yield thrown_out
    for client in clients.values():
        client.end()
    poll.close()


def open_files(responder):
    """Open files of all kinds; only a few of them are no connections."""
    return len(os.listdir(f"/proc/{responder.pid}/fd"))


class SlowClientsTest(StoreCase):
    CONTENT = HISTORY

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))  # the responder inherits it
        cls.addClassCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        cls.count = min(WANTED, hard - SPARE)
        if cls.count < WANTED:
            print(f"NOT {WANTED} clients: the limit on open files leaves {cls.count}",
                  file=sys.stderr)

    def setUp(self):
        if self.count < FEW:
            self.skipTest("the limit on open files is too low")

    def endure(self, config):
        path = self.folder / f"{self.id()}.toml"
        path.write_text(f"[responder]\n{config}\n")
        with Responder(self.store, config=path) as responder:
            responder.ask(WWW)
            before = responder.private_memory()
            most = most_open = thrown_out = 0
            good = Good(responder)
            try:
                for thrown_out in attack(("127.0.0.2", responder.port), self.count, SECONDS):
                    most = max(most, responder.private_memory())
                    most_open = max(most_open, open_files(responder))
            finally:
                served = good.end()
            self.assertIsInstance(served, tuple, served)
            answers, again, longest = served
            print(f"{self.count} bad clients, {thrown_out} times thrown out; {most_open} open files "
                  f"and {(most - before) >> 10} kB more at most; {answers} good answers, connected "
                  f"again {again} times, the longest {longest:.3f} s")
            self.assertGreater(answers, 2 * SECONDS)
            self.assertLess(longest, LONGEST)
            self.assertEqual(responder.stop(), 0)
            return most - before, most_open

    def test_more_than_there_is_room_for(self):
        memory, files = self.endure("tcp_clients = 1000")
        self.assertLess(files, 1100)
        self.assertLess(memory, 24 << 20)

    def test_all_of_them_at_once(self):
        memory, files = self.endure(f"tcp_clients = {2 * self.count}\ntcp_clients_per_address = "
                                      "1000")
        self.assertGreater(files, self.count * 9 // 10)
        self.assertLess(memory, 8192 * self.count + (16 << 20))
