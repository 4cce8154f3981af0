#!/usr/bin/env python3
"""What the index for searches costs and brings: imports with and without it, then searches by it.

    search_bench.py [--build DIR] [--records N] [--planted N] [--windows N] [--rounds N]

Imports as many made-up records (make_feed), and names with "paypal" in them among them, twice: without and
with --search. Prints how long each took, the octets on the disk, and the octets of the index for a record;
those are the files search.N.mdb beside the levels. Then so many --windows of 50,000 observations are
imported, one in five of a new record, so that much is in the young level. Then each search is asked over TCP, again and
again, and the processor time of the responder (all its threads, by the kernel's schedstat) is printed: of
the first time, the median and the least.

What RESULTS.md wants: --records 50000000, on a machine that does nothing else. Wanted are at most 20 ms for a
page of names with a literal, at most 8 octets a record, and an import of at most 1.3 of its time without.
The stores are made in $BENCH_DIRECTORY, one after the other; it needs 80 octets for a record.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(TOP / "tests" / "support"))
import dns_client  # pylint: disable=wrong-import-position

ADDRESS = "127.0.0.2"
SEARCHES = [
    "like-*paypal*.names",          # a literal that is in few names
    "like-*paypal*.names.com",      # below a name
    "re-^secure-paypal-[0-9]*5.names",
    "like-*zqxjwv*.names",          # in none
    "like-*ms=ms1234*.pivot",       # in values of texts
    "like-*mail*.names",            # in many: one page
]


def planted(count):
    for number in range(count):
        yield json.dumps({"rrname": f"secure-paypal-{number}.net{number % 7}.com.", "rrtype": "A",
                          "rdata": f"192.0.2.{number % 250}", "count": 1,
                          "time_first": 1577836800, "time_last": 1577836800 + number}) + "\n"


def pour(make_feed, records, count, pipe):
    """What is planted, and the feed."""
    with subprocess.Popen([make_feed, str(records)], stdout=subprocess.PIPE) as feed:
        try:
            for line in planted(count):
                pipe.write(line.encode())
            pipe.flush()
            shutil.copyfileobj(feed.stdout, pipe, 1 << 20)
        finally:
            pipe.close()


def import_into(zonegen, store, make_feed, given, *options):
    child = subprocess.Popen([zonegen, "--config", "/dev/null", "--store", store, "import", *options, "-"],
                             stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = []
    reader = threading.Thread(target=lambda: said.append(child.stderr.read()))
    reader.start()
    began = time.monotonic()
    pour(make_feed, given.records, given.planted, child.stdin)
    reader.join()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"the import failed: {said[0].decode()}")
    return {"seconds": time.monotonic() - began, "cpu": usage.ru_utime + usage.ru_stime}


def import_windows(zonegen, store, make_feed, given):
    with subprocess.Popen([make_feed, "windows", str(given.records), str(given.windows * 50_000), "5"],
                          stdout=subprocess.PIPE) as feed:
        subprocess.run([zonegen, "--config", "/dev/null", "--store", store, "import", "--search",
                        "--batch", "50000", "-"], stdin=feed.stdout, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=True)
    said = subprocess.run([zonegen, "--config", "/dev/null", "--store", store, "stats"],
                          capture_output=True, text=True, check=True).stdout
    print(re.search("^levels.*", said, re.M)[0], re.search("^search.*", said, re.M)[0], sep="\n", flush=True)


def octets(store, pattern="*"):
    return sum(path.stat().st_blocks * 512 for path in store.rglob(pattern))


def processor_ms(pid):
    """Of all threads, in milliseconds."""
    return sum(int((task / "schedstat").read_text().split()[0])
               for task in pathlib.Path(f"/proc/{pid}/task").iterdir()) / 1e6


def lines_of(answer):
    return sum(not line.startswith("#") for line in answer.lines)


def ask(responder, port, rounds):
    print("| search | lines of a page | CPU ms: first | median | least |\n"
          "| --- | ---: | ---: | ---: | ---: |", flush=True)
    for name in SEARCHES:
        costs = []
        for _ in range(rounds):
            with socket.create_connection((ADDRESS, port), timeout=120) as client:
                before = processor_ms(responder.pid)
                client.sendall(dns_client.framed(dns_client.question(name + ".pdns.local")))
                answer = dns_client.receive_message(client)
                time.sleep(0.005)  # the thread is done with what follows an answer
                costs.append(processor_ms(responder.pid) - before)
        stopped = any("stopped at the work limit" in line for line in answer.lines)
        print(f"| `{name}` | {lines_of(answer)}{', stopped' if stopped else ''} | {costs[0]:.1f} | "
              f"{statistics.median(costs):.1f} | {min(costs):.1f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=TOP / "build" / "release")
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--planted", type=int, default=40)
    parser.add_argument("--windows", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=21)
    given = parser.parse_args()
    zonegen = given.build / "zonegen" / "dnshist-zonegen"
    make_feed = given.build / "tests" / "bench" / "make_feed"
    records = given.records + given.planted
    with tempfile.TemporaryDirectory(prefix="dnshist-bench-", dir=os.environ.get("BENCH_DIRECTORY")) as room:
        store = pathlib.Path(room) / "store"
        plain = import_into(zonegen, store, make_feed, given)
        plain_octets = octets(store)
        shutil.rmtree(store)
        indexed = import_into(zonegen, store, make_feed, given, "--search")
        print("| import of {:,} records | seconds | CPU s | octets on disk a record | of the index |\n"
              "| --- | ---: | ---: | ---: | ---: |\n"
              "| without | {:.1f} | {:.1f} | {:.1f} | |\n"
              "| with --search | {:.1f} | {:.1f} | {:.1f} | {:.1f} |\n"
              "| with / without | {:.2f} | {:.2f} | | |\n".format(
                  records, plain["seconds"], plain["cpu"], plain_octets / records, indexed["seconds"],
                  indexed["cpu"], octets(store) / records, octets(store, "search.*.mdb") / records,
                  indexed["seconds"] / plain["seconds"], indexed["cpu"] / plain["cpu"]), flush=True)
        if given.windows:
            import_windows(zonegen, store, make_feed, given)
        with subprocess.Popen([given.build / "responder" / "dnshist-responder", "--config", "/dev/null",
                               "--store", store, "--zone", "pdns.local", "--listen", ADDRESS + "@0"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as responder:
            port = next((int(found[1]) for line in responder.stderr
                         if (found := re.search(r"listening on [0-9.]+@(\d+)", line))), None)
            if port is None:
                sys.exit("the responder did not start")
            try:
                ask(responder, port, given.rounds)
            finally:
                responder.terminate()


if __name__ == "__main__":
    main()
