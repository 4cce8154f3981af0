"""DNS messages as the tests send and read them, over UDP and TCP sockets."""

import select
import struct

PATIENCE = 60  # seconds for any one thing to happen; generous, as a busy machine is slow

NOERROR, FORMERR, SERVFAIL, NXDOMAIN, NOTIMP, REFUSED = range(6)
A, TXT, ANY = 1, 16, 255


def question(name, qtype=TXT, number=1, payload=1232):
    """A question as a resolver sends it: RD set, EDNS with a payload size (none where 0).

    A name is text without escapes, or a tuple of labels.
    """
    labels = name if isinstance(name, tuple) else name.encode().split(b".")
    labels = b"".join(bytes([len(label)]) + label for label in labels if label)
    message = struct.pack("!6H", number, 0x0100, 1, 0, 0, 1 if payload else 0)
    message += labels + b"\0" + struct.pack("!2H", qtype, 1)
    if payload:
        message += struct.pack("!BHHIH", 0, 41, payload, 0, 0)
    return message


def framed(message):
    """A message as it goes over TCP."""
    return struct.pack("!H", len(message)) + message


def receive_exactly(client, size):
    octets = b""
    while len(octets) < size:
        part = client.recv(size - len(octets))
        if not part:
            raise EOFError(f"the connection ended {size - len(octets)} octets early")
        octets += part
    return octets


def receive_message(client):
    """The next message on a TCP connection."""
    (size,) = struct.unpack("!H", receive_exactly(client, 2))
    return Answer(receive_exactly(client, size))


def closed(client):
    """Reads until the server closes the connection; the octets that came before."""
    octets = b""
    try:
        while part := client.recv(65536):
            octets += part
    except ConnectionResetError:
        pass
    return octets


def hung_up(client):
    """Waits, without reading, until the server gives the connection up; whether it did."""
    poll = select.poll()
    poll.register(client, 0)
    return bool(poll.poll(PATIENCE * 1000))


class Answer:
    """A parsed response: number, rcode, flags, and the TXT records' text and RDATA."""

    def __init__(self, message):
        self.octets = message
        self.number, self.flags, questions, answers, _, _ = struct.unpack("!6H", message[:12])
        self.rcode = self.flags & 15
        self.truncated = bool(self.flags & 0x0200)
        self.lines = []
        self.rdata = []
        self.ttls = []
        at = 12
        for _ in range(questions):
            at = self._skip_name(at) + 4
        for _ in range(answers):
            at = self._skip_name(at)
            rtype, _, ttl, size = struct.unpack("!HHIH", message[at:at + 10])
            at += 10
            self.ttls.append(ttl)
            if rtype == TXT:
                self.lines.append(self._text(message[at:at + size]))
                self.rdata.append(message[at:at + size])
            at += size

    def _skip_name(self, at):
        while self.octets[at] not in (0,) and self.octets[at] < 0xc0:
            at += 1 + self.octets[at]
        return at + (2 if self.octets[at] >= 0xc0 else 1)

    @staticmethod
    def _text(rdata):
        text = b""
        while rdata:
            text += rdata[1:1 + rdata[0]]
            rdata = rdata[1 + rdata[0]:]
        return text.decode()
