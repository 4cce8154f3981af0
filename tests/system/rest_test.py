"""The REST families, asked by dnsdbq over HTTP: it finds the records that DNS gives."""

import collections
import datetime
import hashlib
import json
import os
import unittest
import urllib.error
import urllib.parse
import urllib.request

from harness import Responder, StoreCase, installed, record, run

KEY = "0123456789abcdef0123456789abcdef"
OTHER_KEY = "fedcba9876543210fedcba9876543210"
RUNS = [[1293840000, 1296432000], [1325376000, 1327968000]]

CONTENT = "".join([
    record("www.example.com.", "192.0.2.1", count=12),
    record("www.example.com.", "192.0.2.9", count=40, first=1609545600, last=1714867200),
    record("www.example.com.", "\"a \\\"quoted\\\" text; with\\000octets\"", "TXT", count=2),
    record("mail.example.com.", "192.0.2.77", count=5),
    record("example.com.", "10 mail.example.com.", "MX", count=3),
    record("example.com.", "ns.example.com. www.example.com. 1 2 3 4 5", "SOA", count=7),
    record(".", "a.root-servers.net.", "NS", count=9),
    record("www.example.com.", "2001:db8:cd::7", "AAAA", count=4),
    *(record("runs.example.", "192.0.2.200", first=first, last=last) for first, last in RUNS),
    *(record(f"n{number}.busy.example.", f"10.0.{number // 200}.{number % 200}")
      for number in range(1500)),
])


def line_of(found):
    """An object as DNS shows the record."""
    def time(seconds):
        return datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    rdata = found["rdata"]
    if isinstance(rdata, list):
        rdata, = rdata
    return " ".join([time(found["time_first"]), time(found["time_last"]), str(found["count"]),
                     found["rrname"], found["rrtype"], rdata])


class RestTest(StoreCase):
    CONTENT = CONTENT
    SETTINGS = ""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        config = cls.folder / "dnshist.toml"

        def user(name, key, more=""):
            return f"{name} = {{ key = \"sha256:{hashlib.sha256(key.encode()).hexdigest()}\"{more} }}\n"
        config.write_text(cls.SETTINGS + "[http]\nlisten = [\"127.0.0.2@0\"]\n"
                          "origin = \"https://pdns.example/\"\n[http.users]\n" +
                          user("analyst", KEY) +
                          user("clerk", OTHER_KEY, ", views = [\"history\"]"))
        cls.responder = Responder(cls.store, config=config)
        cls.addClassCleanup(cls.responder.__exit__)
        port = cls.responder.wait_for(r"listening on 127\.0\.0\.2@(\d+) \(http\)")[1]
        cls.url = f"http://127.0.0.2:{port}"

    def from_dns(self, *names):
        """The records that DNS shows under the names, without the order."""
        return sorted(line for name in names
                      for line in self.responder.ask(f"limit-99.{name}.pdns.local").lines)

    def get(self, path, key=KEY, **fields):
        request = urllib.request.Request(self.url + path, headers={"X-API-Key": key, **fields})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=60) as response:
                return response.status, response.headers, response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read().decode()


