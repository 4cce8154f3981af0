#!/usr/bin/env python3
"""What a store in a Ceph cluster costs, beside a store in a directory with the same content.

    cluster_bench.py BUILD [--names N] [--seconds N] [--directory DIR]

BUILD is the directory of preset release, whose target cluster_bench has all that is needed. Starts the
cluster of contrib/cluster on loopback (Ceph's packages must be installed, and dnsperf), and takes in turn:

    copy        a directory into the cluster, and back
    import      by one writer, and by two at once
    uncached    questions with no more cache than must be, beside as many bare reads of the cluster
    cached      the same few questions again and again, beside the store in the directory
    one         one question at a time: uncached, and cached

All of it shares the machine. Questions a second by the clock are the machine's; the processor time of a
question, and ratios of what was taken in turns, are ours. Some 2 GB on the disk for a million names.
"""

import argparse
import contextlib
import os
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

PROJECT = pathlib.Path(__file__).resolve().parents[2]
CLUSTER = PROJECT / "contrib" / "cluster" / "cluster"
HOT = 1000  # questions that the cache has
ROUNDS = 3


def processor_time(pids):
    total = 0
    for pid in pids:
        user, system = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
        total += int(user) + int(system)
    return total / os.sysconf("SC_CLK_TCK")


def children(pid):
    return [int(child) for child in
            pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def free_port():
    with socket.socket() as tcp:
        tcp.bind(("127.0.0.1", 0))
        return tcp.getsockname()[1]


class Bench:
    def __init__(self, options, folder, stack):
        self.options = options
        self.folder = folder
        self.stack = stack
        self.zonegen = options.build / "zonegen" / "dnshist-zonegen"
        self.responder = options.build / "responder" / "dnshist-responder"
        self.config = folder / "dnshist.toml"
        (folder / "ceph").mkdir()
        cluster = subprocess.Popen([sys.executable, CLUSTER, "--only-cluster", "--directory",
                                    folder / "ceph"],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        stack.callback(cluster.wait)
        stack.callback(cluster.stdin.close)
        ready = cluster.stdout.readline().split()
        if ready[:1] != ["ready"]:
            sys.exit("the cluster did not start")
        self.conf = ready[1]
        self.osds = [pid for pid in children(cluster.pid)
                     if "ceph-osd" in pathlib.Path(f"/proc/{pid}/cmdline").read_text()]
        self.config.write_text(self.access(""))

    def access(self, more):
        return f'[store]\nceph_conf = "{self.conf}"\nceph_user = "admin"\n{more}'

    def begin(self, store, *arguments):
        return subprocess.Popen([self.zonegen, "--config", self.config, "--store", store, *arguments],
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True)

    def timed(self, *processes):
        """Seconds by the clock, and of the processor of these and of the OSDs."""
        clock, osds = time.monotonic(), processor_time(self.osds)
        before = os.times()
        for process in processes:
            said = process.communicate()[0]
            if process.returncode:
                sys.exit(said)
        after = os.times()
        ours = (after.children_user + after.children_system
                - before.children_user - before.children_system)
        return time.monotonic() - clock, ours, processor_time(self.osds) - osds

    def say(self, what, records, taken):
        clock, ours, osds = taken
        print(f"| {what} | {records / clock:,.0f} records/s | {1e6 * ours / records:.2f} | "
              f"{1e6 * osds / records:.2f} |", flush=True)

    def write(self):
        """The store in a directory, and what is written into the cluster."""
        data = self.folder / "data"
        data.mkdir()
        subprocess.run([self.options.build / "tests" / "bench" / "make_history",
                        str(self.options.names), data], check=True)
        for unused in data.glob("zone*"):
            unused.unlink()
        lines = (data / "feed.json").read_bytes().splitlines(keepends=True)
        records = len(lines)
        halves = []
        for number in range(2):
            halves.append(data / f"half.{number}.json")
            halves[-1].write_bytes(b"".join(lines[number::2]))
        del lines
        local = self.folder / "local"
        print(f"\n{records:,} records; microseconds of the processor for each record: ours, all OSDs\n\n"
              "| | by the clock | ours | OSDs |\n| --- | --- | --- | --- |")
        feed = data / "feed.json"
        self.say("import into a directory", records, self.timed(self.begin(local, "import", feed)))
        self.say("import, one writer", records,
                 self.timed(self.begin("rados://history/one", "import", feed)))
        self.say("import, two writers", records,
                 self.timed(*[self.begin("rados://history/two", "import", half) for half in halves]))
        self.say("copy into the cluster", records,
                 self.timed(self.begin(local, "copy", "rados://history/world")))
        self.say("copy back", records,
                 self.timed(self.begin("rados://history/world", "copy", self.folder / "back")))
        return data / "questions.history"

    @contextlib.contextmanager
    def serving(self, store, more=""):
        """A responder of one thread; its process and port, and a function that reads its metrics."""
        port, metrics = free_port(), free_port()
        config = self.folder / f"responder.{port}.toml"
        config.write_text(f'[responder]\nlisten = ["127.0.0.1@{port}"]\nthreads = 1\n'
                          f'metrics = "127.0.0.1@{metrics}"\nzones = ["pdns.local"]\n' + self.access(more))
        log = open(self.folder / f"responder.{port}.log", "w+", encoding="utf-8")
        process = subprocess.Popen([self.responder, "--config", config, "--store", store],
                                   stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            until = time.monotonic() + 30
            while "listening" not in pathlib.Path(log.name).read_text():
                if time.monotonic() > until or process.poll() is not None:
                    sys.exit(pathlib.Path(log.name).read_text())
                time.sleep(0.05)
            yield process, port, metrics
        finally:
            process.terminate()
            process.wait()
            log.close()

    def ask(self, responder, questions, under_way):
        """Answers, questions a second, processor time of the responder and of the OSDs for each; and
        the median and the 99th percentile of what one took."""
        process, port, _ = responder
        ours, osds = processor_time([process.pid]), processor_time(self.osds)
        said = subprocess.run(["dnsperf", "-s", "127.0.0.1", "-p", str(port), "-d", questions, "-T", "1",
                               "-c", "4" if under_way > 4 else "1", "-q", str(under_way),
                               "-l", str(self.options.seconds)],
                              capture_output=True, text=True, check=True).stdout
        count = int(re.search(r"Queries completed:\s+(\d+)", said)[1])
        lost = int(re.search(r"Queries lost:\s+(\d+)", said)[1])
        if lost or not count:
            sys.exit(said)
        return {"rate": float(re.search(r"Queries per second:\s+([\d.]+)", said)[1]), "count": count,
                "ours": 1e6 * (processor_time([process.pid]) - ours) / count,
                "osds": 1e6 * (processor_time(self.osds) - osds) / count,
                "mean": 1e3 * float(re.search(r"Average Latency \(s\):\s+([\d.]+)", said)[1])}

    def number(self, responder, name):
        with socket.create_connection(("127.0.0.1", responder[2])) as client:
            client.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
            text = b"".join(iter(lambda: client.recv(65536), b"")).decode()
        return float(re.search(rf"^{name} (\S+)$", text, re.M)[1])

    def bare_reads(self):
        before = processor_time(self.osds)
        said = subprocess.run([self.options.build / "bench" / "object_reads", "rados://history/world",
                               self.conf, str(self.options.seconds)],
                              capture_output=True, text=True, check=True).stdout
        rate = int(said)
        return rate, 1e6 * (processor_time(self.osds) - before) / (rate * self.options.seconds)

    def read(self, questions):
        least = "cache = 16\ncache_seconds = 1\n"
        hot = self.folder / "hot"
        hot.write_text("".join(open(questions, encoding="ascii").readlines()[:HOT]))
        print("\nMicroseconds of the processor for each question: ours, all OSDs\n\n"
              "| | by the clock | ours | OSDs | from the cache |\n| --- | --- | --- | --- | --- |")
        with self.serving("rados://history/world", least) as responder:
            for _ in range(ROUNDS):
                rate, osds = self.bare_reads()
                print(f"| bare reads of the cluster | {rate:,}/s | | {osds:.0f} | |")
                misses = self.number(responder, "dnshist_cluster_cache_misses_total")
                asked = self.ask(responder, questions, 512)
                misses = self.number(responder, "dnshist_cluster_cache_misses_total") - misses
                missed = misses / asked["count"]
                ratio = asked["rate"] * missed / rate
                print(f"| questions | {asked['rate']:,.0f}/s; {ratio:.2f} lookups that missed for each "
                      f"bare read | {asked['ours']:.0f} | {asked['osds']:.0f} | "
                      f"{max(0, 1 - missed):.0%} |", flush=True)
            alone = self.ask(responder, questions, 1)
            print(f"| uncached, one at a time | {alone['mean']:.2f} ms each | {alone['ours']:.0f} | "
                  f"{alone['osds']:.0f} | |")
        with self.serving("rados://history/world", "cache_seconds = 3600\n") as remote, \
                self.serving(self.folder / "local") as local:
            for responder in (remote, local):
                self.ask(responder, hot, 64)
            ratios = []
            for _ in range(ROUNDS):
                cached, direct = self.ask(remote, hot, 64), self.ask(local, hot, 64)
                ratios.append(cached["ours"] / direct["ours"])
                print(f"| cached | {cached['rate']:,.0f}/s | {cached['ours']:.1f} | 0 | 100% |\n"
                      f"| in a directory | {direct['rate']:,.0f}/s | {direct['ours']:.1f} | | |", flush=True)
            print(f"| a cached question, to one in a directory | {statistics.median(ratios):.2f} | | | |")
            alone = self.ask(remote, hot, 1)
            print(f"| cached, one at a time | {alone['mean']:.3f} ms each | {alone['ours']:.0f} | | |")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=lambda text: pathlib.Path(text).resolve())
    parser.add_argument("--names", type=int, default=1_000_000, help="each has six records in the mean")
    parser.add_argument("--seconds", type=int, default=10, help="of each round of questions")
    parser.add_argument("--directory", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()))
    options = parser.parse_args()
    for program in ("ceph-mon", "ceph-osd", "ceph", "dnsperf"):
        if shutil.which(program) is None:
            sys.exit(f"{program} is not installed")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="cluster_bench.", dir=options.directory))
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder)
        print(f"{os.cpu_count()} processors; load before it began {os.getloadavg()[0]:.1f}")
        bench = Bench(options, folder, stack)
        bench.read(bench.write())


if __name__ == "__main__":
    main()
