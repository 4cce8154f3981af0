"""What a power cut leaves of a store's files, from the log that write_log.cpp keeps of a program's writes."""

import struct

HEAD = struct.Struct("=c32sQQ")


class WriteLog:
    """The events of a log, in order: (kind, name, offset, octets)."""

    def __init__(self, path):
        self.events = []
        log = path.read_bytes()
        at = 0
        while at < len(log):
            kind, name, offset, length = HEAD.unpack_from(log, at)
            at += HEAD.size
            self.events.append((kind, name.rstrip(b"\0").decode(), offset, log[at:at + length]))
            at += length

    def files(self, end, survives):
        """The octets of each file if the power goes after the first `end` events. A write that nothing
        had waited for is in it if survives(); a write is there as a whole or not at all. So with names,
        but data.mdb has its own from the start."""
        last = {}
        for i, (kind, name, _, _) in enumerate(self.events[:end]):
            if kind in b"sD":
                last[name] = i
        files = {}
        for i, (kind, name, offset, octets) in enumerate(self.events[:end]):
            if kind in b"sD":
                continue
            if kind in b"cu":
                if i < last.get("", -1) or name.startswith("data.mdb") or survives():
                    files.pop(name, None)
                    if kind == b"c":
                        files[name] = bytearray()
            elif i < last.get(name, -1) or kind == b"d" or survives():
                change(files.get(name, bytearray()), kind, offset, octets)
        return {name: bytes(file) for name, file in files.items()}


def change(file, kind, offset, octets):
    if kind == b"t":
        file[offset:] = bytes(max(0, offset - len(file)))
    elif kind == b"h":
        end = min(int.from_bytes(octets, "little"), len(file))
        file[offset:end] = bytes(max(0, end - offset))
    else:
        file.extend(bytes(max(0, offset - len(file))))
        file[offset:offset + len(octets)] = octets
