"""Captured packets as tests write them, and the files that hold them."""

import struct

CLIENT, SERVER = bytes([192, 0, 2, 1]), bytes([192, 0, 2, 53])
CLIENT_6, SERVER_6 = (bytes.fromhex("20010db8") + bytes(11) + bytes([last]) for last in (1, 53))
# Link types.
ETHERNET, NULL, RAW, WIRELESS, SLL, RADIOTAP, SLL2 = 1, 0, 101, 105, 113, 127, 276


def dns(response, name=b"\3www\7example\0"):
    head = struct.pack(">6H", 0x1234, 0x8180 if response else 0x0100, 1, int(response), 0, 0)
    record = bytes.fromhex("c00c00010001") + struct.pack(">IH", 300, 4) + bytes([198, 51, 100, 7])
    return head + name + bytes.fromhex("00010001") + (record if response else b"")


def udp(source, destination, payload):
    return struct.pack(">4H", source, destination, len(payload) + 8, 0) + payload


def tcp(source, destination, sequence, flags, payload=b""):
    return struct.pack(">HHIIBBHHH", source, destination, sequence & 0xffffffff, 0, 5 << 4, flags,
                       65535, 0, 0) + payload


def ip(payload, protocol=17, back=False, fragment=0, source=CLIENT, destination=SERVER):
    ends = (destination, source) if back else (source, destination)
    return struct.pack(">BBHHHBBH4s4s", 0x45, 0, len(payload) + 20, 7, fragment, 64, protocol, 0,
                       *ends) + payload


outer = ip


def ip6(payload, protocol=17, back=False):
    ends = (SERVER_6, CLIENT_6) if back else (CLIENT_6, SERVER_6)
    return struct.pack(">IHBB16s16s", 6 << 28, len(payload), protocol, 64, *ends) + payload


def ethernet(payload, kind=0x0800):
    return bytes.fromhex("020000000001020000000002") + struct.pack(">H", kind) + payload


def framed(message):
    return struct.pack(">H", len(message)) + message


QUESTION, RESPONSE = udp(1024, 53, dns(False)), udp(53, 1024, dns(True))
PLAIN = [ip(QUESTION), ip(RESPONSE, back=True)]
PLAIN_6 = [ip6(QUESTION), ip6(RESPONSE, back=True)]


def over_tcp():
    stream = framed(dns(True)) * 3
    return [ip(packet, 6, back) for back, packet in (
        (False, tcp(1024, 53, -1, 0x02)), (True, tcp(53, 1024, 99, 0x12)),
        (False, tcp(1024, 53, 0, 0x10, framed(dns(False)))),
        (True, tcp(53, 1024, 100, 0x10, stream[:20])),
        (True, tcp(53, 1024, 150, 0x10, stream[50:])),  # early
        (True, tcp(53, 1024, 120, 0x10, stream[20:60])),
        (True, tcp(53, 1024, 900, 0x10, framed(dns(True)))),  # behind a gap
        (True, tcp(53, 1024, 100, 0x11, stream[:20])),  # again
    )]


def in_fragments():
    def part6(offset, more):
        piece = RESPONSE[offset:offset + 32] if more else RESPONSE[offset:]
        return ip6(struct.pack(">BBHI", 17, 0, offset | more, 7) + piece, 44, True)
    return [ip(RESPONSE[32:], back=True, fragment=4), ip(RESPONSE[:32], back=True, fragment=0x2000),
            part6(0, 1), part6(32, 0)]


def tunnels(response=True):
    """The response, or the question, in tunnels of all kinds; the question went the other way."""
    packet, packet_6 = PLAIN[response], PLAIN_6[response]
    inner = ethernet(packet)

    def ip(payload, protocol=17):
        return outer(payload, protocol, back=not response)
    yield "ipip", ip(packet, 4)
    yield "6in4", ip(packet_6, 41)
    yield "gre", ip(struct.pack(">HHI", 0x2000, 0x0800, 1) + packet, 47)
    yield "pptp", ip(struct.pack(">HHHHII", 0x3081, 0x880b, 0, 1, 1, 1) +
                     b"\xff\x03\0\x21" + packet, 47)
    yield "erspan", ip(struct.pack(">HHI8x", 0x1000, 0x88be, 1) + inner, 47)
    yield "erspan3", ip(struct.pack(">HHI12x", 0x1000, 0x22eb, 1) + inner, 47)
    for name, port, header, content in (
            ("vxlan", 4789, struct.pack(">II", 0x08000000, 256), inner),
            ("vxlan_gpe", 4790, struct.pack(">II", 0x0c000001, 256), packet),
            ("geneve", 6081, struct.pack(">HHII", 0x0100, 0x6558, 256, 0), inner),
            ("gtp", 2152, struct.pack(">BBHIHBBI", 0x34, 255, 0, 1, 0, 0, 0x85, 0x01000000),
             packet),
            ("teredo", 3544, bytes.fromhex("00010000") + bytes(9) + bytes(8), packet_6),
            ("l2tp", 1701, struct.pack(">HHI", 0x4002, 0, 1) + b"\0\x21", packet),
            ("mpls", 6635, struct.pack(">II", 0x1000, 0x1100), packet),
            ("tzsp", 37008, bytes.fromhex("010000010a015501"), inner)):
        yield name, ip(udp(50000, port, header + content))


def links(response=True):
    packet, snap = PLAIN[response], bytes.fromhex("aaaa030000000800")
    wireless = bytes.fromhex("0802") + bytes(22) + snap + packet
    yield "vlan", ETHERNET, ethernet(struct.pack(">HHHH", 1, 0x8100, 2, 0x0800) + packet, 0x88a8)
    yield "pppoe", ETHERNET, ethernet(bytes.fromhex("1100000100000021") + packet, 0x8864)
    yield "null", NULL, bytes([2, 0, 0, 0]) + packet
    yield "wireless", WIRELESS, wireless
    yield "radiotap", RADIOTAP, bytes.fromhex("000009000200000000") + wireless
    yield "sll", SLL, bytes(14) + b"\x08\0" + packet
    yield "sll2", SLL2, b"\x08\0" + bytes(18) + packet


def pcap(link, packets, order=">", magic=0xa1b2c3d4):
    return struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65535, link) + b"".join(
        struct.pack(order + "IIII", 1600000000 + i, 0, len(packet), len(packet)) + packet
        for i, packet in enumerate(packets))


def pcapng(link, packets, more=()):
    """Packets of one interface, and for each (link type, packets) of `more` those of another."""
    def block(kind, body):
        body += bytes(-len(body) % 4)
        size = len(body) + 12
        return struct.pack("<II", kind, size) + body + struct.pack("<I", size)
    interfaces = [(link, packets), *more]
    return (block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1)) +
            b"".join(block(1, struct.pack("<HHI", kind, 0, 65535 - number))
                     for number, (kind, _) in enumerate(interfaces)) +
            b"".join(block(6, struct.pack("<IIIII", number, 0x5b000, i, *[len(packet)] * 2) + packet)
                     for number, (_, frames) in enumerate(interfaces)
                     for i, packet in enumerate(frames)) +
            block(5, struct.pack("<III", 0, 0, 0)))
