#!/usr/bin/env python3
"""Makes the corpus of pcap_fuzz and packets_fuzz: corpus/pcap and corpus/packets beside it.

Each file is a small conversation of one kind: plain, in fragments, over TCP, in tunnels, on other
link types, in both formats of capture files.
"""

import pathlib
import struct
import sys

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "feeds"))

from captures import (PLAIN, PLAIN_6, RAW, SLL2, dns, in_fragments, ip, links, over_tcp, pcap,
                      pcapng, tunnels, udp)


def kinds():
    yield "plain", RAW, PLAIN + PLAIN_6
    yield "tcp", RAW, over_tcp()
    yield "fragments", RAW, in_fragments()
    yield "multicast", RAW, [ip(udp(5353, 5353, dns(True)))]
    for name, packet in tunnels():
        yield name, RAW, [packet]
    for name, link, packet in links():
        yield name, link, [packet]


def write(folder, name, content):
    path = HERE / "corpus" / folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def main():
    for name, link, packets in kinds():
        if link < 256:  # one octet there
            write("packets", name, bytes([link]) + b"".join(
                struct.pack(">HB", len(packet), 1) + packet for packet in packets))
    write("pcap", "plain", pcap(RAW, PLAIN))
    write("pcap", "nanoseconds", pcap(RAW, PLAIN, "<", 0xa1b23c4d))
    write("pcap", "tcp", pcap(RAW, over_tcp(), "<"))
    write("pcap", "sll2", pcap(SLL2, [packet for _, link, packet in links() if link == SLL2]))
    write("pcap", "plain.pcapng", pcapng(RAW, PLAIN))
    write("pcap", "fragments.pcapng", pcapng(RAW, in_fragments()))


if __name__ == "__main__":
    main()
