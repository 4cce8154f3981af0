#!/usr/bin/env python3
"""What live dnstap costs: messages a second into a fresh store, memory, and room on disk.

    listen_bench.py [--messages N] [--senders N] [--bulk | --rate N]
                    [--capture FILE [--all-kinds]] ZONEGEN

Sent over a Unix socket, after it was made, is a stream of live_stream.py: made up, or of a capture of
dnstap that a resolver wrote, from which by default only its responses are taken, as the files in
contrib/dnstap have it. --all-kinds sends its queries and its clients' messages too. Each frame is
sent by itself, as unbound does, as fast as it goes or with --rate so many a second; with --bulk as
much as fits is sent at a time, as libfstrm does.

The senders and `listen` share the machine, so that the clock says little: the processor time of
`listen` counts, and which of its threads took it: the one that takes frames, or the one that writes
the store.
"""

import argparse
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

BENCH = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [BENCH, os.path.join(BENCH, "..", "support")]
import dnstap  # pylint: disable=wrong-import-position
import live_stream  # pylint: disable=wrong-import-position

RESPONSES = {dnstap.KINDS["resolver"], dnstap.KINDS["forwarder"]}


def make(path, stream, messages):
    """Writes the frames to a file; their number, and the offsets at which it may be taken apart."""
    made = 0
    ends = [0]
    with open(path, "wb") as out:
        while made < messages:
            piece, number = next(stream)
            out.write(piece)
            made += number
            ends.append(out.tell())
    return made, ends


def frames_of(octets):
    """Each frame with its length before it."""
    at = 0
    while at < len(octets):
        end = at + 4 + int.from_bytes(octets[at:at + 4], "big")
        yield octets[at:end]
        at = end


def send_frames(client, octets, rate):
    """Each by itself, `rate` of them a second at most."""
    started = time.monotonic()
    for number, frame in enumerate(frames_of(memoryview(octets))):
        if rate and (early := started + number / rate - time.monotonic()) > 0:
            time.sleep(early)
        client.sendall(frame)


def send(socket_path, path, begin, end, options):
    with socket.socket(socket.AF_UNIX) as client, open(path, "rb") as file:
        client.connect(socket_path)
        client.sendall(dnstap.control(dnstap.READY, dnstap.CONTENT))
        client.recv(100)
        client.sendall(dnstap.control(dnstap.START, dnstap.CONTENT))
        if not options.bulk:
            file.seek(begin)
            send_frames(client, file.read(end - begin), options.rate / options.senders)
        elif end > begin:
            client.sendfile(file, begin, end - begin)
        client.sendall(dnstap.control(dnstap.STOP))
        client.recv(100)


def status(pid, key):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return int(re.search(rf"{key}:\s+(\d+)", file.read())[1])


def processor_time(path):
    """User and system seconds of a process or a thread."""
    with open(f"{path}/stat", encoding="ascii") as file:
        ticks = file.read().rsplit(")", 1)[1].split()[11:13]
    return [int(number) / os.sysconf("SC_CLK_TCK") for number in ticks]


def written_octets(pid):
    with open(f"/proc/{pid}/io", encoding="ascii") as file:
        return int(re.search(r"^write_bytes: (\d+)", file.read(), re.MULTILINE)[1])


def measure(options, directory, feed, messages, ends):
    path, store = (os.path.join(directory, name) for name in ("tap", "store"))
    listen = subprocess.Popen([options.zonegen, "--config", "/dev/null", "--store", store, "listen",
                               "--dnstap-types", "resolver,forwarder", "--dnstap", f"unix:{path}"],
                              stderr=subprocess.PIPE, text=True)
    listen.stderr.readline()  # it listens

    cuts = [ends[(len(ends) - 1) * part // options.senders] for part in range(options.senders + 1)]
    threads = [threading.Thread(target=send, args=(path, feed, *cuts[part:part + 2], options))
               for part in range(options.senders)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.monotonic() - started
    memory = status(listen.pid, "VmHWM")
    own = status(listen.pid, "RssAnon")
    octets_written = written_octets(listen.pid)
    user, system = processor_time(f"/proc/{listen.pid}")
    taking = sum(processor_time(f"/proc/{listen.pid}/task/{listen.pid}"))
    listen.send_signal(signal.SIGTERM)
    said = listen.communicate()[1]

    told = re.findall(r"(\d+) frames, (\d+) observations, (\d+) of them written: (\d+) new", said)
    frames, observations, written, new = map(int, told[-1])
    if listen.returncode != 0 or frames != messages or written != observations:
        sys.exit(said)
    octets = os.stat(os.path.join(store, "data.mdb")).st_size
    processor = user + system
    print(f"elapsed              {elapsed:.1f} s")
    print(f"processor            {user:.2f} s user, {system:.2f} s system; {taking:.2f} s to take "
          f"frames, {processor - taking:.2f} s to write the store")
    print(f"messages             {messages / processor:.0f} a second of processor, "
          f"{messages / taking:.0f} without writing; {messages / elapsed:.0f} a second of the clock")
    print(f"observations         {observations / processor:.0f} a second of processor, "
          f"{observations / messages:.2f} a message")
    print(f"memory at most       {memory / 1024:.0f} MiB, of which the store's pages; "
          f"{own / 1024:.0f} MiB of its own at the end")
    print(f"written              {octets_written / observations:.0f} octets an observation")
    print(f"records              {new}")
    print(f"data.mdb             {octets} octets, {octets / new:.1f} a record", flush=True)
    shutil.rmtree(store)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("zonegen")
    parser.add_argument("--messages", type=int, default=3_000_000)
    parser.add_argument("--senders", type=int, default=1)
    parser.add_argument("--capture")
    parser.add_argument("--all-kinds", action="store_true")
    parser.add_argument("--bulk", action="store_true")
    parser.add_argument("--rate", type=int, default=0, help="frames a second at most")
    options = parser.parse_args()
    kinds = range(1, 15) if options.all_kinds else RESPONSES
    stream = (live_stream.of_capture(options.capture, kinds) if options.capture
              else live_stream.made_up())
    with tempfile.TemporaryDirectory(prefix="dnshist-bench-") as directory:
        feed = os.path.join(directory, "feed")
        messages, ends = make(feed, stream, options.messages)
        print(f"stream               {messages} messages, {ends[-1] / messages:.0f} octets each, "
              f"from {options.senders} senders")
        measure(options, directory, feed, messages, ends)


if __name__ == "__main__":
    main()
