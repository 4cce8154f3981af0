"""Processes under measurement: started on one core, watched through /proc, ended by their number."""

import os
import pathlib
import random
import re
import socket
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE = 30  # seconds for a process to end by itself once it was told to


def cores():
    """The core of what is measured, and that of what loads it."""
    available = sorted(os.sched_getaffinity(0))
    return available[-1], available[0]


def free_port():
    """A port of 127.0.0.1 that neither UDP nor TCP uses at the moment. None of those that clients are
    given: one that connects until a server listens would get the server's port in the end, and
    reach itself."""
    for _ in range(100):
        port = random.randrange(10240, 32768)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
            try:
                udp.bind(("127.0.0.1", port))
                tcp.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no free port")


class Process:
    """A running program and all that it has started."""

    def __init__(self, command, log, core, directory=None):
        self.log = pathlib.Path(log)
        self.command = [str(word) for word in command]
        self.began = time.monotonic()
        with open(self.log, "wb") as out:
            self.child = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=directory,
                start_new_session=True, preexec_fn=lambda: os.sched_setaffinity(0, {core}))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def check(self):
        """An error if it has ended."""
        if self.child.poll() is not None:
            raise RuntimeError(f"{self.command[0]} ended with {self.child.returncode}:\n"
                               f"{self.log.read_text(errors='replace')[-2000:]}")

    def pids(self):
        """Its process number and those of its descendants."""
        parents = {}
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue  # it ended meanwhile
        found = [self.child.pid]
        for pid in found:
            found += [child for child, parent in parents.items() if parent == pid]
        return found

    def cpu_seconds(self):
        """User and system time so far."""
        total = 0
        for pid in self.pids():
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICKS

    def cpu_since(self, before):
        """Seconds used since it was `before`: a tick at least, of which less cannot be told."""
        return max(self.cpu_seconds() - before, 1 / TICKS)

    def memory(self):
        """Octets of memory: those that are its own, and all that is mapped in at the moment."""
        own = mapped = 0
        for pid in self.pids():
            status = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
            own += kilobytes(status, "Anonymous") + kilobytes(status, "Swap")
            mapped += kilobytes(status, "Rss")
        return own * 1024, mapped * 1024

    def stop(self):
        if self.child.poll() is None:
            self.child.terminate()
            try:
                self.child.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.child.kill()
        return self.child.wait(PATIENCE)


def kilobytes(text, field):
    return int(re.search(rf"^{field}:\s+(\d+) kB$", text, re.MULTILINE)[1])


def run(*command, core=None, log=None, **options):
    """Runs a command to its end; its standard output. An error shows what it said."""
    pin = None if core is None else lambda: os.sched_setaffinity(0, {core})
    result = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL,
                            capture_output=True, text=True, errors="replace", check=False,
                            preexec_fn=pin, **options)
    if log is not None:
        pathlib.Path(log).write_text(result.stdout + result.stderr)
    if result.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))} ended with {result.returncode}:\n"
                           f"{(result.stdout + result.stderr)[-2000:]}")
    return result.stdout


def warm(*paths):
    """Reads files once: memory that was idle may have been paged out."""
    for path in paths:
        with open(path, "rb", buffering=0) as file:
            while file.read(1 << 22):
                pass
