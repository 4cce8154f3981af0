"""dnshist-responder as clients meet it: dig and the others, and clients that behave badly."""

import pathlib
import random
import re
import socket
import struct
import tempfile
import unittest

from dns_client import (FORMERR, NOERROR, NXDOMAIN, REFUSED, Answer, closed, framed, hung_up,
                        question, receive_message)
from harness import Responder, StoreCase, import_huge, run
from stores import BUSY, HISTORY, WWW, WWW_LINES


class HistoryCase(StoreCase):
    CONTENT = HISTORY


class ClientsTest(HistoryCase):
    """Every client answers alike, whatever its way of asking."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.responder = Responder(cls.store, listen=("127.0.0.2@0", "::1@0"))
        cls.addClassCleanup(cls.responder.__exit__)

    def check(self, *command, port=None):
        result = run(*(str(port or self.responder.port) if word == "PORT" else word
                       for word in command))
        for line in WWW_LINES:
            self.assertIn(line, result.stdout)
        self.assertNotIn("rror", result.stdout + result.stderr)

    def test_dig(self):
        self.check("dig", "@127.0.0.2", "-p", "PORT", "+short", "TXT", WWW)

    def test_dig_over_tcp(self):
        self.check("dig", "@127.0.0.2", "-p", "PORT", "+tcp", "TXT", WWW)

    def test_dig_with_client_subnet(self):
        self.check("dig", "@127.0.0.2", "-p", "PORT", "+subnet=192.0.2.0/24", "TXT", WWW)

    def test_dig_without_edns(self):
        self.check("dig", "@127.0.0.2", "-p", "PORT", "+noedns", "TXT", WWW)

    def test_dig_over_ipv6(self):
        self.check("dig", "@::1", "-p", "PORT", "TXT", WWW, port=self.responder.ports[1])

    def test_kdig(self):
        self.check("kdig", "@127.0.0.2", "-p", "PORT", "TXT", WWW)

    def test_kdig_over_tcp(self):
        self.check("kdig", "@127.0.0.2", "-p", "PORT", "+tcp", "TXT", WWW)

    def test_drill(self):
        self.check("drill", "-p", "PORT", WWW, "@127.0.0.2", "TXT")

    def test_drill_over_tcp(self):
        self.check("drill", "-t", "-p", "PORT", WWW, "@127.0.0.2", "TXT")

    def test_host(self):
        self.check("host", "-p", "PORT", "-t", "TXT", WWW, "127.0.0.2")

    def test_nslookup(self):
        self.check("nslookup", "-port=PORT".replace("PORT", str(self.responder.port)), "-type=TXT",
                   WWW, "127.0.0.2")

    def test_dig_asks_again_over_tcp_where_the_answer_is_truncated(self):
        result = run("dig", "@127.0.0.2", "-p", self.responder.port, "TXT", BUSY)
        self.assertIn("Truncated, retrying in TCP mode", result.stdout)
        self.assertEqual(result.stdout.count("x" * 150), 99)

    def test_what_was_never_seen_and_what_is_not_served(self):
        self.assertEqual(self.responder.ask("history.never.example.pdns.local").rcode, NXDOMAIN)
        self.assertEqual(self.responder.ask("history.www.example.com.").rcode, REFUSED)

    def test_one_connection_many_questions(self):
        result = run("kdig", "@127.0.0.2", "-p", self.responder.port, "+tcp", "+keepopen", "+short",
                     *(word for _ in range(5) for word in ("-t", "TXT", "-q", WWW)))
        self.assertEqual(result.stdout.count("192.0.2.9"), 5)


class UdpTest(HistoryCase):
    def test_answers_leave_from_the_address_that_was_asked(self):
        with Responder(self.store, listen=("0.0.0.0@0", "::@0")) as responder:
            for address in "127.0.0.1", "127.0.0.2", "127.9.8.7":
                with responder.udp(address) as client:  # connected: takes nothing from elsewhere
                    client.send(question(WWW))
                    self.assertEqual(Answer(client.recv(4096)).rcode, NOERROR)
            with responder.udp("::1", responder.ports[1]) as client:
                client.send(question(WWW))
                self.assertEqual(Answer(client.recv(4096)).rcode, NOERROR)

    def test_many_clients_at_once(self):
        with Responder(self.store) as responder:
            clients = [responder.udp() for _ in range(100)]
            for number, client in enumerate(clients):
                for again in range(5):
                    client.send(question(WWW, number=number * 5 + again))
            for number, client in enumerate(clients):
                with client:
                    answers = [Answer(client.recv(4096)) for _ in range(5)]
                self.assertEqual(sorted(answer.number for answer in answers),
                                 list(range(number * 5, number * 5 + 5)))
                self.assertTrue(all(sorted(answer.lines) == WWW_LINES for answer in answers))

    def test_garbage_between_good_questions(self):
        seed = random.randrange(1 << 32)
        chance = random.Random(seed)
        good = question(WWW)
        with Responder(self.store) as responder, responder.udp() as bad, responder.udp() as client:
            before = None
            for number in range(6000):
                bad.send(self.garbage(chance, good))
                if number % 50 == 0:  # also keeps what is under way below the sockets' room
                    client.send(question(WWW, number=number))
                    answer = Answer(client.recv(4096))
                    self.assertEqual((answer.number, sorted(answer.lines)), (number, WWW_LINES),
                                     f"seed {seed}")
                if number == 1000:
                    before = responder.private_memory()
            self.assert_octets_below(responder.private_memory() - before, 512 << 10)
            self.assertEqual(responder.stop(), 0, f"seed {seed}")

    @staticmethod
    def garbage(chance, good):
        kind = chance.randrange(5)
        if kind == 0:
            return chance.randbytes(chance.randrange(0, 600))
        if kind == 1:  # a good question cut short, or with more after it
            return (good + chance.randbytes(40))[:chance.randrange(len(good) + 40)]
        if kind == 2:  # octets changed
            octets = bytearray(good)
            for _ in range(chance.randrange(1, 6)):
                octets[chance.randrange(len(octets))] = chance.randrange(256)
            return bytes(octets)
        if kind == 3:  # a compression pointer to itself
            return good[:12] + b"\xc0\x0c" + good[-15:]
        return chance.randbytes(chance.choice([4096, 4097, 9000, 65000]))

    def test_a_response_is_never_answered(self):
        with Responder(self.store) as responder, responder.udp() as client:
            response = bytearray(question(WWW, number=7))
            response[2] |= 0x80  # QR
            client.send(bytes(response))
            client.send(question(WWW, number=8))
            self.assertEqual(Answer(client.recv(4096)).number, 8)

    def test_an_unfinished_question_is_a_format_error(self):
        with Responder(self.store) as responder, responder.udp() as client:
            client.send(question(WWW, payload=0)[:-3])
            self.assertEqual(Answer(client.recv(4096)).rcode, FORMERR)


def without_place(answer):
    """The lines of an answer, without the place of the line with which the next page begins."""
    return [re.sub(r"line-x[0-9a-v]+\.", "", line) for line in answer.lines]


class CostlyTest(unittest.TestCase):
    """Questions that cost much hold up nobody who asks for little."""

    COSTLY = "sort-count.limit-1.history.huge.example.pdns.local"
    CHEAP = "a.history.small.example.pdns.local"
    LINES = ["2020-01-01T00:00:00Z 2020-01-01T00:00:00Z 20000 huge.example. A 10.0.78.31",
             f"# more: 20000 lines, this is 1-1; next: page-2.{COSTLY}."]

    @classmethod
    def setUpClass(cls):
        folder = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="dnshist "))
        cls.folder = pathlib.Path(folder)
        cls.store = cls.folder / "store"
        import_huge(cls.store, "small.example.", "192.0.2.1")
        cls.config = cls.folder / "one_worker.toml"
        cls.config.write_text("[responder]\nthreads = 1\ntcp_idle_timeout = \"5m\"\n")

    def test_cheap_questions_pass_costly_ones(self):
        with Responder(self.store, config=self.config) as responder, responder.udp() as costly, \
                responder.udp() as cheap:
            pipelines = [responder.tcp() for _ in range(10)]
            for client in pipelines:
                client.sendall(b"".join(framed(question(self.COSTLY, number=n)) for n in range(10)))
            for number in range(100):
                costly.send(question(self.COSTLY, number=number))
            cheap.send(question(self.CHEAP))
            self.assertEqual(len(Answer(cheap.recv(4096)).lines), 1)
            with responder.tcp() as other:
                other.sendall(framed(question(self.CHEAP)))
                self.assertEqual(len(receive_message(other).lines), 1)
            # Most of the 200 costly answers are not there yet.
            answered = self.waiting(costly)
            self.assertLess(answered, 50)
            # And then all come, whole; those of a connection in the order of their questions.
            for _ in range(answered, 100):
                self.assertEqual(without_place(Answer(costly.recv(4096))), self.LINES)
            for client in pipelines:
                with client:
                    for number in range(10):
                        answer = receive_message(client)
                        self.assertEqual((answer.number, without_place(answer)), (number, self.LINES))

    def test_the_end_does_not_wait_for_costly_questions(self):
        with Responder(self.store, config=self.config) as responder, responder.udp() as costly, \
                responder.tcp() as client:
            client.sendall(b"".join(framed(question(self.COSTLY, number=n)) for n in range(3)))
            for number in range(150):
                costly.send(question(self.COSTLY, number=number))
            self.assertEqual(without_place(Answer(costly.recv(4096))), self.LINES)
            self.assertEqual(responder.stop(), 0)
            for number in range(3):  # whole, or with a note of what was cut short
                answer = receive_message(client)
                self.assertEqual(answer.number, number)
                self.assertTrue(without_place(answer) == self.LINES or "# note: stopped" in answer.lines[-1])

    @staticmethod
    def waiting(client):
        """How many answers have come by now, which are read."""
        client.setblocking(False)
        count = 0
        try:
            while client.recv(4096):
                count += 1
        except BlockingIOError:
            pass
        client.settimeout(20)
        return count


class TcpTest(HistoryCase):
    def test_pipelined(self):
        with Responder(self.store) as responder, responder.tcp() as client:
            client.sendall(b"".join(framed(question(WWW, number=n)) for n in range(500)))
            for number in range(500):
                answer = receive_message(client)
                self.assertEqual((answer.number, len(answer.lines)), (number, 2))

    def test_octet_by_octet(self):
        with Responder(self.store) as responder, responder.tcp() as client:
            for octet in framed(question(WWW)) + framed(question(WWW, number=2)):
                client.sendall(bytes([octet]))
            self.assertEqual([receive_message(client).number for _ in range(2)], [1, 2])

    def test_half_closed(self):
        with Responder(self.store) as responder, responder.tcp() as client:
            client.sendall(b"".join(framed(question(BUSY, number=n)) for n in range(20)))
            client.shutdown(socket.SHUT_WR)
            self.assertEqual([len(receive_message(client).lines) for _ in range(20)], [100] * 20)
            self.assertEqual(closed(client), b"")

    def test_half_a_message_does_not_stay(self):
        """It has its own time, however long a connection may be idle."""
        config = self.config("tcp_idle_timeout = 600")
        with Responder(self.store, config=config) as responder, responder.tcp() as client:
            client.sendall(framed(question(WWW))[:20])
            self.assertEqual(closed(client), b"")

    def test_an_idle_connection_does_not_stay(self):
        with Responder(self.store, config=self.config("tcp_idle_timeout = 1")) as responder:
            with responder.tcp() as silent, responder.tcp() as asked:
                asked.sendall(framed(question(WWW)))
                self.assertEqual(receive_message(asked).rcode, NOERROR)
                self.assertEqual((closed(asked), closed(silent)), (b"", b""))

    def test_an_empty_and_a_meaningless_message(self):
        with Responder(self.store) as responder, responder.tcp() as client:
            client.sendall(framed(b"") + framed(b"\1\2\3") + framed(question(WWW, number=5)))
            self.assertEqual(receive_message(client).number, 5)

    def test_a_message_too_long_ends_the_connection_after_what_was_asked(self):
        with Responder(self.store) as responder, responder.tcp() as client:
            client.sendall(framed(question(WWW)) + struct.pack("!H", 4097))
            self.assertEqual(receive_message(client).rcode, NOERROR)
            self.assertEqual(closed(client), b"")

    def test_connections_beyond_the_cap_replace_the_idle(self):
        config = self.config("tcp_clients = 10\nthreads = 1")
        with Responder(self.store, config=config) as responder:
            busy = responder.tcp()
            idle = []
            for number in range(60):
                idle.append(responder.tcp())
                busy.sendall(framed(question(WWW, number=number)))
                self.assertEqual(receive_message(busy).number, number)
            idle[-1].sendall(framed(question(WWW)))
            self.assertEqual(receive_message(idle[-1]).rcode, NOERROR)
            for client in idle[:50]:
                self.assertEqual(closed(client), b"")
            self.assertLess(responder.open_sockets(), 10 + 4)
            for client in [busy, *idle]:
                client.close()

    def test_clients_that_never_read_cost_little_and_are_closed(self):
        with Responder(self.store, config=self.config("tcp_idle_timeout = 1")) as responder:
            before = responder.private_memory()
            clients = [responder.tcp(receive_buffer=4096) for _ in range(60)]
            for client in clients:
                client.setblocking(False)
            asked = framed(question(BUSY)) * 100
            for _ in range(10):  # each connection more than its buffers take
                for client in clients:
                    try:
                        client.send(asked)
                    except (BlockingIOError, ConnectionError):
                        pass
            self.assertEqual(responder.ask(WWW).rcode, NOERROR)
            self.assert_octets_below(responder.private_memory() - before, 16 << 20)
            for client in clients:
                self.assertTrue(hung_up(client))
                client.close()
            self.assert_octets_below(responder.private_memory(), 32 << 20)

    def test_silent_connections_do_not_replace_one_that_asked(self):
        config = self.config("tcp_clients = 10\nthreads = 1")
        with Responder(self.store, config=config) as responder, responder.tcp() as good:
            good.sendall(framed(question(WWW, number=1)))
            self.assertEqual(receive_message(good).number, 1)
            silent = [responder.tcp(source=f"127.0.1.{number}") for number in range(1, 61)]
            self.assertEqual(closed(silent[0]), b"")
            good.sendall(framed(question(WWW, number=2)))
            self.assertEqual(receive_message(good).number, 2)
            for client in silent:
                client.close()

    def test_one_address_makes_room_for_itself(self):
        config = self.config("tcp_clients_per_address = 10\nthreads = 1")
        with Responder(self.store, config=config) as responder:
            with responder.tcp(source="127.0.0.9") as other:
                greedy = [responder.tcp() for _ in range(30)]
                other.sendall(framed(question(WWW, number=1)))
                self.assertEqual(receive_message(other).number, 1)
                for client in greedy[:20]:
                    self.assertEqual(closed(client), b"")
                greedy[-1].sendall(framed(question(WWW, number=2)))
                self.assertEqual(receive_message(greedy[-1]).number, 2)
                for client in greedy:
                    client.close()

    def test_many_connections(self):
        config = self.config("tcp_clients_per_address = 1000")
        with Responder(self.store, config=config) as responder:
            clients = [responder.tcp() for _ in range(400)]
            for number, client in enumerate(clients):
                client.sendall(framed(question(WWW, number=number)))
            for number, client in enumerate(clients):
                with client:
                    self.assertEqual(receive_message(client).number, number)
            self.assert_octets_below(responder.private_memory(), 32 << 20)

    def config(self, text):
        path = self.folder / f"{self.id()}.toml"
        path.write_text(f"[responder]\n{text}\n")
        return path
