"""Every record of the root zone's history of 2019 and 2020, asked for over DNS: all of them are
found, with their times and counts, and nothing else is.

The feed is optional data (DNSHIST_SHARED_DATA); without it the test is skipped.
"""

import collections
import ipaddress
import json
import time

from dns_client import NOERROR, framed, question, receive_message
from harness import ZONEGEN, FolderCase, Responder, run, shared_data

FEED = "cof/root-zone-2019-2020.cof.ndjson"
ZONE = "pdns.local."
AT_ONCE = 50  # questions on the way over one connection


def time_text(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def plain_rdata(rrtype, rdata):
    """RDATA as text that compares: names in lower case, hex and base64 in one piece, RFC 5952."""
    words = rdata.split()
    if rrtype == "AAAA":
        return str(ipaddress.IPv6Address(rdata))
    if rrtype in ("DS", "DNSKEY"):
        text = "".join(words[3:])
        return " ".join(words[:3] + [text.lower() if rrtype == "DS" else text])
    if rrtype == "NSEC":
        return " ".join([words[0].lower()] + sorted(words[1:]))
    return rdata.lower()


def expected_lines(feed):
    """The lines of each owner."""
    lines = collections.defaultdict(list)
    for row in feed.read_text().splitlines():
        record = json.loads(row)
        owner = record["rrname"].lower()
        lines[owner].append((time_text(record["time_first"]), time_text(record["time_last"]),
                             str(record["count"]), owner, record["rrtype"],
                             plain_rdata(record["rrtype"], record["rdata"])))
    return lines


def read_line(line):
    first, last, count, owner, rrtype, rdata = line.split(" ", 5)
    return first, last, count, owner, rrtype, plain_rdata(rrtype, rdata)


def history_name(owner):
    return f"limit-99.history.{owner if owner != '.' else ''}{ZONE}"


def ask_all(client, names):
    """The answers to many questions over one connection, in the order of the names."""
    client.sendall(b"".join(framed(question(name, number=number))
                            for number, name in enumerate(names)))
    answers = {}
    for _ in names:
        answer = receive_message(client)
        answers[answer.number] = answer
    return [answers[number] for number in range(len(names))]


class RootZoneTest(FolderCase):
    def test_every_record_is_found_and_nothing_else(self):
        feed = shared_data(FEED)
        expected = expected_lines(feed)
        self.assertEqual(sum(map(len, expected.values())), 21010)
        imported = run(ZONEGEN, "--store", self.store, "import", feed, timeout=120)
        self.assertEqual(imported.returncode, 0, imported.stderr)
        with Responder(self.store) as responder, responder.tcp() as client:
            found = self.ask_for(client, list(expected))
        self.assertEqual(found.keys(), expected.keys())
        for owner, lines in expected.items():
            self.assertEqual(sorted(found[owner]), sorted(lines))

    def ask_for(self, client, owners):
        """The lines of each owner, all pages of them."""
        found = collections.defaultdict(list)
        asked = [(owner, history_name(owner)) for owner in owners]
        while asked:
            now, asked = asked[:AT_ONCE], asked[AT_ONCE:]
            answers = ask_all(client, [name for _, name in now])
            for (owner, name), answer in zip(now, answers):
                self.assertEqual(answer.rcode, NOERROR, name)
                for line in answer.lines:
                    if line.startswith("# more: "):
                        asked.append((owner, line.rsplit("next: ", 1)[1]))
                    else:
                        self.assertFalse(line.startswith("#"), line)
                        found[owner].append(read_line(line))
        return found
