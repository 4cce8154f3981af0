"""Feeds that have the levels of a store merged: many records, and windows of observations all over them,
each of which rewrites most young blocks."""

from harness import record

RECORDS = 60_000
YEAR_2020, YEAR_2021 = 1577836800, 1609459200


def owner(number):
    return f"host{number}.domain{number % 997}.example"


def address(number):
    return f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"


def base():
    """One observation of each record."""
    return "".join(record(owner(n), address(n), first=YEAR_2020) for n in range(RECORDS))


def windows(chance, count, size):
    """As many windows, one after the other: most of the records are known, some are new."""
    return "".join(
        record(owner(n), address(n), first=YEAR_2021 + window, count=1 + n % 3)
        for window in range(count)
        for n in chance.sample(range(RECORDS + RECORDS // 4), size))


def level_files(store):
    """The names of the files of old levels that lie in the directory."""
    return {path.name for path in store.iterdir()
            if path.name.startswith("level.") and path.suffix == ".mdb"}
