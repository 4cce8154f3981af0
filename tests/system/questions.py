"""Questions for every client and every resolver, and a responder that has the answers.

A new view wants lines among the questions below, nothing else.
"""

import json
import pathlib
import re
import tempfile
import unittest

from harness import SAMPLE, Responder, import_text, run

ZONE = "pdns.local"

ADDRESS = "127.0.0.2"

# Records beside the sample's: a line with every character that a client may write in another way, one
# of more than 255 octets whose every other octet is escaped, names with the words of views in them,
# and an address that some resolvers take out of answers.
ODD = r'"a \"quoted\" word; C:\\dir\009tab \195\164 $HOME @ (x) `y` %41 *" "second" ""'
LONG = '"' + r'\"' * 120 + '" "' + r'\\' * 120 + '"'
ODD_RECORDS = (("odd.example.", "TXT", ODD),
               ("long.odd.example.", "TXT", LONG),
               ("at.history.odd.example.", "A", "192.0.2.200"),
               ("private.odd.example.", "A", "10.1.2.3"),
               ("odd.example.", "MX", "10 pivot.history.lost.example."),
               ("odd.example.", "SOA", "ns1.odd.example. at.history.lost.example. 1 2 3 4 5"))
ODD_TIME = "2020-01-01T00:00:00Z 2020-01-01T00:00:00Z 1"

