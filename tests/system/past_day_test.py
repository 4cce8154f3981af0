"""Clients that live on a past day: whole resolvers, whose root leads there, and a stub resolver.

Their root is the file of `dnshist-zonegen export --format past`; what it leads to is asked of the
responder. Each resolver minimises its questions (RFC 9156), relaxed and strict.
"""

from daemon import NAMED, NAMED_OPTIONS, NAMED_READY, Daemon, Unbound
from glibc import addresses_of, responder_at_port_53
from harness import ZONEGEN, FolderCase, Responder, StoreCase, import_text, record, run

ADDRESS = "127.0.0.2"
DAY = "2019-06-01"
YEAR_2018, YEAR_2022 = 1514764800, 1640995200


def then(owner, rdata, rtype="A"):
    """Seen from 2018 to 2022, without a pause."""
    return record(owner, rdata, rtype, first=YEAR_2018, last=YEAR_2022)


class PastDayTest(StoreCase):
    CONTENT = "".join([
        then("harbour.example.", "192.0.2.1"),
        then("harbour.example.", "10 mail.harbour.example.", "MX"),
        then("harbour.example.", "ns1.nowhere.test.", "NS"),
        then("harbour.example.", "ns1.nowhere.test. root.harbour.example. 1 2 3 4 5", "SOA"),
        then("www.harbour.example.", "edge.a.b.cdn.net.", "CNAME"),
        then("edge.a.b.cdn.net.", "192.0.2.2"),
        then("1.2.0.192.in-addr.arpa.", "harbour.example.", "PTR"),
        record("new.example.", "192.0.2.3", first=YEAR_2022),
    ])

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.responder = cls.enterClassContext(Responder(cls.store, listen=(f"{ADDRESS}@0",)))
        done = run(ZONEGEN, "--store", cls.store, "export", "--format", "past", "--at", DAY)
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        cls.root = cls.folder / "past.zone"
        cls.root.write_text(done.stdout)

    def browse(self, resolver, suffix=""):
        """Asks what a browser and a mail server would."""
        def ask(rtype, name):
            return run("dig", f"@{resolver.address}", "-p", resolver.port, rtype,
                       name + suffix).stdout

        told = ask("A", "www.harbour.example")
        self.assertIn("status: NOERROR", told)
        self.assertRegex(told, rf"edge\.a\.b\.cdn\.net\.{DAY}\.asof\.pdns\.local\.\s.*\sA\s+192\.0\.2\.2\n")
        self.assertRegex(ask("A", "harbour.example"), r"\sA\s+192\.0\.2\.1\n")
        self.assertRegex(ask("MX", "harbour.example"), r"\sMX\s+10 mail\.harbour\.example\.\n")
        self.assertRegex(ask("PTR", "1.2.0.192.in-addr.arpa"), r"\sPTR\s+harbour\.example\.\n")
        for name in "never.example", "a.b.never.net":
            self.assertIn("status: NXDOMAIN", ask("A", name), name)
        # A name that came later, names between, with no record of their own, and other types.
        for rtype, name in (("A", "new.example"), ("A", "b.cdn.net"), ("AAAA", "harbour.example"),
                            ("A", "example")):
            told = ask(rtype, name)
            self.assertIn("status: NOERROR", told)
            self.assertNotRegex(told, r"(?m)^[^;].*\sIN\s+(?!DNAME|CNAME|SOA)")

    def each_minimisation(self, start, suffix=""):
        for strict in False, True:
            with self.subTest(strict=strict), start(strict) as resolver:
                self.browse(resolver, suffix)

    def unbound(self, strict, *options):
        return Unbound("pdns.local", f"{ADDRESS}@{self.responder.port}",
                       "qname-minimisation: yes",
                       f"qname-minimisation-strict: {'yes' if strict else 'no'}",
                       "local-zone: 2.0.192.in-addr.arpa. nodefault", *options,
                       address="127.0.0.4")

    def bind(self, strict, zones=""):
        return Daemon(NAMED, {"named.conf": "options {" + NAMED_OPTIONS + """
                port $server_port; recursion yes; dnssec-validation no;
                qname-minimization $minimisation; empty-zones-enable no;
            };
            controls {};
            zone "pdns.local" { type static-stub; server-addresses { $server; }; };
            """ + zones, "past.zone": self.root.read_text().replace("$", "$$")}, NAMED_READY, address="127.0.0.1",
            server=ADDRESS, server_port=self.responder.port,
            minimisation="strict" if strict else "relaxed")

    def test_unbound_with_the_root_of_that_day(self):
        self.each_minimisation(lambda strict: self.unbound(strict, f"""
auth-zone:
    name: "."
    zonefile: "{self.root}"
    for-downstream: no
    for-upstream: yes"""))

    def test_bind_with_the_root_of_that_day(self):
        self.each_minimisation(lambda strict: self.bind(
            strict, 'zone "." { type primary; file "past.zone"; };'))

    def test_unbound_with_the_suffix(self):
        self.each_minimisation(self.unbound, f".{DAY}.asof.pdns.local")

    def test_bind_with_the_suffix(self):
        self.each_minimisation(self.bind, f".{DAY}.asof.pdns.local")

    def test_knot_resolver_with_the_suffix(self):
        self.each_minimisation(lambda strict: Daemon(
            "kresd --noninteractive --config=$folder/kresd.conf $folder", {"kresd.conf": """
            net.listen('$address', $port, {kind = 'dns'})
            modules = {'hints > iterate', 'stats'}
            for _, name in ipairs({'detect_time_jump', 'detect_time_skew', 'priming',
                                   'ta_signal_query', 'ta_update'}) do
                modules.unload(name)
            end
            cache.size = 10 * MB
            trust_anchors.remove('.')
            policy.add(policy.all(policy.FLAGS({$flag})))
            policy.add(policy.suffix(policy.STUB('$server'), {todname('pdns.local')}))
            io.stderr:write('every line was read\\n')
            """}, "every line was read", address="127.0.0.4",
            server=f"{ADDRESS}@{self.responder.port}",
            flag="" if strict else "'NO_MINIMIZE'"), f".{DAY}.asof.pdns.local")


