"""The resolvers of programming languages, which let through letters, digits and hyphens alone."""

import json
import os
import subprocess

from dns_client import PATIENCE
from glibc import addresses_of, responder_at_port_53
from harness import SAMPLE, FolderCase, Responder, StoreCase, import_text, installed, record
from questions import ADDRESS, ZONE, ask

# What dig asks, and the other spellings of it (QUERIES.md).
SPELLINGS = {
    "limit-9.history.*.harbour.example": ["limit-9.below.history.harbour.example"],
    "history.+.harbour.example": ["children.history.harbour.example"],
    "pivot.203.0.113.64/27": ["pivot.prefix-27.203.0.113.64"],
    "pivot.2001:db8:cd::7": ["pivot.v6-2001-db8-cd--7", "pivot.v6-2001-db8-cd-0-0-0-0-7",
                             "pivot." + ".".join(reversed("20010db800cd00000000000000000007"))
                             + ".ip6.arpa"],
    "pivot.2001:db8:bad::/48": ["pivot.prefix-48.v6-2001-db8-bad--"],
    "soa.pivot.j.doe@inbox.example": ["soa.mailbox-2.pivot.j.doe.inbox.example"],
    "pivot.hostmaster@oldhost.example": ["mailbox.pivot.hostmaster.oldhost.example"],
    "pivot.owl-verify=7c41e9d2": ["pivot.hex-" + b"owl-verify=7c41e9d2".hex()],
    "on-2019-06-01T12:00:00Z.mx.history.harbour.example":
        ["on-20190601t120000z.mx.history.harbour.example"],
    "after-@1559347200.ns.history.harbour.example":
        ["after-unix-1559347200.ns.history.harbour.example"],
    "mx.seen.harbour.example": ["mx.seen.harbour.example"],
    "limit-5.cohost.harbour.example": ["limit-5.cohost.harbour.example"],
    "lookalike.night-owl.example": ["lookalike.night-owl.example"],
    "by-year.mx.summary.harbour.example": ["by-year.mx.summary.harbour.example"],
}

NODE = """
const { Resolver } = require("node:dns").promises;
const resolver = new Resolver();
const [server, ...names] = process.argv.slice(2);
resolver.setServers([server]);
(async () => {
  for (const name of names) {
    const told = await resolver.resolveTxt(name).catch((error) => [[error.code]]);
    console.log(JSON.stringify(told.map((strings) => strings.join(""))));
  }
})();
"""

GO = """
package main

import (
    "context"
    "encoding/json"
    "fmt"
    "net"
    "os"
)

func main() {
    resolver := net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
        var dialer net.Dialer
        return dialer.DialContext(ctx, network, os.Args[1])
    }}
    for _, name := range os.Args[2:] {
        lines, err := resolver.LookupTXT(context.Background(), name+".")
        if err != nil {
            lines = []string{err.Error()}
        }
        told, _ := json.Marshal(lines)
        fmt.Println(string(told))
    }
}
"""


def data(lines):
    """Without the remarks, which keep the spelling in which was asked."""
    return sorted(line for line in lines if not line.startswith("#"))


class LibrariesTest(FolderCase):
    def check(self, command, source, suffix, **environment):
        import_text(self.store, SAMPLE.read_text())
        program = self.folder / f"ask{suffix}"
        program.write_text(source)
        spelled = [name for names in SPELLINGS.values() for name in names]
        with Responder(self.store, listen=(f"{ADDRESS}@0",)) as responder:
            expected = {name: data(ask(responder.port, "TXT", plain)[1])
                        for plain, names in SPELLINGS.items() for name in names}
            done = subprocess.run(
                [*command, program, f"{ADDRESS}:{responder.port}",
                 *(f"{name}.{ZONE}" for name in spelled)],
                capture_output=True, text=True, timeout=4 * PATIENCE, check=False,
                env=os.environ | environment)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for name, line in zip(spelled, done.stdout.splitlines(), strict=True):
            with self.subTest(name):
                self.assertTrue(expected[name])
                self.assertEqual(data(json.loads(line)), expected[name])

    def test_node(self):
        self.check([installed("node")], NODE, ".js")

    def test_go(self):
        self.check([installed("go"), "run"], GO, ".go", GOCACHE=str(self.folder / "cache"),
                   GOPATH=str(self.folder / "path"), GO111MODULE="off")


class GlibcTest(StoreCase):
    """getaddrinfo() has no TXT: it asks what has addresses."""

    CONTENT = "".join([
        record("www.example.com."), record("v6.example.com.", "2001:db8::1", "AAAA"),
        record("example.com.", "ns.example.com. j\\.doe.example.net. 1 2 3 4 5", "SOA"),
        record("example.com.", '"v=spf1 -all"', "TXT")])

    def test_seen_and_at(self):
        seen = ["127.0.0.2"]
        with responder_at_port_53(self.store):
            for name, expected in {
                    "seen.www.example.com": seen,
                    "below.seen.example.com": seen,
                    "children.seen.example.com": seen,
                    "seen.prefix-24.192.0.2.0": seen,
                    "seen.v6-2001-db8--1": seen,
                    "seen.prefix-32.v6-2001-db8--": seen,
                    "mailbox-2.seen.j.doe.example.net": seen,
                    "seen.hex-763d73706631": seen,
                    "on-20200601t120000z.seen.www.example.com": seen,
                    "on-20190601t120000z.seen.www.example.com": [],
                    "seen.192.0.2.99": [],
                    "20200601t120000z.at.www.example.com": ["192.0.2.1"],
                    "unix-1590969600.at.www.example.com": ["192.0.2.1"],
                    "www.example.com.unix-1590969600.asof": ["192.0.2.1"],
            }.items():
                with self.subTest(name):
                    self.assertEqual(addresses_of(f"{name}.pdns.local"), expected)
