"""The files of contrib/forwarding: the same answers through every resolver that they are for.

Each resolver runs with a configuration as small as can be that includes the file as it is shipped,
but for the responder's address. All that is not below the zone it asks of a root of our own, which
is signed as the real one is and has no `local` either: a resolver that validates (RFC 4035) or
infers from what it has seen (RFC 8198) takes the zone for one that does not exist, unless the file
says otherwise.
"""

import os
import pathlib
import re
import tempfile
import unittest

from daemon import NAMED, NAMED_OPTIONS, NAMED_READY, Daemon, Unbound
from harness import PROJECT, Responder, StoreCase, record, run
from questions import ADDRESS, ZONE, WithSample, ask

FORWARDING = PROJECT / "contrib" / "forwarding"
NOT_TESTED = {"Corefile", "windows.ps1"}

ROOT_ZONE = """
$TTL 3600
. SOA ns.example. hostmaster.example. 1 3600 600 86400 3600
. NS ns.example.
ns.example. A 127.0.0.1
example. TXT "the root"
"""


PRIVATE = ("A", "2020.at.private.odd.example")
HELP = ("TXT", "help")

# Each resolver: how it is started, and a configuration that includes dnshist.conf, which
# is the file of contrib/forwarding. Each has on what a careful site has on and the file must cope
# with. `also` is what a line begins with that the head of the file wants put elsewhere; `needed`
# lists what the file cannot be without, as (pattern, replacement, question that then has another
# answer); `failing` are the QTYPEs that it has no answer to. Where the root cannot be reached, none
# may go and look for the real one.
RESOLVERS = {
    "unbound.conf": dict(
        command="unbound -c $folder/unbound.conf",
        ready="start of service",
        needed=[("domain-insecure: .*", "", HELP), ("forward-no-cache: yes", "", HELP),
                ("private-domain: .*", "", PRIVATE)],
        files={"unbound.conf": """
            include-toplevel: "$folder/dnshist.conf"
            server:
                interface: $address@$port
                do-daemonize: no
                use-syslog: no
                username: ""
                chroot: ""
                pidfile: ""
                directory: "$folder"
                trust-anchor: "$ds"
                trust-anchor-signaling: no
                aggressive-nsec: yes
                use-caps-for-id: yes
                qname-minimisation-strict: yes
                private-address: 10.0.0.0/8
            stub-zone:
                name: "."
                stub-addr: 127.0.0.1@$root_port
            """}),
    "named.conf": dict(
        command=NAMED,
        ready=NAMED_READY,
        address="127.0.0.1",  # as named takes no address that no interface has
        also="validate-except",
        needed=[("validate-except .*", "", HELP)],
        files={"named.conf": "options {" + NAMED_OPTIONS + """
                forwarders { 127.0.0.1 port $root_port; }; forward only;
                synth-from-dnssec yes;
                $also
            };
            controls {};
            trust-anchors { . static-ds $tag $algorithm $digest_type "$digest"; };
            include "$folder/dnshist.conf";
            """}),
    "dnsmasq.conf": dict(
        command="dnsmasq --keep-in-foreground --log-facility=- --conf-file=$folder/dnsmasq.conf",
        ready="started, version",
        needed=[("rebind-domain-ok.*", "", PRIVATE)],
        files={"dnsmasq.conf": """
            conf-file=$folder/dnshist.conf
            listen-address=$address
            port=$port
            bind-interfaces
            user=root
            pid-file
            no-hosts
            no-resolv
            server=127.0.0.1#$root_port
            dnssec
            trust-anchor=.,$tag,$algorithm,$digest_type,$digest
            domain-needed
            bogus-priv
            stop-dns-rebind
            """}),
    "recursor.conf": dict(
        command="pdns_recursor --config-dir=$folder",
        ready="Enabled multiplexer",
        also="addNTA",
        needed=[("addNTA.*", "", HELP)],
        files={"recursor.conf": """
                local-address=$address
                local-port=$port
                include-dir=$folder/recursor.d
                lua-config-file=$folder/recursor.lua
                socket-dir=$folder
                daemon=no
                write-pid=no
                disable-syslog=yes
                security-poll-suffix=
                forward-zones-recurse=.=127.0.0.1:$root_port
                dnssec=validate
                """,
               "recursor.lua": """
                clearTA(".")
                addTA(".", "$tag $algorithm $digest_type $digest")
                $also
                """},
        dropped_in="recursor.d/dnshist.conf"),
    "kresd.conf": dict(
        command="kresd --noninteractive --config=$folder/kresd.conf $folder",
        ready="every line was read",
        needed=[("STUB", "FORWARD", HELP)],
        failing={"ANY"},
        files={"kresd.conf": """
            net.listen('$address', $port, {kind = 'dns'})
            modules = {'hints > iterate', 'stats', 'predict'}
            for _, name in ipairs({'detect_time_jump', 'detect_time_skew', 'priming',
                                   'ta_signal_query', 'ta_update'}) do
                modules.unload(name)
            end
            cache.size = 10 * MB
            trust_anchors.remove('.')
            trust_anchors.add('$ds')
            dofile('$folder/dnshist.conf')
            policy.add(policy.all(policy.FORWARD('127.0.0.1@$root_port')))
            io.stderr:write('every line was read\\n')
            """}),
    "dnsdist.conf": dict(
        command="dnsdist --supervised --disable-syslog --config=$folder/dnsdist.conf",
        ready="Marking downstream dnshist .* as 'up'",
        validates=False,
        files={"dnsdist.conf": """
            setLocal('$address:$port')
            setSecurityPollSuffix('')
            includeDirectory('$folder/conf.d')
            newServer({address='127.0.0.1:$root_port', checkName='example.', checkType='TXT'})
            """},
        dropped_in="conf.d/dnshist.conf"),
    "resolved.conf": dict(
        command="unshare --mount sh $folder/run",
        ready="Listening on TCP socket",
        root=False,
        # In a mount namespace of its own, without the machine's configuration, state and bus; and
        # with nobody else to ask, as where the file is for that is a matter of links.
        files={"run": """
                set -e
                mount --bind $folder/etc /etc/systemd
                mkdir -p /run/systemd
                mount -t tmpfs none /run/systemd
                install -d -o systemd-resolve -g systemd-resolve /run/systemd/resolve
                export DBUS_SYSTEM_BUS_ADDRESS=unix:path=/run/systemd/none SYSTEMD_LOG_LEVEL=debug
                exec /lib/systemd/systemd-resolved
                """,
               "etc/resolved.conf": """
                [Resolve]
                DNSStubListener=no
                DNSStubListenerExtra=$address:$port
                LLMNR=no
                MulticastDNS=no
                """},
        dropped_in="etc/resolved.conf.d/dnshist.conf"),
}


