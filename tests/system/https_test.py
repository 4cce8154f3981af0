"""DNS over HTTPS (RFC 8484), with HTTP/1.1 and HTTP/2, and what is particular to HTTP."""

import base64
import json
import re
import signal
import socket
import ssl
import struct

from daemon import Daemon
from dns_client import NOERROR, NXDOMAIN, PATIENCE, REFUSED, Answer, closed, question
from harness import (RESPONDER, FolderCase, Responder, StoreCase, import_huge, import_text, run,
                     until)
from stores import BUSY, HISTORY, WWW, WWW_LINES
from tls_test import make_certificate

HTTP2_BEGIN = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\x04\0\0\0\0\0"


def write_config(path, certificate, key, more=""):
    path.write_text("[http]\nlisten = [\"127.0.0.2@0\"]\nlisten_tls = [\"127.0.0.2@0\"]\n" + more +
                    f"[tls]\ncertificate = {json.dumps(str(certificate))}\n"
                    f"key = {json.dumps(str(key))}\n")


class Server(Responder):
    def __init__(self, store, config, authority):
        super().__init__(store, config=config)
        self.https_port = int(self.wait_for(r"listening on 127\.0\.0\.2@(\d+) \(https\)")[1])
        self.http_port = int(self.wait_for(r"listening on 127\.0\.0\.2@(\d+) \(http\)")[1])
        self.authority = authority

    def http(self, source=None):
        return socket.create_connection(("127.0.0.2", self.http_port), PATIENCE,
                                        source and (source, 0))

    def https(self, *protocols):
        context = ssl.create_default_context(cafile=self.authority)
        context.set_alpn_protocols(protocols or ["http/1.1"])
        return context.wrap_socket(
            socket.create_connection(("127.0.0.2", self.https_port), PATIENCE),
            server_hostname="pdns.example")


def request(target="/dns-query", method="GET", content=b"", *fields, host="127.0.0.2"):
    """A request of HTTP/1.1."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", *fields]
    if content:
        lines += [f"Content-Length: {len(content)}", "Content-Type: application/dns-message"]
    return "\r\n".join([*lines, "", ""]).encode() + content


class Response:
    """A response of HTTP/1.1, read from a connection."""

    def __init__(self, client):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            octet = client.recv(1)
            if not octet:
                raise AssertionError(f"the connection ended within {head!r}")
            head += octet
        status, *lines = head.decode().split("\r\n")[:-2]
        self.status = int(status.split()[1])
        self.fields = dict(line.split(": ", 1) for line in lines)
        self.content = b""
        size = int(self.fields["content-length"])
        while len(self.content) < size:
            self.content += client.recv(size - len(self.content))


def exchange(client, octets):
    client.sendall(octets)
    return Response(client)


def ask(client, name):
    return Answer(exchange(client, request(method="POST", content=question(name))).content)


def http2_get(stream, name):
    """A question as a frame of HTTP/2, with the fields of HPACK's static table."""
    path = b"/dns-query?dns=" + base64.urlsafe_b64encode(question(name)).rstrip(b"=")
    fields = b"\x82\x86\x04\x7f" + bytes([len(path) - 127]) if len(path) >= 127 else (
        b"\x82\x86\x04" + bytes([len(path)]))
    fields += path + b"\x01\x09127.0.0.2"
    return struct.pack("!I", len(fields))[1:] + b"\x01\x05" + struct.pack("!I", stream) + fields


def http2_frame(client):
    """The next frame: its type, flags and stream."""
    def take(size):
        octets = b""
        while len(octets) < size:
            part = client.recv(size - len(octets))
            if not part:
                raise AssertionError("the connection ended")
            octets += part
        return octets
    head = take(9)
    take(int.from_bytes(head[:3], "big"))
    return head[3], head[4], int.from_bytes(head[5:], "big")


