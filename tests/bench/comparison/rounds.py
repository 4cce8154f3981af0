"""Measurements taken in turns, so that whatever else the machine does meets all of them alike.

In each round every entry is measured once, beginning with another one each time. Ratios are taken
within a round; what is told is the median of the rounds.
"""

import dataclasses
import statistics
import sys

from comparison import load
from comparison.process import cores, warm

EXPECTED = {"NOERROR", "NXDOMAIN"}


@dataclasses.dataclass
class Entry:
    """Questions of one kind, to one server that is running, over one transport."""

    server: object
    kind: str
    transport: str
    loads: list = dataclasses.field(default_factory=list)
    cpu: list = dataclasses.field(default_factory=list)  # microseconds an answer

    def measure(self, seconds):
        _, loading = cores()
        questions = self.server.history.questions(self.kind)

        def ask(how_long):
            return load.ask(questions, self.server.port, self.transport, how_long, loading)

        warm(*self.server.files())
        ask(max(seconds / 4, 0.2))
        before = self.server.process.cpu_seconds()
        measured = ask(seconds)
        used = self.server.process.cpu_since(before)
        self.server.process.check()
        if not measured.answered or not set(measured.rcodes) <= EXPECTED:
            raise RuntimeError(f"{self.server.name} answered {measured}")
        self.loads.append(measured)
        self.cpu.append(used / measured.answered * 1e6)

    def row(self, floor, reference):
        """What is told of it; `floor` and `reference` are entries of the same rounds, or None."""
        return {
            "server": self.server.name,
            "version": self.server.version(),
            "kind": self.kind,
            "transport": self.transport,
            "cpu": statistics.median(self.cpu),
            "cpu_range": [min(self.cpu), max(self.cpu)],
            "to_floor": ratio(self.cpu, floor),
            "to_reference": ratio(self.cpu, reference),
            "rate": statistics.median(each.rate for each in self.loads),
            "loss": max(each.loss for each in self.loads),
            "octets": statistics.median(each.octets for each in self.loads),
        }


def ratio(cpu, other):
    if other is None:
        return None
    return statistics.median(ours / theirs for ours, theirs in zip(cpu, other.cpu))


def take(entries, rounds, seconds):
    for number in range(rounds):
        for place in range(len(entries)):
            entry = entries[(place + number) % len(entries)]
            entry.measure(seconds)
            print(f"round {number + 1} of {rounds}: {entry.server.name:<9} {entry.kind:<8} "
                  f"{entry.transport} {entry.cpu[-1]:6.2f} us/answer "
                  f"{entry.loads[-1].rate:9.0f} answers/s", file=sys.stderr, flush=True)
