"""What a power cut leaves of a file, from the log that write_log.cpp keeps of a program's writes."""

import struct

HEAD = struct.Struct("=cQQ")


class WriteLog:
    """The events of a log, in order: (kind, offset, octets)."""

    def __init__(self, path):
        self.events = []
        log = path.read_bytes()
        at = 0
        while at < len(log):
            kind, offset, length = HEAD.unpack_from(log, at)
            at += HEAD.size
            self.events.append((kind, offset, log[at:at + length]))
            at += length

    def image(self, end, survives):
        """The file if the power goes after the first `end` events. A write that nothing had waited
        for is in it if survives(); a write is there as a whole or not at all."""
        waited = max((i for i in range(end) if self.events[i][0] == b"s"), default=-1)
        file = bytearray()
        for i, (kind, offset, octets) in enumerate(self.events[:end]):
            if kind == b"s" or not (i < waited or kind == b"d" or survives()):
                continue
            if kind == b"t":
                file[offset:] = bytes(max(0, offset - len(file)))
            else:
                file.extend(bytes(max(0, offset - len(file))))
                file[offset:offset + len(octets)] = octets
        return bytes(file)
