"""Signed questions (TSIG, RFC 8945) with dig and kdig, and with packets that no client would send."""

import base64
import json
import os
import re
import signal
import socket
import struct
import time

import tsig
from dns_client import FORMERR, NOERROR, REFUSED, Answer, framed, question, receive_exactly
from harness import RESPONDER, Responder, StoreCase, run
from stores import BUSY, HISTORY, WWW, WWW_LINES
from tsig import BADKEY, BADSIG, BADTIME, BADTRUNC, NOTAUTH, Key


def new_key(name, algorithm, octets=32):
    return Key(name, algorithm, base64.b64encode(os.urandom(octets)).decode())


def bind_text(key):
    """The key as tsig-keygen writes it."""
    return (f"key \"{key.name}\" {{\n\talgorithm {key.algorithm};\n"
            f"\tsecret \"{key.secret}\";\n}};\n")


def knot_text(key):
    """The key as keymgr writes it."""
    return (f"# {key.algorithm}:{key.name}:{key.secret}\n"
            f"key:\n  - id: {key.name}\n    algorithm: {key.algorithm}\n    secret: {key.secret}\n")


def write_private(path, text):
    path.touch(0o600)
    path.write_text(text)


class WithKeys(StoreCase):
    CONTENT = HISTORY

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keys = [new_key("monitor.example", "hmac-sha256"),
                    new_key("Desk.pdns.local", "hmac-sha384", 48),
                    new_key("archive", "hmac-sha512", 100)]
        cls.short = new_key("short.example", "hmac-sha256-128")
        bind, knot = cls.folder / "bind.conf", cls.folder / "knot.conf"
        write_private(bind, "".join(map(bind_text, [*cls.keys[:2], cls.short])))
        write_private(knot, knot_text(cls.keys[2]))
        cls.config = cls.folder / "dnshist.toml"
        cls.write_config([bind, knot], "127.0.0.9/32")

    @classmethod
    def write_config(cls, files, *required):
        cls.config.write_text(f"[responder]\nkeys = {json.dumps([str(file) for file in files])}\n"
                              f"require_key = {json.dumps(required)}\n")


class ListsTest(WithKeys):
    """A key says who asks, and gives no right: the lists of clients hold for signed questions too."""

    def test_a_valid_key_lifts_no_list(self):
        keys = self.config.read_text()
        key = self.keys[0].argument()
        for lines in ('deny = ["127.0.0.5/32"]\n', 'allow = ["127.0.0.1/32"]\n',
                      '[responder.views]\nhistory = ["127.0.0.1/32"]\n'):
            self.config.write_text(keys + lines)
            with Responder(self.store, config=self.config) as responder:
                for transport in "+notcp", "+tcp":
                    with self.subTest(lines, transport=transport):
                        def ask(source):
                            return run("dig", "-b", source, "@127.0.0.2", "-p", responder.port,
                                       transport, "-y", key, "TXT", WWW).stdout

                        told = ask("127.0.0.5")
                        self.assertIn("status: REFUSED", told)
                        self.assertNotIn("192.0.2.", told)
                        self.assertIn(WWW_LINES[0], ask("127.0.0.1"))

    def test_a_client_that_may_not_ask_cannot_find_out_which_keys_there_are(self):
        keys = self.config.read_text()
        self.addCleanup(self.config.write_text, keys)
        self.config.write_text(keys + 'deny = ["127.0.0.5/32"]\n')
        good, wrong = self.keys[0].argument(), base64.b64encode(b"x" * 32).decode()
        known = good.rsplit(":", 1)[0]
        with Responder(self.store, config=self.config) as responder:
            said = {key: run("dig", "-b", "127.0.0.5", "@127.0.0.2", "-p", responder.port,
                             "+notcp", "+qr", "-y", key, "TXT", WWW).stdout
                    for key in (good, f"{known}:{wrong}", f"hmac-sha256:no.such.key:{wrong}")}
            for key, text in said.items():
                with self.subTest(key):
                    answer = text.split(";; Got answer:")[-1]
                    self.assertIn("status: REFUSED", answer)
                    self.assertNotIn("TSIG", answer.split("Query time:")[0])


