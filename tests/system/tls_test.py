"""DNS over TLS (RFC 7858): what is particular to it; the answers are those of TCP."""

import json
import re
import signal
import socket
import ssl
import struct

from daemon import Unbound
from dns_client import NOERROR, PATIENCE, REFUSED, closed, framed, question, receive_message
from harness import RESPONDER, FolderCase, Responder, StoreCase, import_text, run, until
from stores import BUSY, HISTORY, WWW, WWW_LINES


def make_certificate(folder, name, days=30):
    """A certificate that is its own authority, and its key; their paths."""
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    made = run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
               "-nodes", "-days", days, "-subj", f"/CN={name}", "-addext",
               "subjectAltName=DNS:pdns.example,IP:127.0.0.2", "-keyout", key, "-out", certificate)
    if made.returncode != 0:
        raise AssertionError(made.stderr)
    key.chmod(0o600)
    return certificate, key


def write_config(path, certificate, key, more=""):
    path.write_text("[responder]\nlisten_tls = [\"127.0.0.2@0\"]\n" + more +
                    f"[tls]\ncertificate = {json.dumps(str(certificate))}\n"
                    f"key = {json.dumps(str(key))}\n")


def padded(name, octets=0):
    """A question with the padding option."""
    message = question(name)
    return message[:-2] + struct.pack("!HHH", 4 + octets, 12, octets) + bytes(octets)


class Server(Responder):
    def __init__(self, store, config, authority):
        super().__init__(store, config=config)
        self.tls_port = int(self.wait_for(r"listening on 127\.0\.0\.2@(\d+) \(tls\)")[1])
        self.authority = authority

    def context(self, *protocols):
        context = ssl.create_default_context(cafile=self.authority)
        if protocols:
            context.set_alpn_protocols(protocols)
        return context

    def raw(self):
        """A connection to the port of TLS on which nothing was sent."""
        return socket.create_connection(("127.0.0.2", self.tls_port), PATIENCE)

    def tls(self, *protocols, context=None, session=None):
        context = context or self.context(*protocols)
        return context.wrap_socket(self.raw(), server_hostname="pdns.example", session=session)


def exchange(client, message):
    client.sendall(framed(message))
    return receive_message(client)


