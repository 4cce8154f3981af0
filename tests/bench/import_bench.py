#!/usr/bin/env python3
"""What a fresh import of a million distinct records costs: processor time and room on disk.

    import_bench.py MAKE_FEED ZONEGEN [RECORDS]

The importer is held on one processor; its user and system time together make the rate, so that a
busy disk or machine does not show.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time


def main():
    make_feed, zonegen = sys.argv[1:3]
    records = int(sys.argv[3]) if len(sys.argv) > 3 else 1_000_000
    with tempfile.TemporaryDirectory(prefix="dnshist-bench-") as directory:
        feed = os.path.join(directory, "feed.json")
        store = os.path.join(directory, "store")
        with open(feed, "wb") as out:
            subprocess.run([make_feed, str(records)], stdout=out, check=True)

        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.monotonic()
        subprocess.run([zonegen, "--store", store, "import", feed], check=True)
        elapsed = time.monotonic() - started
        after = resource.getrusage(resource.RUSAGE_CHILDREN)

        user = after.ru_utime - before.ru_utime
        system = after.ru_stime - before.ru_stime
        octets = os.stat(os.path.join(store, "data.mdb")).st_size
        print(f"records              {records}")
        print(f"user + system        {user:.2f} s + {system:.2f} s")
        print(f"records/s            {records / (user + system):.0f} on one processor")
        print(f"elapsed              {elapsed:.2f} s")
        print(f"memory at most       {after.ru_maxrss / 1024:.0f} MiB")
        print(f"data.mdb             {octets} octets, {octets / records:.1f} a record")


if __name__ == "__main__":
    main()