class ClientsTest(WithKeys):
    """dig and kdig accept the answers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.responder = Responder(cls.store, config=cls.config)
        cls.addClassCleanup(cls.responder.__exit__)

    def ask(self, *words, name=WWW):
        result = run(words[0], "@127.0.0.2", "-p", self.responder.port, *words[1:], "TXT", name)
        return result.stdout + result.stderr

    def check_right(self, said, line=WWW_LINES[0]):
        self.assertIn(line, said)
        self.assertRegex(said, r"TSIG\s+hmac-sha\d+\. \d+ 300 \d+ \S{40}.* NOERROR")
        self.assertNotIn("verif", said)
        self.assertNotIn("validated", said)

    def test_dig(self):
        for transport in "+notcp", "+tcp":
            for key in self.keys:
                self.check_right(self.ask("dig", transport, "-y", key.argument()))
                self.check_right(self.ask("dig", transport, "+noedns", "-y", key.argument()))

    def test_dig_with_a_file(self):
        for key in *self.keys, self.short:
            path = self.folder / "key of dig"
            write_private(path, bind_text(key))
            for transport in "+notcp", "+tcp":
                self.check_right(self.ask("dig", transport, "-k", path))

    def test_kdig(self):
        for transport in "+notcp", "+tcp":
            for key in self.keys:
                self.check_right(self.ask("kdig", transport, "-y", key.argument()))
                self.check_right(self.ask("kdig", transport, "+edns", "-y", key.argument()))

    def test_kdig_with_a_file(self):
        for key in self.keys:
            path = self.folder / "key of kdig"
            write_private(path, key.argument() + "\n")
            for transport in "+notcp", "+tcp":
                self.check_right(self.ask("kdig", transport, "-k", path))

    def test_large_answers_are_truncated_and_asked_for_over_tcp(self):
        key = self.keys[0].argument()
        said = self.ask("dig", "-y", key, name=BUSY)
        self.assertIn("Truncated, retrying in TCP mode", said)
        self.assertEqual(said.count("x" * 150), 99)
        self.check_right(said, "x" * 150)
        said = self.ask("dig", "-y", key, "+ignore", name=BUSY)
        self.assertRegex(said, "flags: qr aa tc")
        self.assertNotIn("verif", said)
        said = self.ask("kdig", "-y", key, name=BUSY)
        self.assertEqual(said.count("x" * 150), 99)
        self.check_right(said, "x" * 150)

    def test_many_questions_on_one_connection(self):
        said = run("kdig", "@127.0.0.2", "-p", self.responder.port, "+tcp", "+keepopen", "-y",
                   self.keys[0].argument(),
                   *(word for _ in range(3) for word in ("-t", "TXT", "-q", WWW)))
        self.assertEqual((said.stdout + said.stderr).count(WWW_LINES[0]), 3)
        self.assertNotIn("verif", said.stdout + said.stderr)

    def check_wrong(self, key, error):
        for transport in "+notcp", "+tcp":
            said = self.ask("dig", transport, "-y", key.argument())
            self.assertIn("status: NOTAUTH", said)
            self.assertRegex(said, rf"TSIG.* {error} 0")
            self.assertNotIn(WWW_LINES[0], said)
            said = self.ask("kdig", transport, "-y", key.argument())
            self.assertRegex(said, rf"status: {error}|TSIG.* {error} 0")
            self.assertNotIn(WWW_LINES[0], said)

    def test_a_wrong_secret(self):
        self.check_wrong(new_key(self.keys[0].name, "hmac-sha256"), "BADSIG")

    def test_a_key_that_is_not_known(self):
        self.check_wrong(new_key("nobody.example", "hmac-sha256"), "BADKEY")

    def test_another_algorithm(self):
        key = self.keys[0]
        for algorithm in "hmac-sha512", "hmac-sha1", "hmac-md5":
            self.check_wrong(Key(key.name, algorithm, key.secret), "BADKEY")

    def test_a_mac_that_is_cut_shorter_than_the_key_says(self):
        key = self.keys[0]
        said = self.ask("dig", "-y", Key(key.name, "hmac-sha256-128", key.secret).argument())
        self.assertRegex(said, r"TSIG.* 32 \S{40}.* BADTRUNC 0")
        self.check_right(self.ask("dig", "-y", self.short.argument()))


class PacketsTest(WithKeys):
    """Messages that no client sends, and their answers to the octet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.responder = Responder(cls.store, config=cls.config)
        cls.addClassCleanup(cls.responder.__exit__)
        cls.key = cls.keys[0]

    def exchange(self, request):
        """The response over UDP, which must be the same over TCP."""
        with self.responder.udp() as client:
            client.send(request)
            response = client.recv(65535)
        with self.responder.tcp() as client:
            client.sendall(framed(request))
            (size,) = struct.unpack("!H", receive_exactly(client, 2))
            self.assertEqual(response[:4], receive_exactly(client, size)[:4])
        return response

    def signed(self, **options):
        time_signed = options.pop("time_signed", int(time.time()))
        return tsig.sign(options.pop("message", question(WWW)), options.pop("key", self.key),
                         time_signed, **options)

    def test_the_right_key(self):
        for key in self.keys:
            request = self.signed(key=key)
            response = self.exchange(request)
            self.assertEqual(sorted(Answer(response).lines), WWW_LINES)
            self.assertTrue(tsig.is_right(response, key, request))

    def test_an_unsigned_question_has_an_unsigned_answer(self):
        response = self.exchange(question(WWW))
        self.assertEqual(sorted(Answer(response).lines), WWW_LINES)
        self.assertIsNone(tsig.split(response)[1])

    def test_whatever_is_answered_is_signed(self):
        for message, rcode in [
                (question("history.never.example.pdns.local"), 3),
                (question("www.example.com"), REFUSED),
                (question("limit-0.history.example.com.pdns.local"), NOERROR),
                (question("pdns.local", qtype=252), REFUSED)]:
            request = self.signed(message=message)
            response = self.exchange(request)
            self.assertEqual(Answer(response).rcode, rcode)
            self.assertTrue(tsig.is_right(response, self.key, request))

    def test_a_clock_that_is_an_hour_off(self):
        for off in -3600, -301 - 5, 3600:
            sent = int(time.time()) + off
            request = self.signed(time_signed=sent)
            response = self.exchange(request)
            self.assertEqual(Answer(response).rcode, NOTAUTH)
            _, record = tsig.split(response)
            self.assertEqual((record.error, record.time_signed), (BADTIME, sent))
            self.assertTrue(tsig.is_right(response, self.key, request))
            high, low = struct.unpack("!HI", record.other)
            self.assertEqual(high, 0)
            self.assertLess(abs(low - time.time()), 30)
        self.assertEqual(Answer(self.exchange(self.signed(time_signed=int(time.time()) - 3600,
                                                          fudge=3700))).rcode, NOERROR)

    def test_what_is_not_signed_by_a_key_of_ours(self):
        for key, error in [(new_key(self.key.name, "hmac-sha256"), BADSIG),
                           (new_key("nobody", "hmac-sha256"), BADKEY)]:
            response = self.exchange(self.signed(key=key))
            self.assertEqual(Answer(response).rcode, NOTAUTH)
            _, record = tsig.split(response)
            self.assertEqual((record.error, record.mac, record.other), (error, b"", b""))

    def test_macs_that_are_cut(self):
        for octets, rcode in [(31, NOTAUTH), (16, NOTAUTH), (15, FORMERR), (0, FORMERR)]:
            request = self.signed(mac_octets=octets)
            response = self.exchange(request)
            self.assertEqual(Answer(response).rcode, rcode)
            _, record = tsig.split(response)
            if rcode == FORMERR:
                self.assertIsNone(record)
            else:
                self.assertEqual(record.error, BADTRUNC)
                self.assertTrue(tsig.is_right(response, self.key, request))

    def test_a_malformed_record(self):
        for request in [self.signed(rrclass=1), self.signed(ttl=1),
                        self.signed(message=self.signed()),
                        self.signed(owner=b"\xc0\xff"), self.signed() + b"\0"]:
            response = self.exchange(request)
            self.assertEqual(Answer(response).rcode, FORMERR)
            self.assertIsNone(tsig.split(response)[1])

    def test_a_signed_answer_keeps_to_what_the_client_takes(self):
        cut = whole = 0
        with self.responder.udp() as client:
            for payload in 0, *range(512, 1300, 7):
                request = self.signed(message=question("limit-4.history.busy.example.pdns.local",
                                                       payload=payload))
                client.send(request)
                response = client.recv(65535)
                self.assertLessEqual(len(response), payload or 512)
                self.assertTrue(tsig.is_right(response, self.key, request))
                if Answer(response).truncated:
                    cut += 1
                else:
                    whole += 1
                    self.assertEqual(len(Answer(response).lines), 5)
        self.assertGreater(cut, 10)
        self.assertGreater(whole, 10)

    def test_names_so_long_that_512_octets_do_not_hold_them(self):
        label = "a" * 60 + "."
        key = new_key(label * 4 + "k", "hmac-sha512")
        request = self.signed(message=question(label * 3 + "pdns.local", payload=0), key=key)
        self.assertGreater(len(request), 512)
        with self.responder.udp() as client:
            client.send(request)
            response = client.recv(65535)
        self.assertEqual(tsig.split(response)[1].error, BADKEY)
        self.assertLess(len(response), len(request))

    def test_where_keys_are_required(self):
        for source, rcode in [("127.0.0.9", REFUSED), ("127.0.0.8", NOERROR)]:
            with self.from_address(source) as client:
                client.send(question(WWW))
                response = client.recv(65535)
                self.assertEqual(Answer(response).rcode, rcode)
                self.assertEqual(b"questions must be signed (TSIG)" in response, rcode == REFUSED)
                request = self.signed()
                client.send(request)
                response = client.recv(65535)
                self.assertEqual(sorted(Answer(response).lines), WWW_LINES)
                self.assertTrue(tsig.is_right(response, self.key, request))
                client.send(self.signed(key=new_key("nobody", "hmac-sha256")))
                self.assertEqual(Answer(client.recv(65535)).rcode, NOTAUTH)

    def from_address(self, source):
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        client.settimeout(20)
        client.bind((source, 0))
        client.connect(("127.0.0.2", self.responder.port))
        return client