class TlsTest(StoreCase):
    CONTENT = HISTORY

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.certificate, cls.key = make_certificate(cls.folder, "first")
        config = cls.folder / "dnshist.toml"
        cls.log = cls.folder / "queries"
        write_config(config, cls.certificate, cls.key,
                     f"query_log = {json.dumps(str(cls.log))}\ndeny = [\"127.0.0.7/32\"]\n")
        cls.responder = Server(cls.store, config, cls.certificate)
        cls.addClassCleanup(cls.responder.__exit__)

    def check_dig(self, *words):
        said = run(*words, "@127.0.0.2", "-p", self.responder.tls_port, "TXT", WWW)
        for line in WWW_LINES:
            self.assertIn(line, said.stdout, said.stdout + said.stderr)
        return said.stdout

    def test_dig(self):
        self.check_dig("dig", "+tls")
        self.check_dig("dig", "+tls", f"+tls-ca={self.certificate}", "+tls-hostname=pdns.example")

    def test_kdig(self):
        self.check_dig("kdig", "+tls")
        said = self.check_dig("kdig", f"+tls-ca={self.certificate}", "+tls-hostname=pdns.example",
                              "+padding=128")
        self.assertIn("PADDING", said)

    def test_unbound(self):
        with Unbound("pdns.local", f"127.0.0.2@{self.responder.tls_port}",
                     "local-zone: local nodefault", "tls-upstream: yes", address="127.0.0.3",
                     kind="forward") as unbound:
            said = run("dig", "@127.0.0.3", "-p", unbound.port, "+short", "TXT", WWW)
            self.assertEqual(sorted(said.stdout.split("\n")),
                             sorted([f'"{line}"' for line in WWW_LINES] + [""]))

    def test_many_questions_without_waiting(self):
        with self.responder.tls("dot") as client:
            self.assertEqual(client.selected_alpn_protocol(), "dot")
            client.sendall(b"".join(framed(question(WWW, number=number)) for number in range(500)))
            for number in range(500):
                answer = receive_message(client)
                self.assertEqual((answer.number, answer.rcode), (number, NOERROR))
                self.assertEqual(sorted(answer.lines), WWW_LINES)

    def test_more_than_one_read_takes(self):
        """What OpenSSL holds makes no socket readable."""
        for count in 40, 61, 62, 100, 150:
            with self.responder.tls() as client:
                client.sendall(b"".join(framed(question(WWW, number=number))
                                        for number in range(count)))
                for number in range(count):
                    self.assertEqual(receive_message(client).number, number)

    def test_octets_one_by_one(self):
        with self.responder.tls() as client:
            for octet in framed(question(WWW)):
                client.sendall(bytes([octet]))
            self.assertEqual(sorted(receive_message(client).lines), WWW_LINES)

    def test_long_answers_to_a_slow_reader(self):
        with self.responder.tls() as client:
            client.sendall(b"".join(framed(question(BUSY, number=number)) for number in range(40)))
            for number in range(40):
                answer = receive_message(client)
                self.assertEqual((answer.number, len(answer.lines)), (number, 100))

    def test_other_protocols_and_versions_are_refused(self):
        with self.assertRaisesRegex(ssl.SSLError, "no application protocol"):
            self.responder.tls("h2", "http/1.1")
        old = self.responder.context()
        old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        old.set_ciphers("ALL:@SECLEVEL=0")
        with self.assertRaises(ssl.SSLError):
            self.responder.tls(context=old)

    def test_sessions_are_resumed(self):
        for version in ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3:
            context = self.responder.context()
            context.maximum_version = version
            with self.responder.tls(context=context) as client:
                exchange(client, question(WWW))
                session = client.session
            with self.responder.tls(context=context, session=session) as client:
                self.assertTrue(client.session_reused)
                self.assertEqual(sorted(exchange(client, question(WWW)).lines), WWW_LINES)

    def test_answers_are_padded_where_questions_are(self):
        with self.responder.tls() as client:
            for name in WWW, BUSY, "never.history.seen.example.pdns.local":
                for octets in 0, 100:
                    answer = exchange(client, padded(name, octets))
                    self.assertEqual(len(answer.octets) % 468, 0)
                self.assertNotEqual(len(exchange(client, question(name)).octets) % 468, 0)
        # Not where the size is seen anyway.
        with self.responder.tcp() as client:
            self.assertNotEqual(len(exchange(client, padded(WWW)).octets) % 468, 0)

    def test_what_is_no_tls_ends_the_connection(self):
        for octets in framed(question(WWW)), b"GET / HTTP/1.1\r\n\r\n", bytes(1000), b"\xff" * 20000:
            with self.responder.raw() as client:
                client.sendall(octets)
                self.assertNotIn(b"www.example", closed(client))

    def test_half_a_handshake_holds_up_nobody(self):
        waiting = [self.responder.raw() for _ in range(100)]
        for client in waiting[:50]:
            client.sendall(b"\x16\x03\x01\x02\x00\x01")
        with self.responder.tls() as client:
            self.assertEqual(sorted(exchange(client, question(WWW)).lines), WWW_LINES)
        for client in waiting:
            client.close()

    def test_clients_may_do_what_they_may_over_tcp(self):
        with socket.socket() as raw:
            raw.bind(("127.0.0.7", 0))
            raw.connect(("127.0.0.2", self.responder.tls_port))
            with self.responder.context().wrap_socket(raw, server_hostname="pdns.example") as client:
                self.assertEqual(exchange(client, question(WWW)).rcode, REFUSED)

    def test_the_query_log_names_tls(self):
        with self.responder.tls() as client:
            exchange(client, question("a.history.logged.example.pdns.local"))
        logged = re.compile(r" tls a\.history\.logged\.example\.")
        until(lambda: logged.search(self.log.read_text()))


