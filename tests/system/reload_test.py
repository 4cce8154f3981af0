"""A reload under load: while the configuration is read again and again, no question is lost."""

import threading

from dns_client import NOERROR, Answer, framed, question, receive_message
from harness import WWW, Responder, StoreCase

RELOADS = 50
IN_FLIGHT = 8  # questions on a socket; what the kernel's buffers hold many times over


class Client(threading.Thread):
    """Asks until told to stop, several questions at once, and waits for each answer."""

    def __init__(self, connect):
        super().__init__()
        self.connect = connect
        self.done = threading.Event()
        self.answered = 0
        self.problem = None

    def run(self):
        try:
            with self.connect() as client:
                while not self.done.is_set():
                    self.ask(client)
        except Exception as error:  # pylint: disable=broad-except
            self.problem = error

    def ask(self, client):
        first = self.answered
        numbers = {(first + i) % 65536 for i in range(IN_FLIGHT)}
        for number in sorted(numbers):
            self.send(client, question(WWW + ".pdns.local", number=number))
        while numbers:
            answer = self.receive(client)
            if answer.rcode != NOERROR or len(answer.lines) != 1:
                raise AssertionError(f"rcode {answer.rcode}: {answer.lines}")
            numbers.remove(answer.number)
        self.answered += IN_FLIGHT


class UdpClient(Client):
    @staticmethod
    def send(client, message):
        client.send(message)

    @staticmethod
    def receive(client):
        return Answer(client.recv(65535))


class TcpClient(Client):
    @staticmethod
    def send(client, message):
        client.sendall(framed(message))

    @staticmethod
    def receive(client):
        return receive_message(client)


class ReloadTest(StoreCase):
    def test_no_question_is_lost(self):
        config = self.folder / "reload.toml"
        log = self.folder / "queries"

        def configure(number):
            # Every key that a reload takes up changes, query_log too; the zone that is asked stays.
            config.write_text(
                "[responder]\nthreads = 2\n"
                f"zones = [\"pdns.local.\", \"z{number}.example.\"]\nttl = {number}\n"
                f"tcp_clients = {1000 + number}\nscan_limit = {100000 + number}\n"
                f"rate_limit = {number % 2 * 1000000}\nwork_limit = {number % 3 * 1000000}\n"
                f"query_log = \"{['', log, self.folder / 'other'][number % 3]}\"\n")
        configure(0)
        with Responder(self.store, config=config) as responder:
            clients = [UdpClient(responder.udp) for _ in range(3)]
            clients += [TcpClient(responder.tcp) for _ in range(2)]
            for client in clients:
                client.start()
            try:
                self.reload(responder, configure, clients)
            finally:
                for client in clients:
                    client.done.set()
                for client in clients:
                    client.join()
            for client in clients:
                self.assertIsNone(client.problem)
                self.assertGreater(client.answered, RELOADS)
            self.assertEqual(responder.stop(), 0)
            self.assertFalse([line for line in responder.log
                              if " error: " in line or " warning: " in line])

    def reload(self, responder, configure, clients):
        for number in range(1, RELOADS + 1):
            # Between two reloads everybody has had answers.
            before = [client.answered for client in clients]
            while any(client.answered == had and client.is_alive()
                      for client, had in zip(clients, before)):
                pass
            configure(number)
            responder.reload()
            for client in clients:
                self.assertIsNone(client.problem)
