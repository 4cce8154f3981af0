"""What a store of the comparison is: it imports a feed, takes room on disk, and is looked up."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

from comparison.process import cores, run


class Store:
    name = ""
    package = ""

    def __init__(self, programs, directory):
        self.programs = programs
        self.path = pathlib.Path(directory) / f"store-{self.name.lower()}"

    # Differs from one to the other.

    def is_installed(self):
        raise NotImplementedError

    def load(self, feed):
        """Imports a feed into the store, which may have something already: what it cost."""
        raise NotImplementedError

    def look_up(self, feed, count):
        """What `count` look-ups of records of the feed cost, forward and backward."""
        raise NotImplementedError

    def settle(self):
        """Whatever the store would do in the background, so that its size is its size."""

    def version(self):
        return run("dpkg-query", "-W", "-f", "${Version}", self.package)

    # Common to all.

    def clear(self):
        for path in self.path.parent.glob(self.path.name + "*"):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()

    def octets(self):
        """Room on disk, less logs for people."""
        total = 0
        for path in self.path.parent.glob(self.path.name + "*"):
            files = path.rglob("*") if path.is_dir() else [path]
            total += sum(file.stat().st_size for file in files
                         if file.is_file() and not file.name.startswith("LOG"))
        return total

    def compact_octets(self):
        """The same once what was only free room is gone, where the store has a way to that."""
        return self.octets()


def measured(*command):
    """Runs an import to its end on the core of what is measured: what it cost, and what it said."""
    began = time.monotonic()
    with tempfile.TemporaryFile("w+") as said:
        child = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=said, stderr=said,
            preexec_fn=lambda: os.sched_setaffinity(0, {cores()[0]}))
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        text = said.read()
    if child.returncode != 0:
        raise RuntimeError(f"{command[0]} ended with {child.returncode}:\n{text[-2000:]}")
    return {"seconds": time.monotonic() - began, "cpu": usage.ru_utime + usage.ru_stime,
            "memory": usage.ru_maxrss * 1024}


def read_look_ups(text):
    """What a keep_ program says of its look-ups, each as microseconds and records found."""
    found = {}
    for direction, look_ups, records, seconds in re.findall(
            r"^(\w+) (\d+) (\d+) ([\d.]+)$", text, re.MULTILINE):
        found[direction] = {"cpu": float(seconds) / int(look_ups) * 1e6,
                            "records": int(records) / int(look_ups)}
    return found
