"""A store as an ordinary zone, and the questions that compare its servers with the responder."""

import collections
import random
import re
import socket
import subprocess

from daemon import Knot, Nsd
from dns_client import A, NOERROR, NXDOMAIN, PATIENCE, TXT, framed, question, receive_message
from harness import ZONEGEN, FolderCase, Responder, installed, run

ZONE = (b"pdns", b"local")
AT_ONCE = 50  # questions on the way over one connection
VIEWS = (b"history", b"pivot", b"names", b"summary", b"changes", b"at")
CUT = b"# note: this zone has the first "


def labels_of(text):
    """The labels of a master file's name that is relative to the zone."""
    labels, label = [], b""
    octets = re.findall(rb"\\\d{3}|\\.|.", text.encode())
    for octet in [] if text == "@" else octets + [b"."]:
        if octet == b".":
            labels.append(label)
            label = b""
        elif len(octet) == 4:
            label += bytes([int(octet[1:])])
        else:
            label += octet[-1:]
    return tuple(labels) + ZONE


def without_places(names):
    return {tuple(label for label in name if label[:5] != b"line-") for name in names}


def names_of(file):
    """The names in a zone that have TXT records, each of which is there in one place."""
    names = [ZONE]
    with open(file, encoding="ascii") as lines:
        for line in lines:
            owner, tab, _ = line.partition("\t")
            if tab and owner:
                names.append(labels_of(owner))
    twice = [name for name, times in collections.Counter(names).items() if times > 1]
    if twice:
        raise AssertionError(f"more than once in {file}: {twice}")
    return set(names)


class Asked:
    """The answers of a server over TCP."""

    def __init__(self, address, port):
        self.address, self.port = address, port

    def ask(self, names, qtype=TXT):
        """{name: its Answer}."""
        names, answers = list(names), {}
        with socket.create_connection((self.address, self.port), PATIENCE) as client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for begin in range(0, len(names), AT_ONCE):
                some = names[begin:begin + AT_ONCE]
                client.sendall(b"".join(framed(question(name, qtype, number))
                                        for number, name in enumerate(some)))
                for _ in some:
                    answer = receive_message(client)
                    answers[some[answer.number]] = answer
        return answers


# A hint of the responder's, which a zone has not.
HINT = b"# note: these records are at the reverse name"


def said(answer):
    rdata = sorted(each for each in answer.rdata if not each[1:].startswith(HINT))
    return answer.rcode, rdata, set(answer.ttls)


