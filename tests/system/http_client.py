"""A client of HTTP/1.1, and frames of HTTP/2."""

import base64
import struct

from dns_client import Answer, question

HTTP2_BEGIN = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\x04\0\0\0\0\0"


def request(target="/dns-query", method="GET", content=b"", *fields, host="127.0.0.2"):
    """A request of HTTP/1.1."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", *fields]
    if content:
        lines += [f"Content-Length: {len(content)}", "Content-Type: application/dns-message"]
    return "\r\n".join([*lines, "", ""]).encode() + content


class Response:
    """A response of HTTP/1.1, read from a connection."""

    def __init__(self, client):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            octet = client.recv(1)
            if not octet:
                raise AssertionError(f"the connection ended within {head!r}")
            head += octet
        status, *lines = head.decode().split("\r\n")[:-2]
        self.status = int(status.split()[1])
        self.fields = dict(line.split(": ", 1) for line in lines)
        self.content = b""
        size = int(self.fields["content-length"])
        while len(self.content) < size:
            self.content += client.recv(size - len(self.content))


def exchange(client, octets):
    client.sendall(octets)
    return Response(client)


def ask(client, name):
    return Answer(exchange(client, request(method="POST", content=question(name))).content)


def http2_get(stream, name):
    """A question as a frame of HTTP/2, with the fields of HPACK's static table."""
    path = b"/dns-query?dns=" + base64.urlsafe_b64encode(question(name)).rstrip(b"=")
    fields = b"\x82\x86\x04\x7f" + bytes([len(path) - 127]) if len(path) >= 127 else (
        b"\x82\x86\x04" + bytes([len(path)]))
    fields += path + b"\x01\x09127.0.0.2"
    return struct.pack("!I", len(fields))[1:] + b"\x01\x05" + struct.pack("!I", stream) + fields


def http2_frame(client):
    """The next frame: its type, flags and stream."""
    def take(size):
        octets = b""
        while len(octets) < size:
            part = client.recv(size - len(octets))
            if not part:
                raise AssertionError("the connection ended")
            octets += part
        return octets
    head = take(9)
    take(int.from_bytes(head[:3], "big"))
    return head[3], head[4], int.from_bytes(head[5:], "big")