class HttpsTest(StoreCase):
    CONTENT = HISTORY

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.certificate, cls.key = make_certificate(cls.folder, "first")
        config = cls.folder / "dnshist.toml"
        cls.log = cls.folder / "queries"
        write_config(config, cls.certificate, cls.key,
                     "names = [\"pdns.example\"]\ntrusted_proxies = [\"127.0.0.9/32\"]\n"
                     f"[responder]\nquery_log = {json.dumps(str(cls.log))}\n"
                     "deny = [\"127.0.0.7/32\"]\n")
        cls.responder = Server(cls.store, config, cls.certificate)
        cls.addClassCleanup(cls.responder.__exit__)

    def check(self, *words, port=None):
        said = run(*words, "@127.0.0.2", "-p", port or self.responder.https_port, "TXT", WWW)
        for line in WWW_LINES:
            self.assertIn(line, said.stdout, said.stdout + said.stderr)

    def test_dig(self):
        self.check("dig", "+https")
        self.check("dig", "+https", f"+tls-ca={self.certificate}", "+tls-hostname=pdns.example")
        self.check("dig", "+https-get")
        self.check("dig", "+http-plain", port=self.responder.http_port)
        self.check("dig", "+http-plain-get", port=self.responder.http_port)

    def test_kdig(self):
        self.check("kdig", "+https")
        self.check("kdig", "+https-get")
        self.check("kdig", "+https", f"+tls-ca={self.certificate}", "+tls-hostname=pdns.example")

    def test_curl(self):
        asked = base64.urlsafe_b64encode(question(WWW)).rstrip(b"=").decode()
        url = f"https://127.0.0.2:{self.responder.https_port}/dns-query?dns={asked}"
        for version in "--http1.1", "--http2":
            said = run("curl", "-sS", version, "--cacert", self.certificate, "-o",
                       self.folder / "answer", "-w", "%{http_code} %{content_type}", url)
            self.assertEqual(said.stdout, "200 application/dns-message", said.stderr)
            answer = Answer((self.folder / "answer").read_bytes())
            self.assertEqual(sorted(answer.lines), WWW_LINES)

    def test_curl_resolves_names(self):
        """By DNS over HTTPS; there is no address, which is an answer too."""
        said = run("curl", "-sS", "--doh-insecure", "--doh-url",
                   f"https://127.0.0.2:{self.responder.https_port}/dns-query",
                   "http://curl.example.pdns.local/")
        self.assertIn("resolve host", said.stderr)
        until(lambda: " https curl.example.pdns.local. A" in self.log.read_text())

    def test_dnsdist(self):
        server = (f"newServer({{address='127.0.0.2:{self.responder.https_port}', tls='openssl', "
                  "dohPath='/dns-query', subjectName='pdns.example', validateCertificates=true, "
                  f"caStore='{self.certificate}', checkName='pdns.local.', checkType='SOA'}})")
        with Daemon("dnsdist --supervised --disable-syslog --config=$folder/dnsdist.conf",
                    {"dnsdist.conf": "setLocal('$address:$port')\nsetSecurityPollSuffix('')\n" +
                                     server + "\n"},
                    "Marking downstream .* as 'up'", address="127.0.0.3") as dnsdist:
            said = run("dig", "@127.0.0.3", "-p", dnsdist.port, "+short", "TXT", WWW)
            self.assertEqual(sorted(said.stdout.split("\n")),
                             sorted([f'"{line}"' for line in WWW_LINES] + [""]))

    def test_many_questions_without_waiting(self):
        for client in self.responder.http(), self.responder.https():
            with client:
                client.sendall(b"".join(
                    request(method="POST", content=question(WWW, number=number))
                    for number in range(200)))
                for number in range(200):
                    answer = Answer(Response(client).content)
                    self.assertEqual((answer.number, answer.rcode), (number, NOERROR))

    def test_long_answers_to_a_slow_reader(self):
        with self.responder.https() as client:
            client.sendall(b"".join(request(method="POST", content=question(BUSY, number=number))
                                    for number in range(40)))
            for number in range(40):
                answer = Answer(Response(client).content)
                self.assertEqual((answer.number, len(answer.lines)), (number, 100))

    def test_h2load(self):
        (self.folder / "question").write_bytes(question(WWW))
        said = run("h2load", "-n", 2000, "-c", 10, "-m", 20, "-d", self.folder / "question", "-H",
                   "content-type: application/dns-message",
                   f"https://127.0.0.2:{self.responder.https_port}/dns-query")
        self.assertIn("2000 succeeded, 0 failed, 0 errored", said.stdout, said.stderr)
        self.assertIn("2000 2xx", said.stdout)

    def test_the_least_ttl_says_how_long_an_answer_may_be_kept(self):
        with self.responder.https() as client:
            kept = exchange(client, request(method="POST", content=question(WWW)))
            self.assertEqual(kept.fields["cache-control"], "private, max-age=300")
            never = exchange(client, request(method="POST", content=question(
                "history.never.example.pdns.local")))
            self.assertEqual(Answer(never.content).rcode, NXDOMAIN)
            self.assertEqual((never.status, never.fields["cache-control"]),
                             (200, "private, max-age=60"))

    def test_answers_are_padded_where_questions_are(self):
        padded = question(WWW)[:-2] + struct.pack("!HHH", 4, 12, 0)
        with self.responder.https() as client:
            answer = exchange(client, request(method="POST", content=padded))
            self.assertEqual(len(answer.content) % 468, 0)
        with self.responder.http() as client:
            answer = exchange(client, request(method="POST", content=padded))
            self.assertNotEqual(len(answer.content) % 468, 0)

    def test_what_is_refused(self):
        for octets, status in ((request("/nothing"), 404), (request(), 400),
                               (request("/dns-query?dns=A=="), 400),
                               (request(method="PUT"), 405),
                               (request(method="POST", content=bytes(5000)), 413),
                               (request(method="POST"), 415),
                               (request("/", "GET", b"", "X: " + 9000 * "x"), 431),
                               (request("/", host="rebound.example"), 421),
                               (request("/nothing", host="pdns.example"), 404),
                               (b"\0" * 20, 400)):
            with self.responder.http() as client:
                response = exchange(client, octets)
                self.assertEqual(response.status, status, octets[:100])
                self.assertRegex(response.content.decode(), r"\A[^\n]+\n\Z")

    def test_clients_may_do_what_they_may_over_tcp(self):
        with self.responder.http("127.0.0.7") as client:
            self.assertEqual(ask(client, WWW).rcode, REFUSED)

    def test_the_query_log_names_the_transport(self):
        with self.responder.https() as client:
            ask(client, "a.history.logged.example.pdns.local")
        with self.responder.http() as client:
            ask(client, "a.history.logged.example.pdns.local")
        for transport in "https", "http":
            logged = re.compile(rf" {transport} a\.history\.logged\.example\.")
            until(lambda: logged.search(self.log.read_text()))

    def test_a_proxy_says_whose_connection_it_is(self):
        def header(address):
            return (b"\r\n\r\n\0\r\nQUIT\n\x21\x11" +
                    struct.pack("!H4s4sHH", 12, socket.inet_aton(address),
                                socket.inet_aton("192.0.2.1"), 1, 2))
        for address, rcode in ("127.0.0.7", REFUSED), ("192.0.2.7", NOERROR):
            with self.responder.http("127.0.0.9") as client:
                client.sendall(header(address))
                self.assertEqual(ask(client, WWW).rcode, rcode)
        # It must, and nobody else may.
        with self.responder.http("127.0.0.9") as client:
            client.sendall(request())
            self.assertEqual(closed(client), b"")
        with self.responder.http() as client:
            client.sendall(header("192.0.2.7"))
            self.assertEqual(Response(client).status, 400)

    def test_other_protocols_are_refused(self):
        with self.assertRaisesRegex(ssl.SSLError, "no application protocol"):
            self.responder.https("dot")

    def test_half_a_request_holds_up_nobody(self):
        waiting = [self.responder.http() for _ in range(100)]
        for number, client in enumerate(waiting):
            client.sendall((b"", b"GET / HT", b"PRI * HT", HTTP2_BEGIN)[number % 4])
        with self.responder.https() as client:
            self.assertEqual(sorted(ask(client, WWW).lines), WWW_LINES)
        for client in waiting[1::4]:
            self.assertIn(b"408 Request Timeout", closed(client))
        for client in waiting:
            client.close()

    def test_memory_stays_flat_under_greed(self):
        floods = [HTTP2_BEGIN + 50000 * (b"\0\0\x08\x06\0\0\0\0\0" + bytes(8)),       # PING
                  HTTP2_BEGIN + 50000 * b"\0\0\0\x04\0\0\0\0\0",                      # SETTINGS
                  HTTP2_BEGIN + b"".join(
                      b"\0\0\x03\x01\x05" + struct.pack("!I", stream) + b"\x82\x86\x84" +
                      b"\0\0\x04\x03\0" + struct.pack("!II", stream, 8)
                      for stream in range(1, 40001, 2)),                             # rapid reset
                  HTTP2_BEGIN + b"\0\0\x03\x01\x01\0\0\0\x01\x82\x86\x84" +
                  5000 * b"\0\0\0\x09\0\0\0\0\x01",                                   # CONTINUATION
                  request("/", "POST", b"", "Transfer-Encoding: chunked") + 100000 * b"1\r\nx\r\n",
                  20000 * request("/nothing")]                                       # not read
        before = self.responder.private_memory()
        for _ in range(5):
            for octets in floods:
                with self.responder.http() as client:
                    client.settimeout(1)
                    try:
                        client.sendall(octets)
                    except OSError:
                        pass  # it was ended, or is not read any more
        with self.responder.http() as client:
            self.assertEqual(sorted(ask(client, WWW).lines), WWW_LINES)
        self.assert_octets_below(self.responder.private_memory() - before, 16 << 20)


