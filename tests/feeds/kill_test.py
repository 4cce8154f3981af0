"""An import that is killed at any instant, and started again until it is done, ends in the same store
as one that never was."""

import gzip
import json

import broken_off
from harness import record


def feed(chance, size):
    """Records of which many come again, with counts that add up to something else if one is lost."""
    lines = []
    for _ in range(size):
        domain = int(chance.paretovariate(0.3)) % 3000
        first = chance.randrange(1_400_000_000, 1_700_000_000)
        lines.append(record(
            f"{chance.choice(['www', 'mail', 'a.b'])}.domain{domain}.example",
            count=chance.randrange(1, 1000), first=first, last=first + chance.randrange(10**6),
            **chance.choice([{"rrtype": "A", "rdata": [f"192.0.2.{domain % 250}", "198.51.100.7"]},
                             {"rrtype": "NS", "rdata": f"ns{domain % 7}.provider.example"},
                             {"rrtype": "TXT", "rdata": '"v=spf1 -all"'}])))
    return lines


class Killed(broken_off.Case):
    def test_killed_at_any_instant(self):
        lines = feed(self.chance, 20000)
        array = json.dumps([json.loads(line) for line in lines]).encode()
        self.imports_broken_off(
            [self.file("lines", "".join(lines)), self.file("array", array),
             self.file("lines.gz", gzip.compress("".join(lines).encode()))], kills=30)
