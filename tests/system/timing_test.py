"""How long the responder may take to end. Run by ctest with nothing beside it (label timing)."""

import signal
import time

from dns_client import Answer, framed, question, receive_message
from harness import WWW, Responder, StoreCase, import_huge

COSTLY = "sort-count.limit-1.history.huge.example.pdns.local"


class EndTest(StoreCase):
    def assert_ends_within(self, seconds, responder, number=signal.SIGTERM):
        began = time.monotonic()
        self.assertEqual(responder.stop(number), 0)
        self.assertLess(time.monotonic() - began, seconds)

    def test_with_an_idle_connection(self):
        for number in signal.SIGTERM, signal.SIGINT:
            with Responder(self.store) as responder, responder.tcp():
                responder.ask(WWW + ".pdns.local")
                self.assert_ends_within(2, responder, number)

    def test_with_a_client_that_does_not_finish(self):
        with Responder(self.store) as responder, responder.tcp() as client:
            asked = framed(question(WWW + ".pdns.local"))
            client.sendall(asked + asked[:20])
            receive_message(client)
            self.assert_ends_within(4, responder)

    def test_with_costly_questions_waiting(self):
        store = self.folder / "huge"
        import_huge(store, "small.example.", "192.0.2.1")
        config = self.folder / "one_worker.toml"
        config.write_text("[responder]\nthreads = 1\n")
        with Responder(store, config=config) as responder, responder.udp() as client:
            for number in range(150):
                client.send(question(COSTLY, number=number))
            self.assertEqual(len(Answer(client.recv(4096)).lines), 2)
            self.assert_ends_within(5, responder)
