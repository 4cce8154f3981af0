"""Access and limits: access lists and limits of the running server, and their reload."""

import pathlib
import select
import signal
import socket
import tempfile
import threading
import unittest

from dns_client import NOERROR, PATIENCE, REFUSED, Answer, framed, question, receive_message
from harness import Responder, import_huge, run

WWW = "history.www.example.com.pdns.local"
PIVOT = "pivot.192.0.2.1.pdns.local"
COSTLY = "sort-count.limit-1.history.huge.example.pdns.local"
FLOOD = 500  # questions


class AccessTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="dnshist "))
        cls.folder = pathlib.Path(folder)
        cls.store = cls.folder / "store"
        import_huge(cls.store, "www.example.com.", "192.0.2.1")

    def start(self, text):
        self.others = 0
        self.config = self.folder / f"{self.id()}.toml"
        self.config.write_text("[responder]\nthreads = 1\n" + text)
        return self.enterContext(Responder(self.store, config=self.config))

    def reload(self, responder, text):
        self.config.write_text("[responder]\nthreads = 1\n" + text)
        responder.reload()

    def udp(self, responder, source="127.0.0.1"):
        """A socket that asks from `source`."""
        client = self.enterContext(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        client.settimeout(PATIENCE)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        client.bind((source, 0))
        client.connect(("127.0.0.2", responder.port))
        return client

    def tcp(self, responder, source="127.0.0.1"):
        return self.enterContext(socket.create_connection(
            ("127.0.0.2", responder.port), PATIENCE, source_address=(source, 0)))

    @staticmethod
    def ask(client, name=WWW, qtype=1):
        """The answer to one question, over whatever the client is."""
        if client.type == socket.SOCK_STREAM:
            client.sendall(framed(question(name, qtype)))
            return receive_message(client)
        client.send(question(name, qtype))
        return Answer(client.recv(65535))

    def flood(self, responder, source="127.0.0.1", name=WWW, count=FLOOD):
        """Sends many questions at once; the answers that came."""
        client = self.udp(responder, source)
        # Not more at a time than any buffer takes: who asks last is answered last.
        answers = []
        for begin in range(0, count, 50):
            for number in range(begin, begin + 50):
                client.send(question(name, number=number))
            self.others += 1
            with self.udp(responder, f"127.1.{self.others}.1") as other:
                self.ask(other)
            while select.select([client], [], [], 0)[0]:
                answers.append(Answer(client.recv(65535)))
        return answers

    # Access lists.

    def test_who_is_not_allowed_is_refused(self):
        responder = self.start('allow = ["127.0.0.1"]\n[responder.views]\npivot = ["127.0.0.9"]\n')
        for connect in self.udp, self.tcp:
            self.assertEqual(self.ask(connect(responder)).rcode, NOERROR)
            self.assertEqual(self.ask(connect(responder), PIVOT).rcode, REFUSED)
            self.assertEqual(self.ask(connect(responder, "127.0.0.9")).rcode, REFUSED)
        said = run("dig", "@127.0.0.2", "-p", responder.port, "TXT", PIVOT).stdout
        self.assertIn("status: REFUSED", said)
        self.assertIn("EDE: 18 (Prohibited): (this client may not use this view)", said)

    def test_a_reload_changes_the_lists_and_loses_no_question(self):
        everyone = 'allow = []\n'
        nobody = 'deny = ["127.0.0.0/8"]\n'
        responder = self.start(everyone)
        stop = threading.Event()
        asked = []

        def keep_asking():
            client = self.udp(responder)
            while not stop.is_set():
                asked.append(self.ask(client).rcode)

        asking = threading.Thread(target=keep_asking)
        asking.start()
        try:
            client = self.udp(responder)
            for text, rcode in [(nobody, REFUSED), (everyone, NOERROR)] * 5:
                self.reload(responder, text)
                # The worker is told by a message; what is asked later is answered later.
                for _ in range(1000):
                    if self.ask(client).rcode == rcode:
                        break
                self.assertEqual(self.ask(client).rcode, rcode)
        finally:
            stop.set()
            asking.join(PATIENCE)
        self.assertFalse(asking.is_alive())  # nor has any question gone without an answer
        self.assertEqual(set(asked), {NOERROR, REFUSED})

    def test_a_reload_with_a_wrong_prefix_changes_nothing(self):
        responder = self.start('deny = ["127.0.0.9"]\n')
        self.config.write_text('[responder]\n\nallow = ["127.0.0.1/8"]\n')
        responder.send(signal.SIGHUP)
        said = responder.wait_for("error: the configuration stays as it was: (.*)")[1]
        self.assertEqual(said, f"{self.config}:3: responder.allow: expected an array of prefixes, such "
                         'as ["192.0.2.0/24", "2001:db8::/32"], not \'127.0.0.1/8\'; '
                         "did you mean '127.0.0.0/8'?")
        self.assertEqual(self.ask(self.udp(responder)).rcode, NOERROR)
        self.assertEqual(self.ask(self.udp(responder, "127.0.0.9")).rcode, REFUSED)

    # How much.

    def test_a_flood_is_limited(self):
        responder = self.start("rate_limit = 10\n")
        answers = self.flood(responder)
        whole = [answer for answer in answers if not answer.truncated]
        slipped = [answer for answer in answers if answer.truncated]
        self.assertGreaterEqual(len(whole), 10)
        self.assertLess(len(whole), FLOOD // 2)  # however slow the machine
        self.assertAlmostEqual(len(slipped), (FLOOD - len(whole)) / 2, delta=1)
        for answer in slipped:
            self.assertEqual((answer.rcode, answer.lines), (NOERROR, []))
            self.assertLessEqual(len(answer.octets), len(question(WWW)))
        # A truncated client asks over TCP, as dig does by itself; other networks notice nothing.
        for _ in range(30):
            self.assertEqual(self.ask(self.tcp(responder), qtype=16).lines,
                             ["2020-01-01T00:00:00Z 2020-01-01T00:00:00Z 1 www.example.com. A "
                              "192.0.2.1"])
        said = run("dig", "@127.0.0.2", "-p", responder.port, "+tries=3", "+time=1", "TXT", WWW).stdout
        self.assertIn("www.example.com. A 192.0.2.1", said)
        self.assertFalse(self.ask(self.udp(responder, "127.7.7.7"), qtype=16).truncated)

    def test_slip_says_how_many_are_truncated(self):
        for slip, part in (0, 0), (1, 1), (5, 0.2):
            responder = self.start(f"rate_limit = 1\nrate_limit_slip = {slip}\n")
            answers = self.flood(responder)
            slipped = sum(answer.truncated for answer in answers)
            limited = FLOOD - (len(answers) - slipped)
            self.assertAlmostEqual(slipped, limited * part, delta=1)

    def test_who_is_exempt_is_not_limited(self):
        responder = self.start('rate_limit = 1\nrate_limit_exempt = ["127.3.0.0/16"]\n')
        answers = self.flood(responder, "127.3.0.1")
        self.assertEqual([answer.number for answer in answers if not answer.truncated],
                         list(range(FLOOD)))
        self.assertLess(len(self.flood(responder, "127.4.0.1")), FLOOD)

    def test_a_reload_changes_the_limits(self):
        responder = self.start("")
        self.assertEqual(len(self.flood(responder)), FLOOD)
        self.reload(responder, "rate_limit = 1\nrate_limit_slip = 0\n")
        # The last that is answered without a limit is perhaps asked before the worker is told.
        self.flood(responder)
        self.assertLess(len(self.flood(responder)), FLOOD // 2)
        self.reload(responder, "")
        self.flood(responder)
        self.assertEqual(len(self.flood(responder)), FLOOD)

    def test_costly_questions_are_cut_short_before_cheap_ones(self):
        # The bucket takes some 40 seconds to fill up with what the first one cost.
        responder = self.start("work_limit = 1000\n")
        for connect, source in (self.udp, "127.5.0.1"), (self.tcp, "127.6.0.1"):
            client = connect(responder, source)
            # The first has what it wants, and the client owes it from then on.
            first = self.ask(client, COSTLY, 16)
            self.assertIn("# more: 20000 lines", first.lines[-1])
            for _ in range(20):
                again = self.ask(client, COSTLY, 16)
                self.assertIn("# note: stopped at the work limit", again.lines[-1])
                self.assertIn("next: ", again.lines[-2])
                self.assertEqual(len(self.ask(client, WWW, 16).lines), 1)
        self.reload(responder, 'work_limit = 1000\nrate_limit_exempt = ["127.0.0.0/8"]\n')
        client = self.udp(responder)
        self.ask(client, WWW)
        self.ask(client, WWW)
        self.assertNotIn("note", self.ask(client, COSTLY, 16).lines[-1])
