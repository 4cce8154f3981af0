"""A store that is imported into, pruned and copied while a responder is asked about it without a
pause: every answer is right, none is missing, and every copy is a state of the store.
"""

import json
import subprocess
import threading

from dns_client import NOERROR, NXDOMAIN, Answer, question
from harness import ZONEGEN, FolderCase, Responder, import_text, record, run

KEPT, OLD, NEW, BATCH, ROUNDS = 300, 4000, 6000, 500, 3
YEAR_2019, YEAR_2021 = 1546300800, 1609459200


def address(number):
    return f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"


class Questioner(threading.Thread):
    """Asks about names that stay, names that go and one whose count grows, until it is stopped."""

    def __init__(self, responder, kept):
        super().__init__()
        self.responder = responder
        self.kept = kept
        self.asked = 0
        self.problem = None
        self._stopped = threading.Event()

    def run(self):
        try:
            with self.responder.udp() as client:
                while not self._stopped.is_set():
                    self._round(client)
        except Exception as error:  # pylint: disable=broad-except
            self.problem = self.problem or repr(error)

    def stop(self):
        self._stopped.set()
        self.join()

    def _ask(self, client, name):
        self.asked += 1
        number = self.asked & 0xffff
        client.send(question(f"{name}.pdns.local", number=number))
        answer = Answer(client.recv(65535))
        if answer.number != number:
            raise AssertionError(f"an answer to another question than {name}")
        return answer

    def _round(self, client):
        for number in range(0, KEPT, 7):
            answer = self._ask(client, f"history.kept{number}.example")
            if (answer.rcode, answer.lines) != (NOERROR, self.kept[number]):
                raise AssertionError(f"kept{number}: {answer.rcode} {answer.lines}")
        for number in range(0, OLD, 97):
            answer = self._ask(client, f"history.old{number}.example")
            if answer.rcode == NOERROR and len(answer.lines) == 1:
                if f" old{number}.example. A {address(number)}" in answer.lines[0]:
                    continue
            elif answer.rcode == NXDOMAIN:
                continue
            raise AssertionError(f"old{number}: {answer.rcode} {answer.lines}")
        # From a value back to its owners, whose pivots come and go around the one that stays.
        for number in range(0, KEPT, 41):
            answer = self._ask(client, f"pivot.{address(number)}")
            if answer.rcode != NOERROR or self.kept[number][0] not in answer.lines:
                raise AssertionError(f"{address(number)}: {answer.rcode} {answer.lines}")


class StoreLifeTest(FolderCase):
    def zonegen(self, store, *arguments):
        result = run(ZONEGEN, "--store", store, *arguments, timeout=120)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def copy_while(self, name, *arguments):
        """Copies the store again and again while a command writes it; what the copies hold."""
        writing = subprocess.Popen([ZONEGEN, "--store", self.store, *arguments],
                                   stderr=subprocess.PIPE, text=True)
        exports = []
        ended = False
        while not ended and len(exports) < 20:
            ended = writing.poll() is not None
            target = self.folder / f"{name}{len(exports)}"
            self.zonegen(self.store, "copy", target)
            self.assertIn("no problem", self.zonegen(target, "check"))
            exports.append(self.zonegen(target, "export"))
        _, said = writing.communicate(timeout=120)
        self.assertEqual(writing.returncode, 0, said)
        return exports

    def owners(self, export, beginning):
        return sum(json.loads(line)["rrname"].startswith(beginning)
                   for line in export.splitlines())

    def test_every_answer_is_right_whatever_is_done_to_the_store(self):
        old = "".join(record(f"old{n}.example.", address(n), first=YEAR_2019) for n in range(OLD))
        import_text(self.store, old + "".join(
            record(f"kept{n}.example.", address(n), first=YEAR_2021) for n in range(KEPT)))
        with Responder(self.store) as responder:
            kept = [responder.ask(f"history.kept{n}.example.pdns.local").lines
                    for n in range(KEPT)]
            self.assertIn(f" kept7.example. A {address(7)}", kept[7][0])
            asking = [Questioner(responder, kept) for _ in range(2)]
            for thread in asking:
                thread.start()
            try:
                self.live()
            finally:
                for thread in asking:
                    thread.stop()
            self.assertEqual([thread.problem for thread in asking], [None, None])
            self.assertGreater(sum(thread.asked for thread in asking), 1000)
            # And it answers from the last state, not from one that it has held.
            self.assertEqual(
                responder.ask(f"history.new{ROUNDS - 1}-5.example.pdns.local").rcode, NOERROR)
            self.assertEqual(responder.ask("history.old5.example.pdns.local").rcode, NXDOMAIN)

    def live(self):
        for turn in range(ROUNDS):
            feed = self.folder / f"feed{turn}"
            feed.write_text("".join(
                record(f"new{turn}-{n}.example.", address(n), first=YEAR_2021) +
                record(f"old{n % OLD}.example.", address(n % OLD), first=YEAR_2019)
                for n in range(NEW)))
            for export in self.copy_while(f"import{turn}-", "import", "--batch", str(BATCH), feed):
                self.assertEqual(self.owners(export, f"new{turn}-") * 2 % BATCH, 0)
                self.assertEqual(self.owners(export, "kept"), KEPT)
            exports = self.copy_while(f"prune{turn}-", "prune", "--last-before", "2020")
            for export in exports:
                self.assertEqual(self.owners(export, "new"), NEW * (turn + 1))
                self.assertEqual(self.owners(export, "kept"), KEPT)
            self.assertEqual(self.owners(exports[-1], "old"), 0)
            self.assertEqual(exports[-1], self.zonegen(self.store, "export"))
            self.assertIn("no problem", self.zonegen(self.store, "check"))
