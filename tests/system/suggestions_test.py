"""What people ask, and the question that the answer names: suggestions.txt."""

import datetime
import json
import pathlib
import re
import time

from dns_client import NOERROR, NXDOMAIN
from harness import SAMPLE, Responder, StoreCase

TABLE = pathlib.Path(__file__).with_name("suggestions.txt")
ZONE = "pdns.local"
NOW = int(time.time())


def fresh():
    """Records that were seen a minute ago, and every day of the last week."""
    return "".join(
        json.dumps(dict(rrname="fresh.example.", rrtype=rtype, rdata=rdata, count=1,
                        time_first=NOW - 7 * 86400, time_last=NOW)) + "\n"
        for rtype, rdata in (("TXT", '"fresh"'), ("A", "192.0.2.1"))
    ) + json.dumps(dict(rrname="www.fresh.example.", rrtype="A", rdata="192.0.2.2", count=1,
                        time_first=NOW - 7 * 86400, time_last=NOW)) + "\n"


def labels(name):
    """The labels of a name as dig reads it: a backslash is an escape."""
    parts = re.findall(r"((?:[^\\.]|\\.)+)", name)
    return tuple(re.sub(r"\\(.)", r"\1", part).encode() for part in parts)


class SuggestionsTest(StoreCase):
    CONTENT = SAMPLE.read_text() + fresh()

    @classmethod
    def rows(cls):
        def date(seconds):
            return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).date()

        for line in TABLE.read_text().splitlines():
            if " -> " in line:
                asked, meant = line.split(" -> ")
                yield asked, meant.replace("{today}", str(date(NOW))).replace(
                    "{yesterday}", str(date(NOW - 86400)))

    def test_each_answer_names_the_question_that_was_meant(self):
        with Responder(self.store) as responder:
            for asked, meant in self.rows():
                with self.subTest(asked):
                    answer = responder.ask(labels(f"{asked}.{ZONE}"))
                    hint = re.search(rb"did you mean '([^']*)'\?", answer.octets)
                    if meant == "-":
                        self.assertIsNone(hint)
                        self.assertRegex(answer.lines[0], "^# error: .*'\\*' goes alone")
                        continue
                    if meant == "=":
                        self.assertIsNone(hint)
                        data = [line for line in answer.lines if not line.startswith("#")]
                        self.assertTrue(data or answer.truncated, answer.lines)
                        continue
                    self.assertIsNotNone(hint, f"{answer.rcode} {answer.lines}")
                    # The whole question, or the words of it that were wrong.
                    self.assertIn(f".{hint[1].decode()}.", f".{meant}.{ZONE}.")
                    self.assertIn(answer.rcode, (NOERROR, NXDOMAIN))

    def test_that_question_has_an_answer(self):
        with Responder(self.store) as responder:
            for asked, meant in self.rows():
                if meant in ("-", "="):
                    continue
                with self.subTest(asked, meant=meant):
                    answer = responder.ask(labels(f"{meant}.{ZONE}"))
                    data = [line for line in answer.lines if not line.startswith("#")]
                    self.assertTrue(data or answer.truncated, answer.lines)

    def test_the_table_is_long(self):
        self.assertGreaterEqual(len(list(self.rows())), 200)
