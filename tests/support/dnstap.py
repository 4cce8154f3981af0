"""dnstap in Python, as far as tests need it: Frame Streams, protocol buffers, and messages around DNS
messages. Written from the specifications alone, so that it says independently what dnshist is to find.
"""

import struct

CONTENT = b"protobuf:dnstap.Dnstap"
ACCEPT, START, STOP, READY, FINISH = range(1, 6)
# The kinds of messages that carry a response, by the names that --dnstap-types has for them.
KINDS = {"auth": 2, "resolver": 4, "client": 6, "forwarder": 8, "stub": 10, "tool": 12}
IDENTITY, MESSAGE, TYPE = 1, 14, 15  # fields of a frame, and of the message in it:
KIND, QUERY_ADDRESS, QUERY_TIME, QUERY, ZONE, RESPONSE_TIME, RESPONSE = 1, 4, 8, 10, 11, 12, 14


# Reading.

def frames(octets):
    """The payloads of a file's data frames."""
    at = 0
    while at < len(octets):
        (size,) = struct.unpack_from("!I", octets, at)
        at += 4
        if size == 0:  # a control frame
            (size,) = struct.unpack_from("!I", octets, at)
            at += 4
        else:
            yield octets[at:at + size]
        at += size


def varint(octets, at):
    value = shift = 0
    while True:
        octet = octets[at]
        value |= (octet & 127) << shift
        at, shift = at + 1, shift + 7
        if octet < 128:
            return value, at


def fields(octets):
    """A message of protocol buffers as {number: value}."""
    found, at = {}, 0
    while at < len(octets):
        key, at = varint(octets, at)
        if key & 7 == 0:
            value, at = varint(octets, at)
        else:
            size = {1: 8, 5: 4}.get(key & 7)
            if size is None:
                size, at = varint(octets, at)
            value, at = octets[at:at + size], at + size
        found[key >> 3] = value
    return found


def messages(octets):
    """The sender and the message's fields of each data frame of a file."""
    for payload in frames(octets):
        frame = fields(payload)
        if frame[TYPE] == 1:
            yield frame.get(IDENTITY, b"").decode(), fields(frame[MESSAGE])


# Writing.

def put_varint(value):
    octets = b""
    while value >= 128:
        octets += bytes([value & 127 | 128])
        value >>= 7
    return octets + bytes([value])


def put_fields(values):
    octets = b""
    for number, value in values.items():
        if isinstance(value, int):
            octets += put_varint(number << 3) + put_varint(value)
        else:
            octets += put_varint(number << 3 | 2) + put_varint(len(value)) + value
    return octets


def data(message, identity=b"test"):
    """A data frame with a message of these fields."""
    payload = put_fields({IDENTITY: identity, MESSAGE: put_fields(message), TYPE: 1})
    return struct.pack("!I", len(payload)) + payload


def control(kind, content=None):
    payload = struct.pack("!I", kind)
    if content is not None:
        payload += struct.pack("!II", 1, len(content)) + content
    return struct.pack("!II", 0, len(payload)) + payload


def file(frames_of_it):
    """A whole file."""
    return control(START, CONTENT) + b"".join(frames_of_it) + control(STOP)


def wire(name):
    return b"".join(bytes([len(label)]) + label.encode()
                    for label in name.split(".") if label) + b"\0"


def address_record(name, address, ttl=300):
    """A response to a question for an address of a name, with one record."""
    return (struct.pack("!6H", 1, 0x8400, 1, 1, 0, 0) + wire(name) + struct.pack("!2H", 1, 1) +
            b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, ttl, 4) +
            bytes(map(int, address.split("."))))


def told(name, address, zone, when, kind=KINDS["resolver"]):
    """A data frame: the servers of a zone told a resolver an address."""
    return data({KIND: kind, ZONE: wire(zone), RESPONSE_TIME: when,
                 RESPONSE: address_record(name, address)})