class ConfigurationTest(FolderCase):
    def setUp(self):
        super().setUp()
        import_text(self.store, HISTORY)
        self.config = self.folder / "dnshist.toml"

    def problem(self, text):
        self.config.write_text(text)
        checked = run(RESPONDER, "--config", self.config, "--check-config")
        self.assertEqual(checked.returncode, 1)
        return checked.stderr.strip().removeprefix(f"{self.config}:")

    def test_users(self):
        made = run(RESPONDER, "--new-key", "alice")
        self.assertEqual(made.returncode, 0, made.stderr)
        key = re.search(r"^ +([0-9a-f]{32})$", made.stdout, re.MULTILINE)[1]
        line = re.search(r"^ +(alice = .*)$", made.stdout, re.MULTILINE)[1]
        self.assertNotIn(key, line)
        certificate, private_key = make_certificate(self.folder, "first")
        write_config(self.config, certificate, private_key, f"[http.users]\n{line}\n")
        basic = base64.b64encode(f"alice:{key}".encode()).decode()
        with Server(self.store, self.config, certificate) as responder:
            with responder.https() as client:
                refused = exchange(client, request("/nothing"))
                self.assertEqual(refused.status, 401)
                self.assertRegex(refused.content.decode(), r"\A[^\n]+\n\Z")
                for field in (f"Authorization: Basic {basic}", f"Authorization: {key}",
                              f"X-API-Key: {key}"):
                    self.assertEqual(exchange(client, request("/nothing", "GET", b"", field)).status,
                                     404)
                for field in ("Authorization: Basic YWxpY2U6a2V5", f"Authorization: {key}0",
                              "X-API-Key: alice"):
                    self.assertEqual(exchange(client, request("/nothing", "GET", b"", field)).status,
                                     401)
                self.assertEqual(sorted(ask(client, WWW).lines), WWW_LINES)

    def test_a_reload_takes_a_new_certificate_and_loses_no_question(self):
        certificate, key = make_certificate(self.folder, "first")
        write_config(self.config, certificate, key)
        with Server(self.store, self.config, certificate) as responder, \
                responder.https() as old, responder.http() as plain:
            for client in old, plain:
                client.sendall(b"".join(request(method="POST", content=question(WWW, number=number))
                                        for number in range(100)))
            second, second_key = make_certificate(self.folder, "second")
            second.replace(certificate)
            second_key.replace(key)
            responder.reload()
            for client in old, plain:
                for number in range(100):
                    self.assertEqual(Answer(Response(client).content).number, number)
                ask(client, WWW)
            with responder.https() as new:
                self.assertIn((("commonName", "second"),), new.getpeercert()["subject"])
                ask(new, WWW)
            certificate.write_text("no certificate\n")
            responder.send(signal.SIGHUP)
            responder.wait_for("the certificate stays as it was: the certificate .* cannot be read")
            ask(old, WWW)

    def test_a_costly_question_holds_up_no_other_of_its_connection(self):
        """In HTTP/2; and is answered in its turn, whatever the version."""
        import_huge(self.store, "small.example.", "192.0.2.1")
        costly = "sort-count.limit-2.history.huge.example.pdns.local"
        self.config.write_text("[http]\nlisten = [\"127.0.0.2@0\"]\n")
        with Responder(self.store, config=self.config) as responder:
            port = int(responder.wait_for(r"listening on 127\.0\.0\.2@(\d+) \(http\)")[1])
            with socket.create_connection(("127.0.0.2", port), PATIENCE) as client:
                self.assertEqual(len(ask(client, costly).lines), 3)
                self.assertEqual(len(ask(client, WWW).lines), 2)
            with socket.create_connection(("127.0.0.2", port), PATIENCE) as client:
                client.sendall(HTTP2_BEGIN + http2_get(1, costly) + http2_get(3, WWW))
                answered = []
                while len(answered) < 2:
                    kind, flags, stream = http2_frame(client)
                    if kind == 0 and flags & 1:
                        answered.append(stream)
                self.assertEqual(answered, [3, 1])

    def test_a_client_that_reads_nothing_loses_its_connection(self):
        """By HTTP/2 without a window: what it asks is answered in part, and costs no work meanwhile."""
        no_window = b"\0\0\x06\x04\0\0\0\0\0\0\x04\0\0\0\0"
        self.config.write_text("[responder]\ntcp_idle_timeout = 1\nthreads = 1\n"
                               "[http]\nlisten = [\"127.0.0.2@0\"]\n")
        with Responder(self.store, config=self.config) as responder:
            port = int(responder.wait_for(r"listening on 127\.0\.0\.2@(\d+) \(http\)")[1])
            with socket.create_connection(("127.0.0.2", port), PATIENCE) as client:
                client.sendall(HTTP2_BEGIN + no_window + b"".join(
                    http2_get(stream, BUSY) for stream in range(1, 101, 2)))
                closed(client)
            self.assertEqual(len(responder.ask(WWW).lines), 2)

    def test_mistakes_say_what_they_are(self):
        self.assertRegex(self.problem("[http]\nlisten_tls = [\"127.0.0.2@0\"]\n"),
                         "^2: http.listen_tls needs tls.certificate, ")
        self.assertRegex(self.problem("[http]\nlisten = [\"192.0.2.53@80\"]\n"),
                         r"^2: http.listen: expected .* on loopback, .*http.listen_tls, not "
                         r"[\"']192.0.2.53@80[\"']$")
        self.assertRegex(self.problem("[http.users]\nalice = { views = [\"history\"] }\n"),
                         r"^2: http.users.alice: expected { key = \"sha256:...\", .*--new-key NAME.*"
                         r", not a table of views$")
        self.assertRegex(self.problem("[http.users]\nalice = { key = \"secret\" }\n"),
                         r"^2: http.users.alice: expected .*, not [\"']secret[\"']$")
        hashed = "sha256:" + 64 * "0"
        self.assertRegex(
            self.problem(f"[http.users]\nalice = {{ key = \"{hashed}\", views = [\"all\"] }}\n"),
            r"^2: http.users.alice: expected .*, not [\"']all[\"']$")

    def test_strangers_are_told_of_the_missing_users(self):
        certificate, key = make_certificate(self.folder, "first")
        self.config.write_text(f"[http]\nlisten_tls = [\"0.0.0.0@0\"]\n[tls]\ncertificate = "
                               f"{json.dumps(str(certificate))}\nkey = {json.dumps(str(key))}\n")
        checked = run(RESPONDER, "--config", self.config, "--check-config")
        self.assertEqual(checked.returncode, 0)
        self.assertIn("http.listen_tls answers DNS alone: there are no users", checked.stderr)