class FilesTest(WithKeys):
    """Key files as the tools write them, and what is said of those with mistakes."""

    def check(self, *files, required=()):
        self.write_config(files, *required)
        return run(RESPONDER, "--config", self.config, "--check-config")

    def check_tool(self, program, *arguments):
        """A key file as the program writes it is read, and dig signs with its key."""
        text = run(program, *arguments).stdout
        path = self.folder / program
        write_private(path, text)
        self.write_config([path])
        secret = re.search(r"secret:? \"?([A-Za-z0-9+/=]+)", text)[1]
        key = Key("made.example", "hmac-sha512", secret)
        with Responder(self.store, config=self.config) as responder:
            said = run("dig", "@127.0.0.2", "-p", responder.port, "-y", key.argument(), "TXT",
                       WWW).stdout
            self.assertIn(WWW_LINES[0], said)
            self.assertNotIn("verif", said)

    def test_what_tsig_keygen_writes(self):
        self.check_tool("tsig-keygen", "-a", "hmac-sha512", "made.example")

    def test_what_keymgr_writes(self):
        self.check_tool("keymgr", "-t", "made.example", "hmac-sha512")

    def test_a_file_that_others_can_read(self):
        path = self.folder / "open"
        path.write_text(bind_text(self.keys[0]))
        path.chmod(0o644)
        result = self.check(path)
        self.assertEqual((result.returncode, result.stdout), (0, "OK\n"))
        self.assertIn(f"warning: {path} holds secrets and can be read by every user", result.stderr)
        path.chmod(0o640)
        self.assertEqual(self.check(path).stderr, "")

    def test_a_mistake_is_named_and_no_secret(self):
        path = self.folder / "broken"
        write_private(path, bind_text(self.keys[0]).replace("=\"", "\""))
        result = self.check(path)
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stderr,
                         f"{path}:3: the secret of the key monitor.example. is not base64\n")
        self.assertEqual(run(RESPONDER, "--config", self.config).returncode, 1)
        self.assertIn("/nonexistent: cannot be read: No such file", self.check("/nonexistent").stderr)

    def test_keys_that_are_required_must_be_there(self):
        self.assertEqual(self.check(required=["0.0.0.0/0"]).stderr,
                         "responder.require_key asks for keys, and responder.keys has none\n")

    def test_a_reload_reads_the_keys_again(self):
        path = self.folder / "changing"
        old, new = self.keys[:2]
        write_private(path, bind_text(old))
        self.write_config([path])
        with Responder(self.store, config=self.config) as responder:
            def error_with(key):
                with responder.udp() as client:
                    client.send(tsig.sign(question(WWW), key, int(time.time())))
                    return tsig.split(client.recv(65535))[1].error

            self.assertEqual((error_with(old), error_with(new)), (0, BADKEY))
            # A mistake: the old keys stay, and the log says where it is.
            path.write_text(bind_text(new).replace("algorithm", "algoritm"))
            responder.send(signal.SIGHUP)
            said = responder.wait_for("error: the TSIG keys stay as they were: (.*)")[1]
            self.assertEqual(said, f"{path}:2: a key has an algorithm and a secret, and this is "
                                   "neither")
            responder.wait_for("the configuration was read again")
            self.assertEqual((error_with(old), error_with(new)), (0, BADKEY))

            path.write_text(bind_text(new))
            responder.reload()
            for _ in range(1000):  # each worker is told by a message of its own
                if (error_with(old), error_with(new)) == (BADKEY, 0):
                    break
            else:
                self.fail("the keys are the old ones still")
            self.assertFalse([line for line in responder.log if old.secret in line
                              or new.secret in line])
