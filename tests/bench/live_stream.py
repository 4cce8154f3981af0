"""Streams of dnstap frames for listen_bench.py, as long as wanted: made up, or made of a capture."""

import random
import re
import struct

import dnstap

# Messages from one to the next: as many a second are reported.
A_SECOND = 1000
BEGIN = 1_700_000_000


def skewed(chance, recent):
    """Most of the time one of the last: what is popular is asked for again and again."""
    return recent[-1 - int(len(recent) * chance.random() ** 4)]


# Made up: responses of authoritative servers to a resolver. They have for a host an address, an alias
# with its address, or the referral to its domain with two name servers and their glue, one third
# each, so 2.3 records a message. A third of the messages is about a host that comes for the first
# time; the others repeat a message of the last 300,000 hosts, most of them one of a few popular ones.
# So it is a cache that misses a lot, and a store that grows all the time.

PIECE = 30_000  # messages
NEW = PIECE // 3
RECENT = 300_000  # hosts


def resource(owner, rrtype, rdata):
    return owner + struct.pack("!HHIH", rrtype, 1, 300, len(rdata)) + rdata


def address(owner, number):
    return resource(owner, 1, struct.pack("!I", 0x0a000000 + number * 2654435761 % 2**24))


def pointer(offset):
    return struct.pack("!H", 0xc000 | offset)


def message(number):
    """The data frame about a host; always the same for a number."""
    host = f"h{number:x}"
    domain = f"d{number // 4:x}.example"
    question = dnstap.wire(f"{host}.{domain}") + struct.pack("!2H", 1, 1)
    qname, zone = pointer(12), pointer(12 + 1 + len(host))
    counts, records, asked = (1, 0, 0), address(qname, number), domain
    if number % 3 == 1:
        alias = resource(qname, 5, b"\3web" + zone)
        target = pointer(12 + len(question) + len(alias) - 6)
        counts, records = (2, 0, 0), alias + address(target, number)
    elif number % 3 == 2:
        servers = [resource(zone, 2, b"\3ns" + digit + zone) for digit in (b"1", b"2")]
        first = 12 + len(question) + len(servers[0]) - 6
        glue = [address(pointer(first + place * len(servers[0])), number + place)
                for place in (0, 1)]
        counts, records, asked = (0, 2, 2), b"".join(servers + glue), "example"
    response = struct.pack("!6H", 7, 0x8400, 1, *counts) + question + records
    return dnstap.data({dnstap.KIND: 4, dnstap.QUERY_ADDRESS: b"\x7f\0\0\1",
                        dnstap.RESPONSE_TIME: BEGIN + number // A_SECOND,
                        dnstap.ZONE: dnstap.wire(asked), dnstap.RESPONSE: response}, b"resolver")


def made_up():
    """Pieces of the stream: the octets of PIECE frames, and that number."""
    chance = random.Random(1)
    recent = []
    first = 0
    while True:
        fresh = [message(number) for number in range(first, first + NEW)]
        first += NEW
        recent = recent[-RECENT + NEW:] + fresh
        yield b"".join(fresh + [skewed(chance, recent) for _ in range(PIECE - NEW)]), PIECE


# Made of a capture, which is too short for a measurement and would repeat the same few names: it is
# played again and again in other names. Of each zone that was asked, the last four characters of the
# first label become a number, wherever the zone is named in any frame, so that frames keep their
# length, their compression and all else. One round in five has a number that comes for the first
# time, the others one of the last 2,000, most of them one of a few. Sixteen rounds go on at a time,
# a frame from each in turn. Times are A_SECOND frames a second.

AT_A_TIME = 16
RECENT_ROUNDS = 2_000
NUMBER = 4  # characters


class Capture:
    """The frames of a capture, to be written in other names."""

    def __init__(self, octets, kinds):
        frames = [frame for frame in dnstap.frames(octets) if self.message_of(frame)[1] in kinds]
        zones = {self.message_of(frame).get(dnstap.ZONE, b"").lower() for frame in frames}
        labels = {zone[1:1 + zone[0]] for zone in zones if zone and zone[0] >= NUMBER}
        # The longest first: one label may end in another.
        named = re.compile(b"|".join(bytes([len(label)]) + re.escape(label) for label in
                                     sorted(labels, key=len, reverse=True)), re.IGNORECASE)
        self.frames = [self.template(frame, named) for frame in frames]

    @staticmethod
    def message_of(frame):
        return dnstap.fields(dnstap.fields(frame)[dnstap.MESSAGE])

    @classmethod
    def template(cls, frame, named):
        """The frame, with its length before it, and where it has the number and the time."""
        numbers = [4 + match.end() - NUMBER for match in named.finditer(frame)]
        times = [4 + match.start()
                 for field in (dnstap.QUERY_TIME, dnstap.RESPONSE_TIME)
                 if (time := cls.message_of(frame).get(field))
                 for match in re.finditer(re.escape(dnstap.put_varint(time)), frame)]
        return struct.pack("!I", len(frame)) + frame, numbers, times

    @staticmethod
    def write(template, number, time):
        octets, numbers, times = template
        written = bytearray(octets)
        for at in numbers:
            written[at:at + NUMBER] = number
        for at in times:
            written[at:at + len(time)] = time
        return written


def digits(number):
    """A number as characters of a name, in lower case."""
    text = ""
    for _ in range(NUMBER):
        text = "0123456789abcdefghijklmnopqrstuvwxyz"[number % 36] + text
        number //= 36
    return text.encode()


def of_capture(path, kinds):
    """Pieces of the stream: the octets of AT_A_TIME rounds, and the number of their frames."""
    with open(path, "rb") as file:
        capture = Capture(file.read(), kinds)
    chance = random.Random(1)
    recent = []
    first = frames = 0
    while True:
        rounds = []
        for _ in range(AT_A_TIME):
            if not recent or chance.random() < 0.2:
                recent = recent[-RECENT_ROUNDS + 1:] + [digits(first)]
                first += 1
                rounds.append(recent[-1])
            else:
                rounds.append(skewed(chance, recent))
        piece = []
        for template in capture.frames:
            time = dnstap.put_varint(BEGIN + frames // A_SECOND)
            piece += [capture.write(template, number, time) for number in rounds]
            frames += AT_A_TIME
        yield b"".join(piece), len(piece)