class SignedRoot(Daemon):
    """A name server for a root zone of our own; `self.ds` is what a validator trusts."""

    def __init__(self):
        with tempfile.TemporaryDirectory() as folder:
            def tool(name, *arguments):
                done = run(name, *arguments, cwd=folder)
                if done.returncode != 0:
                    raise AssertionError(f"{name}: {done.stderr}")
                return done.stdout.strip()

            zone = pathlib.Path(folder, "zone")
            zone.write_text(ROOT_ZONE)
            key = tool("dnssec-keygen", "-q", "-a", "ECDSAP256SHA256", "-f", "KSK", ".")
            self.ds = tool("dnssec-dsfromkey", "-2", key)
            tool("dnssec-signzone", "-q", "-S", "-z", "-o", ".", "-f", zone, zone)
            super().__init__(NAMED, {"zone": zone.read_text(), "named.conf": """
                options {""" + NAMED_OPTIONS + """
                    recursion no; dnssec-validation no; notify no; minimal-responses yes;
                };
                controls {};
                zone "." { type primary; file "zone"; };
                """}, NAMED_READY, address="127.0.0.1")


class ForwardingTest(WithSample):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.root = cls.enterClassContext(SignedRoot())

    def start(self, name, spoiled=("(?!)", "")):
        """The resolver that a file is for, with the file in it; `spoiled`: pattern, replacement."""
        resolver = RESOLVERS[name]
        shipped = (FORWARDING / name).read_text().replace("$", "$$")
        also = ""
        if "also" in resolver:
            also = re.search(rf"(?m)^\W+({resolver['also']}.*)$", shipped)[1]
        text, places = re.subn(r"127\.0\.0\.1(@|#|:| port )5300",
                               rf"{ADDRESS}\g<1>{self.responder.port}", shipped)
        self.assertGreater(places, 0, f"{name} says nowhere whom to ask")
        _, _, _, tag, algorithm, digest_type, digest = self.root.ds.split()
        return self.enterContext(Daemon(
            resolver["command"],
            resolver["files"] | {
                resolver.get("dropped_in", "dnshist.conf"): re.sub(*spoiled, text)},
            resolver["ready"],
            address=resolver.get("address", ADDRESS), also=re.sub(*spoiled, also),
            root_port=self.root.port, ds=self.root.ds, tag=tag, algorithm=algorithm,
            digest_type=digest_type, digest=digest))

    def check(self, name):
        running = self.start(name)
        self.check_root(running, name)
        self.check_everything(running.port, "dig -b", running.address,
                              failing=RESOLVERS[name].get("failing", ()))
        self.check_pages(running.port, "dig -b", running.address)
        for subject, size in ("limit-20.history.*.test", 1232), ("limit-99.history.*.test", 4096):
            told = self.dig_through(running, f"{subject}.{ZONE}")
            self.assertGreater(int(re.search(r"MSG SIZE +rcvd: (\d+)", told)[1]), size)

    def check_root(self, running, name):
        """That the root is asked, and proves to one that validates that there is no .local."""
        if not RESOLVERS[name].get("root", True):
            return
        top = ZONE.split(".")[-1]
        for subject, rcode in ("example", "NOERROR"), (f"a.{top}", "NXDOMAIN"), (top, "NXDOMAIN"):
            told = self.dig_through(running, subject)
            self.assertIn(f"status: {rcode}", told)
            if RESOLVERS[name].get("validates", True):
                self.assertRegex(told, r";; flags:[a-z ]* ad[ ;]")

    def dig_through(self, running, name):
        return run("dig", "-b", "127.0.0.3", f"@{running.address}", "-p", running.port, "TXT",
                   name).stdout

    def test_unbound(self):
        self.check("unbound.conf")

    def test_bind(self):
        self.check("named.conf")

    def test_dnsmasq(self):
        self.check("dnsmasq.conf")

    def test_powerdns_recursor(self):
        self.check("recursor.conf")

    def test_knot_resolver(self):
        self.check("kresd.conf")

    def test_dnsdist(self):
        self.check("dnsdist.conf")

    @unittest.skipUnless(pathlib.Path("/lib/systemd/systemd-resolved").exists(),
                         "not installed by the suite, as it takes /etc/resolv.conf over")
    @unittest.skipUnless(os.geteuid() == 0, "needs root for a mount namespace")
    def test_systemd_resolved(self):
        self.check("resolved.conf")

    def test_no_file_says_more_than_it_has_to(self):
        for name, resolver in RESOLVERS.items():
            for pattern, replacement, question in resolver.get("needed", ()):
                with self.subTest(name, without=pattern):
                    running = self.start(name, (pattern, replacement))
                    self.check_root(running, name)
                    self.assertNotEqual(ask(running.port, *question, "dig -b", running.address),
                                        self.dig[question])

    def test_every_file_is_tested_or_says_that_it_is_not(self):
        self.assertEqual({path.name for path in FORWARDING.iterdir()},
                         {"README.md"} | NOT_TESTED | RESOLVERS.keys())
        for name in NOT_TESTED:
            self.assertIn("not tested", (FORWARDING / name).read_text())


