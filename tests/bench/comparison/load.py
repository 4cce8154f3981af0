"""Questions in numbers, by dnsperf."""

import dataclasses
import re

from comparison.process import run

CLIENTS = 16       # sockets or connections, so that no single one is the bottleneck
OUTSTANDING = 100  # questions under way: what the smallest default socket buffer holds


@dataclasses.dataclass
class Load:
    answered: int
    lost: int
    seconds: float
    octets: float   # of a response in the mean
    rcodes: dict    # how many answers had each

    @property
    def rate(self):
        return self.answered / self.seconds

    @property
    def loss(self):
        return self.lost / (self.answered + self.lost)


def ask(questions, port, transport, seconds, core):
    """Asks the server at 127.0.0.1 for so many seconds, as fast as it answers."""
    text = run("dnsperf", "-s", "127.0.0.1", "-p", port, "-d", questions, "-m", transport, "-e",
               "-b", "4096", "-c", CLIENTS, "-T", 1, "-q", OUTSTANDING, "-l", seconds, "-t", 2,
               core=core)

    def number(label):
        return float(re.search(rf"{label}:\s+([\d.]+)", text)[1])

    rcodes = re.search(r"Response codes:\s+(.*)", text)
    return Load(answered=int(number("Queries completed")), lost=int(number("Queries lost")),
                seconds=number(r"Run time \(s\)"),
                octets=float(re.search(r"response (\d+)", text)[1]),
                rcodes={rcode: int(count) for rcode, count in
                        re.findall(r"(\w+) (\d+) \(", rcodes[1] if rcodes else "")})
