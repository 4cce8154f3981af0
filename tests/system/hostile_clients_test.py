"""Crowds of hostile clients within TLS and HTTP, and behind a proxy, beside one that asks."""

import socket
import ssl
import struct
import threading

from dns_client import closed, framed, question, receive_message
from encrypted import Encrypted, make_certificate, write_config
from harness import FolderCase, import_huge, import_text, repetitions
from http_client import HTTP2_BEGIN, ask, request
from stores import HISTORY, WWW, WWW_LINES


def proxy_header(address):
    """PROXY, version 2: a connection of this client's."""
    return (b"\r\n\r\n\0\r\nQUIT\n\x21\x11" +
            struct.pack("!H4s4sHH", 12, socket.inet_aton(address), socket.inet_aton("192.0.2.1"), 1, 2))


class HostileClientsTest(FolderCase):
    def serve(self, text):
        import_text(self.store, HISTORY)
        certificate, key = make_certificate(self.folder, "first")
        config = self.folder / "dnshist.toml"
        write_config(config, certificate, key,
                     f"[responder]\nlisten_tls = [\"127.0.0.2@0\"]\nthreads = 1\n{text}[http]\n"
                     "listen = [\"127.0.0.2@0\"]\nlisten_tls = [\"127.0.0.2@0\"]\n"
                     "trusted_proxies = [\"127.0.0.9/32\"]\n")
        return self.enterContext(
            Encrypted(self.store, config, certificate, "tls", "https", "http"))

    def test_a_crowd_within_tls(self):
        """Half handshakes, whole ones without a question, half questions, answers that are not read."""
        count = repetitions("DNSHIST_SLOW_CLIENTS", 100, 1000)
        responder = self.serve(f"tcp_clients_per_address = {2 * count}\ntcp_clients = {2 * count}\n")
        hello = self.hello(responder)

        def attack(number):
            service = ("tls", "https")[number % 2]
            client = responder.connect(service)
            kind = number // 2 % 5
            if kind == 0:
                client.sendall(hello[: number % len(hello)])
                return client
            if kind == 1:
                client.sendall(b"\x16\x03\x01\xff\xff" + bytes(20000))
                return client
            client = responder.context("dot" if service == "tls" else ("h2", "http/1.1")[number // 10 % 2]
                                       ).wrap_socket(client, server_hostname="pdns.example")
            client.settimeout(0.2)
            try:
                if service == "tls":
                    octets = (b"", b"\x01\0half", 3000 * framed(question(WWW)))[kind - 2]
                elif client.selected_alpn_protocol() == "h2":
                    octets = HTTP2_BEGIN + (b"", b"\0\0\x40\x01", 5000 * b"\0\0\x08\x06\0\0\0\0\0xxxxxxxx")[kind - 2]
                else:
                    octets = (b"", b"GET / HTTP/1.1\r\nHost: h\r\nX: ", 2000 * request("/nothing"))[kind - 2]
                client.sendall(octets)
            except OSError:
                pass  # it was ended, or is not read any more
            return client

        before = responder.private_memory()
        attackers = []

        def attack_all(begin):
            for number in range(begin, count, 4):
                try:
                    attackers.append(attack(number))
                except OSError:
                    pass  # thrown out within its handshake
        threads = [threading.Thread(target=attack_all, args=(begin,)) for begin in range(4)]
        with self.tls(responder) as dns, responder.connect("http") as http:
            for thread in threads:
                thread.start()
            asked = 0
            while asked < 20 or any(thread.is_alive() for thread in threads):
                dns.sendall(framed(question(WWW, number=asked)))
                self.assertEqual(receive_message(dns).number, asked)
                self.assertEqual(sorted(ask(http, WWW).lines), WWW_LINES)
                asked += 1
            for thread in threads:
                thread.join()
        self.assertGreater(len(attackers), count // 2)
        self.assert_octets_below(responder.private_memory() - before, (16 << 20) + (64 << 10) * count)
        for client in attackers:
            client.close()
        with self.tls(responder) as dns:
            dns.sendall(framed(question(WWW)))
            self.assertEqual(sorted(receive_message(dns).lines), WWW_LINES)
        self.assertEqual(responder.stop(), 0)

    @staticmethod
    def tls(responder):
        return responder.context("dot").wrap_socket(responder.connect("tls"),
                                                    server_hostname="pdns.example")

    @staticmethod
    def hello(responder):
        """The first octets of a client's handshake."""
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        half = responder.context().wrap_bio(incoming, outgoing, server_hostname="pdns.example")
        try:
            half.do_handshake()
        except ssl.SSLWantReadError:
            pass
        return outgoing.read()

    def test_a_client_behind_a_proxy_makes_room_for_itself(self):
        responder = self.serve("tcp_clients_per_address = 4\n")

        def proxied(address):
            client = responder.connect("http", "127.0.0.9")
            client.sendall(proxy_header(address))
            return client
        with proxied("192.0.2.8") as other:
            self.assertEqual(sorted(ask(other, WWW).lines), WWW_LINES)
            greedy = [proxied("192.0.2.7") for _ in range(10)]
            for client in greedy[:6]:
                self.assertEqual(closed(client), b"")
            for client in [other, *greedy[6:]]:
                self.assertEqual(sorted(ask(client, WWW).lines), WWW_LINES)
            for client in greedy:
                client.close()

    def test_a_body_that_breaks_off_looks_so(self):
        """To a client of HTTP/1.0 the end of the connection is that of the body."""
        import_huge(self.store, "small.example.", "192.0.2.1")
        responder = self.serve("")
        with responder.connect("http") as client, responder.connect("http") as half_closed:
            for each in client, half_closed:
                each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                each.sendall(b"GET /pdns/query/huge.example HTTP/1.0\r\nHost: localhost\r\n\r\n")
                self.assertTrue(each.recv(100).startswith(b"HTTP/1.1 200 OK\r\n"))
            half_closed.shutdown(socket.SHUT_WR)
            (self.store / "data.mdb").rename(self.folder / "away")
            responder.wait_for("the store .*: data.mdb was removed")
            for each in client, half_closed:
                with self.assertRaises(ConnectionResetError):
                    while each.recv(65536):
                        pass


if __name__ == "__main__":
    import unittest
    unittest.main()