@unittest.skipUnless(installed("dnsdbq"), "dnsdbq is not installed")
class DnsdbqTest(RestTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client_config = cls.folder / "dnsdbq.conf"
        cls.client_config.write_text(f"DNSDB_API_KEY=\"{KEY}\"\nDNSDB_SERVER=\"{cls.url}\"\n"
                                     f"CIRCL_AUTH=\"analyst:{KEY}\"\n"
                                     f"CIRCL_SERVER=\"{cls.url}/pdns/query\"\n")

    def dnsdbq(self, system, *words, **options):
        environment = {**os.environ, "DNSDBQ_CONFIG_FILE": str(self.client_config), "no_proxy": "*"}
        for name in ("DNSDBQ_SYSTEM", "DNSDB_API_KEY", "DNSDB_SERVER"):
            environment.pop(name, None)
        return run("dnsdbq", "-u", system, *words, env=environment, **options)

    def objects(self, system, *words, **options):
        ran = self.dnsdbq(system, "-j", *words, **options)
        self.assertEqual(ran.returncode, 0, ran.stderr)
        return [json.loads(line) for line in ran.stdout.splitlines()]

    def lines(self, system, *words):
        return sorted(line_of(found) for found in self.objects(system, *words))

    def test_records_of_an_owner(self):
        for system in ("dnsdb2", "dnsdb1"):
            self.assertEqual(self.lines(system, "-r", "www.example.com"),
                             self.from_dns("history.www.example.com"))
            self.assertEqual(self.lines(system, "-r", "www.example.com/A"),
                             self.from_dns("a.history.www.example.com"))
            self.assertEqual(self.lines(system, "-r", "*.example.com"),
                             self.from_dns("history.*.example.com"))

    def test_records_by_rdata(self):
        for system in ("dnsdb2", "dnsdb1"):
            self.assertEqual(self.lines(system, "-n", "mail.example.com"),
                             self.from_dns("pivot.mail.example.com"))
            self.assertEqual(self.lines(system, "-i", "192.0.2.0/28"),
                             self.from_dns("pivot.192.0.2.0/28"))
            self.assertEqual(self.lines(system, "-i", "192.0.2.77"),
                             self.from_dns("pivot.192.0.2.77"))
            self.assertEqual(self.lines(system, "-N", "c000024d"),
                             self.from_dns("pivot.192.0.2.77"))
            self.assertEqual(self.lines(system, "-n", "*.example.com/MX,SOA"),
                             self.from_dns("mx.soa.pivot.*.example.com"))
            self.assertEqual(self.lines(system, "-n", "www.example.*"),
                             self.from_dns("pivot.www.example.com"))
            self.assertEqual(self.lines(system, "-i", "2001:db8::/32"),
                             self.from_dns("pivot.2001:db8::/32"))
            self.assertEqual(self.lines(system, "-i", "192.0.2.1-192.0.2.76"),
                             self.from_dns("pivot.192.0.2.1-192.0.2.76"))

    def test_raw_owners(self):
        for system in ("dnsdb2", "dnsdb1"):
            self.assertEqual(self.lines(system, "-R", "03777777076578616d706c6503636f6d00/A,TXT"),
                             self.from_dns("a.txt.history.www.example.com"))
            self.assertEqual(self.lines(system, "-r", "."), self.from_dns("history"))

    def test_circl_has_both_sides(self):
        found = self.objects("circl", "-r", "www.example.com")
        self.assertEqual({each["origin"] for each in found}, {"https://pdns.example/"})
        self.assertEqual([each["rrname"] for each in found], ["www.example.com"] * 4 + ["example.com"])
        self.assertEqual(found[-1]["rdata"], "ns.example.com www.example.com 1 2 3 4 5")
        self.assertEqual(len(self.objects("circl", "-i", "192.0.2.0/24")), 4)
        self.assertEqual(self.objects("circl", "-r", "never.example"), [])
        self.assertEqual(len(self.objects("circl", "-r", "*.busy.example")), 1500)

    def test_nothing_found(self):
        for system in ("dnsdb2", "dnsdb1"):
            ran = self.dnsdbq(system, "-r", "never.example")
            self.assertEqual(ran.stdout, "")
            self.assertIn("no results found for query", ran.stderr)

    def test_limits(self):
        whole = self.objects("dnsdb2", "-r", "*.busy.example")
        self.assertEqual(len(whole), 1500)
        self.assertEqual(self.objects("dnsdb2", "-r", "*.busy.example", "-l", "3"), whole[:3])
        _, _, text = self.get("/dnsdb/v2/lookup/rrset/name/*.busy.example?limit=3")
        self.assertEqual(text.splitlines()[-1],
                         "{\"cond\":\"limited\",\"msg\":\"Result limit reached\"}")
        self.assertEqual(self.objects("dnsdb2", "-r", "*.busy.example", "-l", "9", "-O", "1400"),
                         whole[1400:1409])
        self.assertEqual(self.objects("dnsdb2", "-r", "*.busy.example", "-L", "5"), whole[:5])
        ran = self.dnsdbq("dnsdb2", "-r", "*.busy.example", "-O", "1000001")
        self.assertIn("Error: an offset may be 1000000 at most", ran.stderr)

    def test_order(self):
        for key in ("first", "last", "count", "name", "data"):
            found = self.objects("dnsdb2", "-r", "*.example.com", "-s", "-k", key)
            self.assertEqual(sorted(map(line_of, found)), self.from_dns("history.*.example.com"))

    def test_times(self):
        self.assertEqual(self.lines("dnsdb2", "-r", "www.example.com/A", "-A", "2022-01-01"),
                         self.from_dns("last-after-2022.a.history.www.example.com"))
        self.assertEqual(self.lines("dnsdb2", "-r", "www.example.com/A", "-B", "2020-12-31"),
                         self.from_dns("first-before-2021.a.history.www.example.com"))
        self.assertEqual(self.lines("dnsdb2", "-r", "www.example.com", "-c", "-A", "2020-06-01",
                                    "-B", "2025-01-01"),
                         self.from_dns("first-after-2020-06-01.history.www.example.com"))

    def test_runs(self):
        self.assertEqual([[each["time_first"], each["time_last"]]
                          for each in self.objects("dnsdb2", "-g", "-i", "192.0.2.200")], RUNS)
        one, = self.objects("dnsdb2", "-i", "192.0.2.200")
        self.assertEqual([one["time_first"], one["time_last"]], [RUNS[0][0], RUNS[1][1]])

    def test_summary(self):
        for system in ("dnsdb2", "dnsdb1"):
            ran = self.dnsdbq(system, "-V", "summarize", "-i", "192.0.2.0/28", "-j")
            self.assertEqual(json.loads(ran.stdout),
                             {"count": 52, "num_results": 2, "time_first": 1577836800,
                              "time_last": 1714867200})
            # The sums of what DNS shows.
            for words, name in ((["-r", "*.example.com"], "history.*.example.com"),
                                (["-n", "www.example.com"], "pivot.www.example.com"),
                                (["-r", "www.example.com", "-A", "2022-01-01"],
                                 "last-after-2022.history.www.example.com")):
                ran = self.dnsdbq(system, "-V", "summarize", *words, "-j")
                counts = [int(line.split()[2]) for line in self.from_dns(name)]
                found = json.loads(ran.stdout)
                self.assertEqual([found["count"], found["num_results"]], [sum(counts), len(counts)])
            # The first record has a higher count already.
            ran = self.dnsdbq(system, "-V", "summarize", "-i", "192.0.2.0/28", "-M", "5", "-j")
            self.assertEqual(json.loads(ran.stdout)["num_results"], 1)

    def test_batch(self):
        ran = self.dnsdbq("dnsdb2", "-j", "-ff", "-m",
                          input="rrset/name/mail.example.com/A\nrdata/ip/192.0.2.77\n")
        self.assertEqual(ran.stdout.count("mail.example.com."), 2, ran.stdout + ran.stderr)
        self.assertEqual(ran.stdout.count("-- NOERROR (no error)"), 2, ran.stdout)

    def test_batch_in_one(self):
        """With a single -f, all that the lines of the input find is one result."""
        questions = "rrset/name/www.example.com/A\nrdata/ip/192.0.2.0,24\nrdata/name/never.example\n"
        wanted = (self.from_dns("a.history.www.example.com") + self.from_dns("pivot.192.0.2.0/24"))
        for system in ("dnsdb2", "dnsdb1"):
            ran = self.dnsdbq(system, "-j", "-f", "-m", input=questions)
            found = [line_of(json.loads(line)) for line in ran.stdout.splitlines()]
            self.assertEqual(sorted(found), sorted(wanted), ran.stderr)
            ran = self.dnsdbq(system, "-j", "-f", "-m", "-V", "summarize", input=questions)
            self.assertEqual([json.loads(line)["num_results"] for line in ran.stdout.splitlines()][:2],
                             [2, 4], ran.stderr)

    def test_rate(self):
        for system in ("dnsdb2", "dnsdb1"):
            self.assertIn("limit: unlimited", self.dnsdbq(system, "-I").stdout)

    def test_an_error_is_shown(self):
        ran = self.dnsdbq("dnsdb2", "-n", "a..b")
        self.assertIn("Error: ", ran.stderr)


class FlexTest(RestTest):
    """DNSDB's flexible search: what the patterns of DNS find, name by name or value by value."""

    def found(self, path, **parameters):
        query = urllib.parse.urlencode(parameters)
        status, _, text = self.get(f"/dnsdb/v2/{urllib.parse.quote(path)}?{query}")
        self.assertEqual(status, 200, text)
        lines = [json.loads(line) for line in text.splitlines()]
        self.assertEqual([lines[0], lines[-1]], [{"cond": "begin"}, {"cond": "succeeded"}])
        return [line["obj"] for line in lines[1:-1]]

    def owners(self, path, **parameters):
        return sorted((each["count"], each["rrname"], each["rrtype"])
                      for each in self.found(path, **parameters))

    def in_dns(self, *names):
        """The records that DNS shows under the names, added up for each owner and type."""
        sums = collections.Counter()
        for line in self.from_dns(*names):
            _, _, count, owner, rrtype = line.split()[:5]
            sums[owner, rrtype] += int(count)
        return sorted((count, *key) for key, count in sums.items())

    def test_owners(self):
        below = self.in_dns("history.*.example.com")
        self.assertEqual(len(below), 4)
        for path in ("glob/rrnames/*.example.com.", "glob/rrnames/*.Example.com",
                     r"regex/rrnames/\.example\.com\.$"):
            self.assertEqual(self.owners(path), below)
        self.assertEqual(self.owners("glob/rrnames/*ample*/A,TXT", exclude="n*"),
                         self.in_dns("a.txt.like-*ample*.not-like-n*.history.*.com",
                                     "a.txt.like-*ample*.not-like-n*.history.*.example"))
        self.assertEqual(self.owners(r"regex/rrnames/^n149\d"),
                         self.in_dns("re-^n149[0-9].history.*.busy.example"))

    def test_the_root_is_a_dot(self):
        root = [(9, ".", "NS")]
        self.assertEqual(self.owners(r"regex/rrnames/^\.$"), root)
        self.assertIn(root[0], self.owners("regex/rrnames/./NS"))
        self.assertEqual(self.owners("glob/rrnames/."), root)

    def test_values(self):
        found = self.found("glob/rdata/192.0.2.7?", verbose="f")
        self.assertEqual([each["rdata"] for each in found], ["192.0.2.77"])
        found = self.found(r"regex/rdata/^2001:db8:cd::[0-9]$")
        self.assertEqual([(each["rdata"], each["count"]) for each in found], [("2001:db8:cd::7", 4)])
        self.assertEqual([each["rdata"] for each in self.found("glob/rdata/mail.*.com./MX")],
                         ["10 mail.example.com."])


class UserTest(RestTest):
    def test_a_summary_has_no_offset(self):
        path = "/dnsdb/v2/summarize/rrset/name/*.busy.example"
        self.assertEqual(self.get(path + "?offset=1")[0], 400)
        _, _, text = self.get(path + "?limit=3")
        self.assertIn("\"num_results\":3,", text)

    def test_no_browser_guesses_what_it_is(self):
        for path in ("/info", "/pdns/query/a..b", "/nothing"):
            self.assertEqual(self.get(path)[1]["x-content-type-options"], "nosniff")

    def test_a_key_is_needed(self):
        for path in ("/pdns/query/www.example.com", "/lookup/rrset/name/www.example.com",
                     "/dnsdb/v2/rate_limit", "/info"):
            self.assertEqual(self.get(path, key="wrong")[0], 401)
            self.assertEqual(self.get(path)[0], 200)
        self.assertEqual(self.get("/dnsdb/v2/ping", key="")[0], 200)

    def test_views_of_a_user(self):
        owner = "/dnsdb/v2/lookup/rrset/name/www.example.com"
        self.assertEqual(self.get(owner, key=OTHER_KEY)[0], 200)
        for path in ("/pdns/query/www.example.com", "/dnsdb/v2/lookup/rdata/ip/192.0.2.1",
                     "/dnsdb/v2/lookup/rrset/name/*.example.com"):
            status, _, text = self.get(path, key=OTHER_KEY)
            self.assertEqual(status, 403)
            self.assertRegex(text, r"^Error: this needs the right to the view '\w+'.*\n$")

    def test_pages(self):
        all_lines = []
        cursor = {}
        for _ in range(100):
            status, fields, text = self.get("/pdns/query/*.busy.example", **cursor,
                                            **{"dribble-paginate-count": "200"})
            self.assertEqual(status, 200)
            all_lines += text.splitlines()
            if "x-dribble-cursor" not in fields:
                break
            cursor = {"dribble-paginate-cursor": fields["x-dribble-cursor"]}
        self.assertEqual(len(set(all_lines)), 1500)
        self.assertEqual(len(all_lines), 1500)

    def test_a_page_goes_on_after_a_reload(self):
        path, count = "/pdns/query/*.busy.example", {"dribble-paginate-count": "700"}
        _, fields, first = self.get(path, **count)
        self.responder.reload()
        status, _, second = self.get(path, **count, **{
            "dribble-paginate-cursor": fields["x-dribble-cursor"]})
        self.assertEqual(status, 200)
        self.assertEqual(len(set(first.splitlines() + second.splitlines())), 1400)


class WorkLimitTest(RestTest):
    SETTINGS = "[responder]\nthreads = 1\nwork_limit = 1000\n"

    def test_an_answer_waits_for_work(self):
        status, _, text = self.get("/pdns/query/*.busy.example")
        self.assertEqual(status, 200)
        self.assertEqual(len(text.splitlines()), 1500)
        self.assertEqual(self.get("/dnsdb/v2/ping", key="")[0], 200)


if __name__ == "__main__":
    unittest.main()
