"""A store that several tests ask, and questions for it."""

from harness import record

HISTORY = "".join([
    record("www.example.com.", "192.0.2.1", count=12),
    record("www.example.com.", "192.0.2.9", count=40, first=1609545600, last=1714867200),
    *(record("busy.example.", f"\"{number} {'x' * 150}\"", "TXT", first=1577836800)
      for number in range(120)),
])
WWW = "a.history.www.example.com.pdns.local"
WWW_LINES = ["2020-01-01T00:00:00Z 2021-01-01T00:00:00Z 12 www.example.com. A 192.0.2.1",
             "2021-01-02T00:00:00Z 2024-05-05T00:00:00Z 40 www.example.com. A 192.0.2.9"]
BUSY = "limit-99.history.busy.example.pdns.local"  # its answer has some 20 KB
