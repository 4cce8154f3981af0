"""The same records kept by others and by dnshist: what importing and keeping them costs each."""

import pathlib
import subprocess

from comparison.answering import say
from stores.balboa import Balboa
from stores.library import Dnshist, Mtbl, Sqlite

STORES = (Dnshist, Balboa, Mtbl, Sqlite)
QUICKLY_IMPORTED = 2_000_000  # observations; up to there several imports are made, the median counts
IMPORTS = 3


def make_feed(programs, directory, *numbers):
    """The feed that make_feed prints, kept for the next time."""
    path = pathlib.Path(directory) / ("feed-" + "-".join(str(number) for number in numbers))
    if not path.exists():
        begun = path.with_suffix(".begun")
        with open(begun, "wb") as out:
            subprocess.run([programs.tool("make_feed"), *map(str, numbers)], stdout=out,
                           check=True)
        begun.rename(path)
    return path


def keeping(programs, directory, records, times, look_ups):
    """Rows for all stores that are installed; each record `times` times in the feed, or 0: once."""
    say(f"making the feed of {records} records")
    feed = make_feed(programs, directory, records, times)
    observations = records * max(times, 1)
    rows = []
    for kind in STORES:
        store = kind(programs, directory)
        if not store.is_installed():
            say(f"{store.name} is not installed and left out")
            continue
        say(f"{store.name}: importing {observations} observations")
        costs = []
        for _ in range(IMPORTS if observations <= QUICKLY_IMPORTED else 1):
            store.clear()
            costs.append(store.load(feed))
        cost = sorted(costs, key=lambda cost: cost["seconds"])[len(costs) // 2]
        store.settle()
        row = {"store": store.name, "version": store.version(), "records": records,
               "octets": store.octets(),
               "compact": store.compact_octets(), **cost, "rate": observations / cost["seconds"],
               "cpu_rate": observations / cost["cpu"]}
        say(f"{store.name}: {row['rate']:.0f}/s, {row['octets'] / records:.1f} octets a record; "
            "looking up")
        row["look_ups"] = store.look_up(feed, look_ups)
        rows.append(row)
        store.clear()
    feed.unlink()
    reference = next((row for row in rows if row["store"] == "balboa"), None)
    for row in rows:
        row["to_reference"] = reference and row["rate"] / reference["rate"]
        row["cpu_to_reference"] = reference and row["cpu_rate"] / reference["cpu_rate"]
    return {"records": records, "observations": observations, "rows": rows}
