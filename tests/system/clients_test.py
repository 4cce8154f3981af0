"""The same question has the same answer: by every client, through every kind of resolver."""

import pathlib
import random
import tempfile

from daemon import Unbound, free_port
from harness import Responder, run
from questions import (ADDRESS, LONG, MISTAKES, NEVER_SEEN, NOTHING_PASSES, ODD, ODD_TIME, QUESTIONS,
                       ZONE, WithSample, ask)


class ClientsTest(WithSample):
    def test_questions_have_answers(self):
        for question in QUESTIONS:
            with self.subTest(question):
                rcode, lines = self.dig[question]
                self.assertEqual(rcode, "NOERROR")
                self.assertTrue(lines)
                self.assertNotRegex("\n".join(lines), "(?m)^# (error|note: (?!these records are at))")

    def test_mistakes_have_one_line(self):
        for question in MISTAKES:
            with self.subTest(question):
                rcode, lines = self.dig[question]
                self.assertEqual((rcode, len(lines)), ("NOERROR", 1))
                self.assertRegex(lines[0], "^# error: ")

    def test_what_was_never_seen_does_not_exist(self):
        for question in NEVER_SEEN:
            with self.subTest(question):
                self.assertEqual(self.dig[question], ("NXDOMAIN", []))

    def test_where_nothing_passes_there_is_no_data(self):
        for question in NOTHING_PASSES:
            with self.subTest(question):
                self.assertEqual(self.dig[question], ("NOERROR", []))

    def test_odd_characters_and_long_lines_come_whole(self):
        for owner, rdata in ("odd.example", ODD), ("long.odd.example", LONG):
            self.assertEqual(ask(self.responder.port, "TXT", f"txt.history.{owner}"),
                             ("NOERROR", [f"{ODD_TIME} {owner}. TXT {rdata}"]))

    def test_kdig(self):
        self.check_everything(self.responder.port, "kdig")

    def test_drill(self):
        self.check_everything(self.responder.port, "drill")

    def test_host(self):
        self.check_everything(self.responder.port, "host")

    def test_nslookup(self):
        self.check_everything(self.responder.port, "nslookup")


class ResolversTest(WithSample):
    def resolver(self, *options, **settings):
        return self.enterContext(Unbound(ZONE, f"{ADDRESS}@{self.responder.port}", *options,
                                         address=ADDRESS, **settings))

    def strict_resolver(self):
        return self.resolver("qname-minimisation: yes", "qname-minimisation-strict: yes")

    def test_that_asks_for_whole_names(self):
        self.check_everything(self.resolver("qname-minimisation: no").port)

    def test_that_minimises(self):
        self.check_everything(self.resolver("qname-minimisation: yes").port)

    def test_that_minimises_strictly(self):
        self.check_everything(self.strict_resolver().port)

    def test_that_mixes_case(self):
        self.check_everything(self.resolver("use-caps-for-id: yes").port)

    def test_that_forwards(self):
        self.check_everything(self.resolver(kind="forward").port)

    def test_page_by_page_every_record_comes_once(self):
        self.check_pages(self.strict_resolver().port)


class StubTest(WithSample):
    """The time machine for a program that knows nothing of it: getent, through glibc."""

    NAME = f"2021-06-01.at.www.harbour.example.{ZONE}"
    ADDRESSES = {"192.0.2.71", "192.0.2.72"}

    # Runs a program with a resolv.conf and an nsswitch.conf of its own; these three are to follow.
    PRIVATELY = ("unshare", "-m", "sh", "-c", 'mount --bind "$0" /etc/resolv.conf && '
                 'mount --bind "$1" /etc/nsswitch.conf && shift && exec "$@"')

    def setUp(self):
        self.address = "127." + ".".join(str(random.randint(2, 250)) for _ in range(3))
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        resolv_conf, nsswitch_conf = folder / "resolv.conf", folder / "nsswitch.conf"
        resolv_conf.write_text(f"nameserver {self.address}\n")
        nsswitch_conf.write_text("hosts: dns\n")
        self.privately = (*self.PRIVATELY, resolv_conf, nsswitch_conf)
        try:
            free_port(self.address, 53)
        except OSError as error:
            self.skipTest(f"port 53 of {self.address}: {error}")
        if (tried := run(*self.privately, "true")).returncode != 0:
            self.skipTest(f"no resolv.conf of its own for a program: {tried.stderr}")

    def getent(self, database):
        told = run(*self.privately, "getent", database, self.NAME)
        return {line.split()[0] for line in told.stdout.splitlines()}

    def check_getent(self):
        self.assertEqual(self.getent("hosts"), {"2001:db8:cd::7"})
        self.assertLessEqual(self.ADDRESSES, self.getent("ahosts"))
        if run("getent", "ahostsv4", "127.0.0.1").returncode != 0:
            self.skipTest("getent ahostsv4 has no answers where the machine has only 127.0.0.1")
        self.assertEqual(self.getent("ahostsv4"), self.ADDRESSES)

    def test_asks_the_responder(self):
        self.enterContext(Responder(self.store, listen=(f"{self.address}@53",)))
        self.check_getent()

    def test_asks_a_resolver(self):
        self.enterContext(Unbound(ZONE, f"{ADDRESS}@{self.responder.port}",
                                  address=self.address, port=53))
        self.check_getent()
