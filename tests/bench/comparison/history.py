"""The history that every server of the comparison answers for, made once for each number of names."""

import pathlib
import random

from comparison.process import run

CHECKED = 500  # questions whose answers are compared


class History:
    def __init__(self, programs, directory, names):
        self.names = names
        self.directory = pathlib.Path(directory) / f"history-{names}"
        self.feed = self.directory / "feed.json"
        self.zone = self.directory / "zone"
        self.dataset = self.directory / "zone.rbldnsd"
        made = self.directory / "made"
        if not made.exists():
            self.directory.mkdir(parents=True, exist_ok=True)
            run(programs.tool("make_history"), names, self.directory)
            made.touch()

    def questions(self, kind):
        """The file with the questions of one kind, as dnsperf takes them."""
        return self.directory / f"questions.{kind}"

    def sample(self, kind, number=CHECKED):
        """Some of them, the same each time, as (name, type)."""
        with open(self.questions(kind), encoding="ascii") as file:
            lines = file.read(1 << 20).splitlines()[:-1]
        return [tuple(line.split()) for line in random.Random(1).sample(lines, number)]

    def first(self):
        """A question that has an answer: for the first name."""
        with open(self.dataset, encoding="ascii") as file:
            for line in file:
                if not line.startswith("$"):
                    return line.split()[0] + ".pdns.local.", "TXT"
        raise RuntimeError(f"{self.dataset} is empty")