# Each question is (QTYPE, NAME); a name without a dot at its end is below the zone.
QUESTIONS = [
    ("NS", "pdns.local."),
    ("TXT", "pdns.local."),
    ("TXT", "help"),
    ("TXT", "help.pivot"),
    ("TXT", "help.filters"),
    ("TXT", "stats"),
    ("TXT", "version"),
    ("TXT", "history.harbour.example"),
    ("TXT", "history.+.harbour.example"),
    ("TXT", "history.*.harbour.example"),
    ("TXT", "history.203.0.113.7"),
    ("TXT", "history.2001:db8:100::20"),
    ("TXT", "mx.type65.history.harbour.example"),
    ("TXT", "after-2019-06-01T12:00:00Z.before-@1609459200.a.history.www.harbour.example"),
    ("TXT", "on-20230812.min-50.sort-count.history.harbour.example"),
    ("TXT", "runs.mx.before-2020.history.harbour.example"),
    ("TXT", "json.caa.ds.history.harbour.example"),
    ("TXT", "page-2.limit-10.history.harbour.example"),
    ("TXT", "limit-99.history.*.test"),
    ("ANY", "history.tidebank.example"),
    ("TXT", "pivot.203.0.113.66"),
    ("TXT", "pivot.2001:db8:cd::7"),
    ("TXT", "pivot.203.0.113.64/27"),
    ("TXT", "pivot.2001:db8:bad::/48"),
    ("TXT", "sort-count.limit-3.ns.pivot.ns1.nightowl.example"),
    ("TXT", "pivot.*.postmill.example"),
    ("TXT", "pivot.hostmaster@oldhost.example"),
    ("TXT", "after-2024.soa.pivot.j.doe@inbox.example"),
    ("TXT", "sort-last.limit-4.pivot.owl-verify=7c41e9d2"),
    ("TXT", "pivot.site-verification=hb-*"),
    ("TXT", "pivot.mailto:security@harbour.example"),
    ("TXT", "names.harbour.example"),
    ("TXT", "sort-first.limit-5.on-2023.names.*.test"),
    ("TXT", "json.names.+.harbour.example"),
    ("TXT", "summary.harbour.example"),
    ("TXT", "summary.*.harbour.example"),
    ("TXT", "sort-count.summary.203.0.113.64/27"),
    ("TXT", "summary.203.0.113.66"),
    ("TXT", "mx.ns.changes.harbour.example"),
    ("TXT", "on-2023-08-12.changes.*.harbour.example"),
    ("TXT", "json.sort-last.limit-5.changes.harbour.example"),
    ("A", "2021-06-01.at.www.harbour.example"),
    ("AAAA", "2021-06.at.www.harbour.example"),
    ("MX", "2021.at.www.harbour.example"),
    ("MX", "2015.at.harbour.example"),
    ("TXT", "2023.at.harbour.example"),
    ("PTR", "2015.at.7.113.0.203.in-addr.arpa"),
    ("TXT", "history.odd.example"),
    ("TXT", "json.history.*.odd.example"),
    ("TXT", "history.long.odd.example"),
    ("TXT", "2020.at.odd.example"),
    ("TXT", "history.at.history.odd.example"),
    ("A", "2020.at.at.history.odd.example"),
    ("A", "2020.at.private.odd.example"),
    ("TXT", "pivot.pivot.history.lost.example"),
    ("TXT", "pivot.at@history.lost.example"),
    ("TXT", "changes.192.0.2.0/24"),
    ("TXT", "lookalike.night-owl.example"),
    ("TXT", "mx.pivot.hex-000a046d61696c086e696768746f776c076578616d706c6500"),
    ("TXT", "like-*owl*.names"),
    ("TXT", "history.nightowl.*"),
    ("TXT", "count.names.*.test"),
    ("A", "seen.harbour.example"),
    ("A", "www.harbour.example.2021-06-01.asof"),
]
MISTAKES = [
    ("TXT", "mxx.history.harbour.example"),
    ("TXT", "page-9.history.harbour.example"),
    ("TXT", "pivot.192.0.2.0/33"),
    ("TXT", "2019-13.at.harbour.example"),
    ("TXT", "at.harbour.example"),
    ("TXT", "pivot"),
    ("TXT", "names.192.0.2/24"),
    ("TXT", "runs.summary.harbour.example"),
    ("TXT", "from-xyz.names.harbour.example"),
    ("TXT", "help.pivots"),
    ("TXT", "histroy.harbour.example"),
    ("TXT", "www.harbour.example"),
]
NEVER_SEEN = [
    ("TXT", "history.never.example"),
    ("TXT", "mx.history.www.shop.never.example"),
    ("TXT", "history.history.never.example"),
    ("TXT", "a.history.at.pivot.history.never.example"),
    ("A", "history.never.example"),
    ("A", "2021.at.www.never.example"),
    ("TXT", "history.*.never.example"),
    ("TXT", "history.198.18.0.1"),
    ("TXT", "pivot.198.18.0.1"),
    ("TXT", "pivot.198.18.0.0/15"),
    ("TXT", "pivot.ns1.never.example"),
    ("TXT", "pivot.some.body@never.example"),
    ("TXT", "pivot.owl-verify=never"),
    ("TXT", "names.never.example"),
    ("TXT", "summary.never.example"),
    ("TXT", "summary.198.18.0.0/15"),
    ("TXT", "changes.never.example"),
]
NOTHING_PASSES = [
    ("TXT", "mx.history.www.harbour.example"),
    ("TXT", "on-2018-12-01.history.harbour.example"),
    ("TXT", "mx.pivot.203.0.113.66"),
    ("A", "history.harbour.example"),
    ("A", "2020.at.ftp.harbour.example"),
    ("NS", "20230812.at.harbour.example"),
    ("TXT", "tlsa.names.shop.harbour.example"),
    ("TXT", "mx.summary.203.0.113.66"),
    ("TXT", "on-2018-12.changes.harbour.example"),
    ("A", "example"),
    ("NS", "www.harbour.example"),
]
EVERYTHING = QUESTIONS + MISTAKES + NEVER_SEEN + NOTHING_PASSES

