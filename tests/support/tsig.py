"""TSIG (RFC 8945) as the tests have it: messages signed and checked with Python's own HMAC.

It shares no line with the responder and is written from the RFC. The vectors of the unit tests
(tests/support/tsig_vectors.py) come from here too.
"""

import base64
import dataclasses
import hashlib
import hmac
import struct

NOTAUTH = 9
BADSIG, BADKEY, BADTIME, BADTRUNC = 16, 17, 18, 22
TSIG, CLASS_ANY = 250, 255


@dataclasses.dataclass
class Key:
    name: str
    algorithm: str  # hmac-sha256
    secret: str     # base64

    def mac(self, octets):
        digest = getattr(hashlib, self.algorithm.split("-")[1])
        return hmac.new(base64.b64decode(self.secret), octets, digest).digest()

    def argument(self):
        """As dig and kdig take it after -y."""
        return f"{self.algorithm}:{self.name}:{self.secret}"


@dataclasses.dataclass
class Record:
    key: bytes  # names in wire form
    algorithm: bytes
    time_signed: int
    fudge: int
    mac: bytes
    original_id: int
    error: int
    other: bytes


def wire_name(text):
    labels = [label for label in text.lower().encode().split(b".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def counted(octets):
    return struct.pack("!H", len(octets)) + octets


def variables(key, algorithm, time_signed, fudge, error, other):
    """Section 4.3.3."""
    return (key + struct.pack("!HI", CLASS_ANY, 0) + algorithm
            + struct.pack("!HIHH", time_signed >> 32, time_signed & 0xffffffff, fudge, error)
            + counted(other))


def sign(message, key, time_signed, *, fudge=300, error=0, other=b"", request_mac=None,
         mac_octets=None, unsigned=False, original_id=None, rrclass=CLASS_ANY, ttl=0, owner=None,
         algorithm=None):
    """The message with a TSIG behind it; what is said beside the key stands in it as it is."""
    name = wire_name(key.name)
    algorithm = wire_name(algorithm or key.algorithm)
    (number,) = struct.unpack("!H", message[:2])
    if original_id is None:
        original_id = number
    # Section 4.3.2: the ID is the one that the message had when it was signed.
    signed = struct.pack("!H", original_id) + message[2:]
    digested = (b"" if request_mac is None else counted(request_mac)) + signed + variables(
        name, algorithm, time_signed, fudge, error, other)
    mac = b"" if unsigned else key.mac(digested)[:mac_octets]
    rdata = (algorithm
             + struct.pack("!HIH", time_signed >> 32, time_signed & 0xffffffff, fudge)
             + counted(mac) + struct.pack("!HH", original_id, error) + counted(other))
    (additionals,) = struct.unpack("!H", message[10:12])
    return (message[:10] + struct.pack("!H", additionals + 1) + message[12:]
            + (name if owner is None else owner)
            + struct.pack("!HHI", TSIG, rrclass, ttl) + counted(rdata))


def skip_name(message, at):
    while message[at] != 0 and message[at] < 0xc0:
        at += 1 + message[at]
    return at + (2 if message[at] >= 0xc0 else 1)


def split(message):
    """The message without its TSIG, and the TSIG; None where it has none."""
    _, _, questions, *records = struct.unpack("!6H", message[:12])
    at = 12
    for _ in range(questions):
        at = skip_name(message, at) + 4
    begin, rtype = at, 0
    for _ in range(sum(records)):
        begin, at = at, skip_name(message, at)
        rtype, rrclass, ttl, size = struct.unpack("!HHIH", message[at:at + 10])
        at += 10 + size
    if rtype != TSIG:
        return message, None
    assert (rrclass, ttl, at) == (CLASS_ANY, 0, len(message))
    rdata = message[len(message) - size:]
    end = skip_name(rdata, 0)
    high, low, fudge, mac_size = struct.unpack("!HIHH", rdata[end:end + 10])
    mac = rdata[end + 10:end + 10 + mac_size]
    rest = rdata[end + 10 + mac_size:]
    original_id, error, other_size = struct.unpack("!HHH", rest[:6])
    assert len(rest) == 6 + other_size
    record = Record(message[begin:skip_name(message, begin)], rdata[:end], high << 32 | low, fudge,
                    mac, original_id, error, rest[6:])
    without = message[:10] + struct.pack("!H", records[2] - 1) + message[12:begin]
    return without, record


def is_right(response, key, request):
    """Whether the response to the request carries the right MAC of the key."""
    without, tsig = split(response)
    _, asked = split(request)
    digested = counted(asked.mac) + without + variables(
        tsig.key, tsig.algorithm, tsig.time_signed, tsig.fudge, tsig.error, tsig.other)
    return tsig.mac == key.mac(digested)