class StubResolverTest(StoreCase):
    """glibc, whose resolv.conf has that day as its search domain."""

    CONTENT = PastDayTest.CONTENT

    def test_a_search_domain_in_the_past(self):
        there = (f"search {DAY}.asof.pdns.local", "options ndots:15")
        with responder_at_port_53(self.store):
            self.assertEqual(addresses_of("www.harbour.example", *there), ["192.0.2.2"])
            self.assertEqual(addresses_of("harbour.example", *there), ["192.0.2.1"])
            # Not there on that day, and this server has no other zone to fall back to.
            self.assertEqual(addresses_of("new.example", *there), [])


class UsageTest(FolderCase):
    def setUp(self):
        super().setUp()
        import_text(self.store, record("www.example.com.") + record("a.localhost.") + record("b.net."))

    def export(self, *arguments):
        return run(ZONEGEN, "--store", self.store, "export", *arguments)

    def test_the_file(self):
        done = self.export("--format", "past", "--at", "2019", "--zone", "pdns.example.net")
        self.assertEqual([line for line in done.stdout.splitlines() if " DNAME " in line],
                         ["com. DNAME com.2019.asof.pdns.example.net.",
                          "net. DNAME net.2019.asof.pdns.example.net."])
        self.assertIn("2 top-level domains lead to 2019.asof.pdns.example.net.", done.stderr)

    def test_options_that_do_not_fit(self):
        for arguments, told in (
                (["--format", "past"], "--format past wants --at TIME"),
                (["--format", "past", "--at", "yesterday"], "no time: 'yesterday'"),
                (["--format", "past", "--at", "2019", "example.com"], "takes no SUBJECT"),
                (["--format", "past", "--at", "2019", "--whois"], "--whois"),
                (["--format", "past", "--at", "2019", "--pages", "1"], "--pages"),
                (["--at", "2019"], "--at goes with --format past")):
            with self.subTest(arguments):
                done = self.export(*arguments)
                self.assertNotEqual(done.returncode, 0)
                self.assertIn(told, done.stderr)
                self.assertEqual(done.stdout, "")