class SlowHandshake:
    """A connection that is accepted, on which the handshake begins with finish()."""

    def __init__(self, responder, *protocols):
        self.context = responder.context(*protocols)
        self.raw = responder.raw()
        # It is accepted once others are that came later.
        for _ in range(8):
            with responder.tls() as later:
                exchange(later, question(WWW))

    def finish(self):
        return self.context.wrap_socket(self.raw, server_hostname="pdns.example")


class CertificateTest(FolderCase):
    def setUp(self):
        super().setUp()
        import_text(self.store, HISTORY)
        self.config = self.folder / "dnshist.toml"
        self.certificate, self.key = make_certificate(self.folder, "first")

    def problem(self):
        checked = run(RESPONDER, "--config", self.config, "--check-config")
        self.assertEqual(checked.returncode, 1)
        return checked.stderr.strip()

    def test_a_reload_takes_a_new_certificate_and_loses_no_connection(self):
        write_config(self.config, self.certificate, self.key)
        with Server(self.store, self.config, self.certificate) as responder:
            with responder.tls() as old:
                exchange(old, question(WWW))
                slow = SlowHandshake(responder, "dot")
                second, second_key = make_certificate(self.folder, "second")
                second.replace(self.certificate)
                second_key.replace(self.key)
                responder.reload()
                exchange(old, question(WWW))
                with responder.tls(context=responder.context()) as new:
                    self.assertIn((("commonName", "second"),), new.getpeercert()["subject"])
                    exchange(new, question(WWW))
                # A handshake goes on with what it began with, whatever became of that.
                exchange(slow.finish(), question(WWW))
                # A broken one changes nothing.
                self.certificate.write_text("no certificate\n")
                responder.send(signal.SIGHUP)
                responder.wait_for("the certificate stays as it was: the certificate .* cannot be read")
                exchange(old, question(WWW))

    def test_without_a_listener_in_the_file_the_port_stays_encrypted(self):
        write_config(self.config, self.certificate, self.key)
        with Server(self.store, self.config, self.certificate) as responder:
            self.config.write_text("")
            responder.reload()
            with responder.tls() as client:
                exchange(client, question(WWW))
            with responder.raw() as client:
                client.sendall(framed(question(WWW)))
                self.assertNotIn(b"www.example", closed(client))

    def test_mistakes_say_what_they_are(self):
        self.config.write_text("[responder]\nlisten_tls = [\"127.0.0.2@0\"]\n")
        self.assertRegex(self.problem(), r"dnshist.toml:2: responder.listen_tls needs tls.certificate, ")
        write_config(self.config, self.certificate, "")
        self.assertRegex(self.problem(), r"dnshist.toml:2: responder.listen_tls needs tls.key, ")
        write_config(self.config, self.folder / "none.pem", self.key)
        self.assertRegex(self.problem(), "the certificate .*none.pem cannot be read: No such file")
        write_config(self.config, self.certificate, self.certificate)
        self.assertRegex(self.problem(), "the key .*first.pem cannot be used: ")
        _, other = make_certificate(self.folder, "other")
        write_config(self.config, self.certificate, other)
        self.assertRegex(self.problem(), "the key .*other.key cannot be used: key values mismatch")
        made = run("openssl", "genrsa", "-out", other, "2048")
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertRegex(self.problem(), "the key .*other.key cannot be used: ")

    def test_a_certificate_that_expires_soon_is_told(self):
        write_config(self.config, *make_certificate(self.folder, "soon", days=3))
        with Server(self.store, self.config, self.certificate) as responder:
            responder.wait_for("the certificate of tls.certificate expires in [23] days")