# A client is the words that a user types, and a pattern of each record in what it prints.
MASTER_FILE = r"(?m)^[^;\s]\S*\s+\d+\s+IN\s+(?!SOA\s)\S+\s+(.*)$"
CLIENTS = {
    "dig": ("dig @{address} -p {port} {qtype} {name}", MASTER_FILE),
    # For a server at 127.0.0.1: from elsewhere, as harness.Responder says.
    "dig -b": ("dig -b 127.0.0.3 @{address} -p {port} {qtype} {name}", MASTER_FILE),
    "kdig": ("kdig @{address} -p {port} {qtype} {name}", MASTER_FILE),
    "drill": ("drill -p {port} {name} @{address} {qtype}", MASTER_FILE),
    "drill -t": ("drill -t -p {port} {name} @{address} {qtype}", MASTER_FILE),
    "host": ("host -p {port} -t {qtype} {name} {address}",
             r"(?m)^\S+ (?:descriptive text|has address|has IPv6 address|is an alias for|"
             r"mail is handled by|name server|domain name pointer) (.*)$"),
    "nslookup": ("nslookup -port={port} -type={qtype} {name} {address}",
                 r"(?m)^(?:Address: |\S+\t(?:text|canonical name|mail exchanger|nameserver|name)"
                 r" = )(.*)$"),
}


def ask(port, qtype, name, client="dig", address=ADDRESS):
    """The output of a client: NOERROR or what went wrong, and the lines or records, sorted."""
    words, record = CLIENTS[client]
    typed = words.format(address=address, port=port, qtype=qtype,
                         name=name if name.endswith(".") else f"{name}.{ZONE}")
    told = run("bash", "-c", typed)  # by a shell, as nothing in a name needs to be quoted
    if client == "drill" and "query again with TCP" in told.stdout:
        return ask(port, qtype, name, "drill -t", address)
    wrong = re.search("FORMERR|SERVFAIL|NXDOMAIN|NOTIMP|REFUSED", told.stdout)
    if told.returncode != 0 and not wrong:
        raise AssertionError(f"{typed}: {told}")
    return wrong[0] if wrong else "NOERROR", sorted(map(text_of, re.findall(record, told.stdout)))


def text_of(rdata):
    """The text of a TXT record: its strings joined, without their escapes; other RDATA as it is."""
    if not rdata.startswith('"'):
        return rdata
    joined = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', rdata))
    return re.sub(r"\\(?:(\d{3})|(.))", lambda at: at[2] or chr(int(at[1])), joined)


class WithSample(unittest.TestCase):
    """A responder that has the sample and the odd records, and what dig gets from it."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.store = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory())) / "store"
        import_text(cls.store, SAMPLE.read_text() + "\n".join(
            json.dumps(dict(rrname=owner, rrtype=rtype, rdata=rdata, count=1,
                            time_first=1577836800, time_last=1577836800))
            for owner, rtype, rdata in ODD_RECORDS))
        cls.responder = cls.enterClassContext(Responder(cls.store, listen=(f"{ADDRESS}@0",)))
        cls.dig = {question: ask(cls.responder.port, *question) for question in EVERYTHING}

    def check_everything(self, port, client="dig", address=ADDRESS, *, failing=()):
        """Asks that port everything, and expects what dig gets from the responder itself.

        For questions of a `failing` QTYPE, SERVFAIL.
        """
        for question, answer in self.dig.items():
            with self.subTest(question):
                self.assertEqual(ask(port, *question, client, address),
                                 ("SERVFAIL", []) if question[0] in failing else answer)

    def check_pages(self, port, client="dig", address=ADDRESS):
        """Follows the remarks from page to page, and expects every record of the sample once."""
        shown = []
        page = "limit-30.history.*.test"
        while page:
            lines = ask(port, "TXT", page, client, address)[1]
            shown += [line.split(" ", 3)[3] for line in lines if not line.startswith("#")]
            more = re.search("(?m)^# more: .*; next: (.*)$", "\n".join(lines))
            page = more and more[1]
        stored = [f"{record['rrname']} {record['rrtype']} {rdata}"
                  for record in map(json.loads, SAMPLE.read_text().splitlines())
                  if record["rrname"].endswith(".test.")
                  for rdata in ([record["rdata"]] if isinstance(record["rdata"], str)
                                else record["rdata"])]
        self.assertGreater(len(stored), 5 * 30)
        self.assertEqual(sorted(shown), sorted(stored))
