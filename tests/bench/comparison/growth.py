"""What a store costs as it grows: room, import, and an answer."""

import contextlib
import pathlib
import shutil

from comparison.answering import say, start
from comparison.keeping import make_feed
from comparison.process import run
from comparison.rounds import Entry, take
from peers.dnshist import Dnshist
from peers.echo import Echo
from stores.library import Dnshist as Store

RECORDS_PER_DOMAIN = 8  # make_feed's
BATCH = 5_000_000       # observations that are imported together: who imports millions gives them room
MERGED = BATCH          # half of them of records that are there


class Grown:
    """The history of a feed of make_feed's, to be served: peers.* want no more of it than this."""

    def __init__(self, programs, directory, records):
        self.directory = pathlib.Path(directory)
        self.domains = -(-records // RECORDS_PER_DOMAIN)
        self.file = self.directory / f"questions-{records}"
        if not self.file.exists():
            self.file.write_text(run(programs.tool("make_questions"), self.domains,
                                     min(2 * self.domains, 1_000_000)))

    def questions(self, _):
        return self.file

    def first(self):
        """A question that has an answer."""
        with open(self.file, encoding="ascii") as lines:
            for line in lines:
                name, rrtype = line.split()
                if name.startswith("a."):
                    return name, rrtype
        raise RuntimeError(f"{self.file} asks for no address")


class GrownStore(Store):
    batch = BATCH

    def __init__(self, programs, directory, records):
        super().__init__(programs, directory)
        self.path = self.path.with_name(f"grown-{records}")

    def octets(self):
        return (self.path / "data.mdb").stat().st_size


class Served(Dnshist):
    def __init__(self, programs, history, directory, store):
        super().__init__(programs, history, directory)
        self.store = store

    def prepare(self):
        pass


def merge(programs, directory, records, store):
    """What it costs to merge observations into the grown store, of which half are new records."""
    count = min(MERGED, records)
    first = (records - count // 2) // RECORDS_PER_DOMAIN
    feed = make_feed(programs, directory, count, 0, first)
    copy = GrownStore(programs, directory, "copy")
    copy.clear()
    shutil.copytree(store.path, copy.path)
    cost = copy.load(feed)
    copy.clear()
    feed.unlink()
    return {"observations": count, "rate": count / cost["seconds"], **cost}


def growth(programs, directory, sizes, rounds, seconds):
    """A row for each number of records."""
    rows = []
    with contextlib.ExitStack() as running:
        entries = []
        for records in sizes:
            say(f"importing {records} records")
            feed = make_feed(programs, directory, records)
            store = GrownStore(programs, directory, records)
            store.clear()
            running.callback(store.clear)
            cost = store.load(feed)
            feed.unlink()
            rows.append({"records": records, "octets": store.octets(),
                         "compact": store.compact_octets(),
                         "rate": records / cost["seconds"],
                         "import_cpu": cost["cpu"], "memory": cost["memory"],
                         "merge": merge(programs, directory, records, store)})
            history = Grown(programs, directory, records)
            server = Served(programs, history, pathlib.Path(directory) / f"serving-{records}",
                            store.path)
            start(server, running)
            entries.append(Entry(server, "history", "udp"))
        floor = Echo(programs, entries[0].server.history, directory)
        start(floor, running)
        entries.append(Entry(floor, "history", "udp"))
        take(entries, rounds, seconds)
        for row, entry in zip(rows, entries):
            measured = entry.row(floor=entries[-1], reference=entries[0])
            row |= {key: measured[key] for key in ("cpu", "cpu_range", "to_floor", "to_reference")}
            row["own"], row["mapped"] = entry.server.process.memory()
            row["ready"] = entry.server.ready_after
    return {"rounds": rounds, "seconds": seconds, "batch": BATCH, "rows": rows}