class IteratingTest(StoreCase):
    """Resolvers that find answers by themselves, beginning at the responder.

    No type that `at` answers with may change where they look for the others: NS would be a
    delegation to name servers that never heard of the name.
    """

    SPOILING = {"NS": "ns.nowhere.example.", "DNAME": "elsewhere.example.",
                "SOA": "ns.nowhere.example. hostmaster.nowhere.example. 1 2 3 4 5",
                "DS": "12345 8 2 " + "AB" * 32}
    CONTENT = "".join(record("spoiled.example.", rdata, rtype)
                      for rtype, rdata in {**SPOILING, "A": "192.0.2.1"}.items())
    FIRST = [*SPOILING, "ANY", "CNAME"]

    def check(self, start):
        with Responder(self.store, listen=(f"{ADDRESS}@0",)) as responder:
            resolver = self.enterContext(start(responder.port))

            def ask_for(rtype, name):
                return run("dig", f"@{resolver.address}", "-p", resolver.port, rtype,
                           f"{name}.{ZONE}").stdout

            for day, rtype in enumerate(self.FIRST, 1):
                with self.subTest(first=rtype):
                    name = f"2020-01-{day:02}.at.spoiled.example"
                    self.assertIn("status: NOERROR", ask_for(rtype, name))
                    told = ask_for("A", name)
                    self.assertIn("status: NOERROR", told)
                    self.assertRegex(told, r"\sA\s+192\.0\.2\.1\n")
                    self.assertIn("status: NOERROR", ask_for("MX", name))

    def test_bind_with_a_static_stub(self):
        # Its `port` is that of the servers which it asks.
        self.check(lambda port: Daemon(NAMED, {"named.conf": "options {" + NAMED_OPTIONS + """
                port $server_port; recursion yes; dnssec-validation no;
            };
            controls {};
            zone "pdns.local" { type static-stub; server-addresses { $server; }; };
            """}, NAMED_READY, address="127.0.0.1", server=ADDRESS, server_port=port))

    def test_unbound_with_a_stub_zone(self):
        self.check(lambda port: Unbound("pdns.local", f"{ADDRESS}@{port}", address="127.0.0.4"))

    def test_powerdns_recursor_with_a_forward_zone(self):
        self.check(lambda port: Daemon(
            "pdns_recursor --config-dir=$folder", {"recursor.conf": """
                local-address=$address
                local-port=$port
                socket-dir=$folder
                daemon=no
                write-pid=no
                disable-syslog=yes
                security-poll-suffix=
                dnssec=off
                forward-zones=pdns.local=$server
                """}, "Enabled multiplexer", address="127.0.0.4", server=f"{ADDRESS}:{port}"))