class ZoneCase(FolderCase):
    """A store, its zone, and servers of both."""

    maxDiff = 2000

    def setUp(self):
        super().setUp()
        self.file = self.folder / "zone"
        self.config = self.folder / "dnshist.toml"
        self.config.write_text("")

    def imports(self, *feeds):
        result = run(ZONEGEN, "--store", self.store, "import", *feeds, timeout=60)
        self.assertEqual(result.returncode, 0, result.stderr)

    def export(self, *arguments):
        """Writes the zone's file; what is said of it."""
        with open(self.file, "w", encoding="ascii") as out:
            result = self.run_export(*arguments, stdout=out)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stderr

    def run_export(self, *arguments, stdout):
        return subprocess.run([ZONEGEN, "--config", self.config, "--store", self.store, "export",
                               "--format", "zone", *arguments], stdout=stdout,
                              stderr=subprocess.PIPE, text=True, timeout=120, check=False)

    def serve(self):
        """The responder and the others, running."""
        responder = self.enterContext(Responder(self.store, config=self.config))
        self.responder = Asked("127.0.0.2", responder.port)
        self.others = {}
        for kind in (Knot, Nsd):
            server = self.enterContext(kind("pdns.local", self.file))
            self.others[kind.__name__] = Asked(server.address, server.port)

    def check_file(self):
        """Other people's zone checkers accept the file. That the zone's own NS has no address, as the responder
        has none, BIND takes for an error: an export for it names other servers (--ns)."""
        other = self.folder / "with-ns"
        other.write_text(self.file.read_text("ascii").replace(
            "@ IN NS pdns.local.\n", "@ IN NS ns.example.net.\n"), "ascii")
        for command in ((installed("kzonecheck"), "-o", "pdns.local", other),
                        (installed("named-checkzone"), "-i", "local", "pdns.local", other),
                        (installed("nsd-checkzone"), "pdns.local", self.file)):
            result = run(*command, timeout=60)
            self.assertEqual(result.returncode, 0, f"{command}: {result.stdout}{result.stderr}")

    def check_names(self):
        """Every name in the zone; those of a note that says where the zone ends, by themselves."""
        names = names_of(self.file)
        expected = self.responder.ask(names)
        for server, asked in self.others.items():
            answers = asked.ask(names)
            cut = {name for name in names if answers[name].rdata and
                   answers[name].rdata[0][1:].startswith(CUT)}
            for name in names - cut:
                self.assertEqual(said(answers[name]), said(expected[name]), f"{server}: {name}")
                self.assertTrue(answers[name].rdata, name)
            for name in cut:
                self.assertEqual((answers[name].rcode, len(answers[name].rdata)), (NOERROR, 1))
                self.assertTrue(expected[name].rdata, name)
        return names, cut

    def check_other_types(self, names):
        for asked in (self.responder, *self.others.values()):
            for name, answer in asked.ask(names, A).items():
                self.assertEqual((answer.rcode, answer.rdata), (NOERROR, []), name)

    def check_names_between(self, names):
        """Names that have none themselves but have some below."""
        between = {name[cut:] for name in names for cut in range(1, len(name) - len(ZONE))} - names
        self.assertTrue(between)
        expected = self.responder.ask(between, A)
        for server, asked in self.others.items():
            for name, answer in asked.ask(between).items():
                self.assertEqual((answer.rcode, answer.rdata), (NOERROR, []), f"{server}: {name}")
        # A question that has the word of a view in its subject is one itself.
        for name, answer in expected.items():
            if not any(label in VIEWS for label in name):
                self.assertEqual(answer.rcode, NOERROR, name)

    def check_absent_names(self, names):
        """Names of which nothing is known, also below and beside such as are."""
        chosen = random.Random(7).sample(sorted(names), min(len(names), 200))
        absent = {(b"history", b"no-such-name"), (b"mx", b"history", b"no", b"such", b"name"),
                  (b"pivot", b"203", b"0", b"113", b"251"), (b"pivot", b"2001:db8:ffff::1"),
                  (b"pivot", b"nobody@nowhere", b"example"), (b"pivot", b"no=such=text"),
                  (b"names", b"no-such-name"), (b"changes", b"no-such-name"),
                  (b"summary", b"203", b"0", b"113", b"251"), (b"summary", b"no-such-name")}
        for name in chosen:
            view = next((at for at, label in enumerate(name) if label in VIEWS), None)
            if view is not None and name[view] != b"pivot" and name[0] != b"help":
                subject = name[view + 1:-len(ZONE)]
                absent.add(name[:view + 1] + (b"zzz-absent",) + subject)
                absent.add(name[:view + 1] + subject + (b"zzz-absent",))
        absent = {name + (() if name[-len(ZONE):] == ZONE else ZONE) for name in absent}
        absent = {name for name in absent if sum(map(len, name)) + len(name) < 255}
        for server, asked in {"responder": self.responder, **self.others}.items():
            for name, answer in asked.ask(absent).items():
                # If it looks like something else, the responder says what was perhaps meant.
                if server == "responder" and answer.rcode == NOERROR:
                    self.assertRegex(answer.lines[0], "^# error: nothing was found for this as it is written; ", f"{name}")
                    continue
                self.assertEqual(answer.rcode, NXDOMAIN, f"{server}: {name}")

    def check_apex(self):
        """SOA and NS, as dig shows them."""
        servers = (self.responder, *self.others.values())
        for rrtype in ("SOA", "NS"):
            answers = [run("dig", "+tcp", "+noall", "+answer", "-p", asked.port,
                           f"@{asked.address}", "pdns.local", rrtype).stdout for asked in servers]
            self.assertTrue(answers[0])
            self.assertEqual(set(answers), {answers[0]})

    def check(self, *arguments):
        said_of_it = self.export(*arguments)
        self.check_file()
        self.serve()
        names, cut = self.check_names()
        self.check_other_types(names - cut)
        self.check_names_between(names)
        self.check_absent_names(names)
        self.check_apex()
        return names, said_of_it

    def lines(self, asked, name):
        """The lines of an answer and of those that its remarks name, and the last remark."""
        lines, asked_for = [], set()
        while name not in asked_for:
            asked_for.add(name)
            answer = asked.ask([name])[name]
            more = [line for line in answer.lines if line.startswith("# more: ")]
            lines += [line for line in answer.lines if not line.startswith("#")]
            if not more:
                break
            name = labels_of(more[0].rsplit("next: ", 1)[1].removesuffix(".pdns.local."))
        return lines, answer
