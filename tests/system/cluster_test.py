"""A real Ceph cluster on loopback: a copy of a store in it gives the answers that the store gives, octet
for octet, also while an OSD is killed, and again after all of it was away. What is imported into it, by
two writers at once, while they are killed and an OSD is, is what an import into a directory makes.

Runs where ceph-mon and ceph-osd are installed; else it is skipped. `contrib/check --long` kills for longer.
"""

import contextlib
import json
import pathlib
import random
import re
import select
import signal
import socket
import subprocess
import time
import unittest
import urllib.error
import urllib.request

import http_client
from cluster_case import SERVFAIL, ClusterCase, late_octets, octets
from cluster_crowd import Crowd
from dns_client import NOERROR, PATIENCE, TXT, Answer, framed, question, receive_message
from harness import LONG, SAMPLE, ZONEGEN, run, until
from questions import QUESTIONS

CHECK_HISTORY = pathlib.Path(ZONEGEN).parents[1] / "tests" / "support" / "check_history"


class ClusterTest(ClusterCase):
    def same_answers(self, of=octets):
        """`of` is how the cluster's responder is asked."""
        asked = 0
        for qtype, name in QUESTIONS:
            # The size in stats is another, and so is a part of a store of another kind.
            if qtype != "TXT" or name == "stats":
                continue
            whole = name if name.endswith(".") else f"{name}.pdns.local"
            with self.subTest(name):
                self.assertEqual(octets(self.local, whole), of(self.remote, whole))
            asked += 1
        self.assertGreater(asked, 20)

    def test_all_questions_and_an_osd_that_dies(self):
        self.same_answers()
        self.cluster.kill("osd.1")
        # No answer may differ, from the moment on that it is gone; only late it may be.
        self.same_answers(late_octets)
        self.cluster.start_osd(1)
        self.cluster.wait_for_osds(3)
        self.same_answers(late_octets)

    def test_when_all_is_away_questions_fail_and_then_succeed_again(self):
        for number in range(3):
            self.cluster.kill(f"osd.{number}")
        until(lambda: not self.answers("history.keel.example"))  # what was cached is too old
        # A round trip that nobody waits for any more fails a moment later.
        until(lambda: self.remote.number("dnshist_cluster_failures_total") > 0)
        until(lambda: self.remote.number("dnshist_store_up") == 0)
        # What needs nothing of the cluster is answered all the same, over a connection too.
        self.assertEqual(self.remote.ask("help.pdns.local", TXT).rcode, NOERROR)
        with self.remote.tcp() as client:
            client.sendall(framed(question("history.mast.example.pdns.local")))
            self.assertEqual(receive_message(client).rcode, SERVFAIL)
            client.sendall(framed(question("help.pdns.local")))
            self.assertEqual(receive_message(client).rcode, NOERROR)
        # Over HTTP, too.
        with self.connection(self.remote) as client:
            self.assertEqual(http_client.ask(client, "history.spar.example.pdns.local").rcode, SERVFAIL)
            self.assertEqual(http_client.ask(client, "help.pdns.local").rcode, NOERROR)
        self.assertEqual(self.get(self.remote, "/pdns/query/boom.example")[0], 503)
        self.assertEqual(self.get(self.remote, "/dnsdb/v2/lookup/rrset/name/*.tiller.example")[0], 503)
        for number in range(3):
            self.cluster.start_osd(number)
        self.cluster.wait_for_osds(3)
        until(lambda: self.answers("history.keel.example"))
        self.same_answers(late_octets)
        until(lambda: self.get(self.remote, "/pdns/query/www.harbour.example")[0] == 200)
        until(lambda: self.remote.number("dnshist_store_up") == 1)

    def test_many_questions_at_once_are_all_answered(self):
        """Some of them need the same, some nothing at all, some walk."""
        names = [f"{name}.pdns.local" for qtype, name in QUESTIONS
                 if qtype == "TXT" and not name.endswith(".") and name != "stats"]
        with contextlib.ExitStack() as stack:
            clients = []
            for name in 4 * names:
                clients.append((name, stack.enter_context(self.remote.udp())))
                clients[-1][1].send(question(name))
            for name, client in clients:
                self.assertEqual(client.recv(65535), octets(self.local, name), name)
        self.assertGreater(self.remote.number("dnshist_store_waits_total"), 0)

    def test_questions_on_one_connection_are_answered_in_order(self):
        names = ["history.harbour.example", "names.harbour.example", "help", "history.pier.example"]
        with self.remote.tcp() as client:
            client.sendall(b"".join(framed(question(f"{name}.pdns.local")) for name in names))
            for name in names:
                with self.local.tcp() as other:
                    other.sendall(framed(question(f"{name}.pdns.local")))
                    self.assertEqual(receive_message(client).lines, receive_message(other).lines)

    def connection(self, responder):
        client = socket.create_connection(("127.0.0.2", self.http_ports[responder]), timeout=PATIENCE)
        self.addCleanup(client.close)
        return client

    def get(self, responder, target):
        """Status and content, however that came."""
        url = f"http://127.0.0.2:{self.http_ports[responder]}{target}"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(url, timeout=PATIENCE) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def test_http_gives_what_a_directory_gives(self):
        for target in ("/dnsdb/v2/lookup/rrset/name/*.example", "/dnsdb/v2/summarize/rrset/name/*.example",
                       "/lookup/rdata/ip/203.0.113.0-24", "/lookup/rrset/name/never.example",
                       "/dnsdb/v2/glob/rrnames/*harbour*", "/pdns/query/www.harbour.example"):
            with self.subTest(target):
                self.assertEqual(self.get(self.local, target), self.get(self.remote, target))
        with self.connection(self.local) as here, self.connection(self.remote) as there:
            for name in ("history.harbour.example", "names.harbour.example", "help"):
                asked = (http_client.ask(client, f"{name}.pdns.local").lines for client in (here, there))
                self.assertEqual(*asked, name)

    def test_a_cluster_that_stands_still_holds_up_nothing_over_http(self):
        for number in range(3):
            self.cluster.processes[f"osd.{number}"].send_signal(signal.SIGSTOP)
        try:
            until(lambda: not self.answers("history.mast.example"))  # what was cached is too old
            waiting = [self.connection(self.remote) for _ in range(3)]
            for client, name in zip(waiting, ("hull.example", "deck.example", "rudder.example")):
                client.sendall(http_client.request(
                    method="POST", content=question(f"history.{name}.pdns.local")))
            # One thread has them all: it answers what needs nothing of the cluster, while they wait.
            with self.connection(self.remote) as client:
                self.assertEqual(http_client.ask(client, "help.pdns.local").rcode, NOERROR)
            self.assertEqual(self.remote.ask("help.pdns.local").rcode, NOERROR)
            self.assertEqual(select.select(waiting, [], [], 0)[0], [])
            for client in waiting:
                self.assertEqual(Answer(http_client.Response(client).content).rcode, SERVFAIL)
        finally:
            for number in range(3):
                self.cluster.processes[f"osd.{number}"].send_signal(signal.SIGCONT)
        until(lambda: self.answers("history.hull.example"))

    def test_what_is_read_of_the_cluster_is_counted(self):
        before = self.remote.scrape()[1]
        for _ in range(3):
            self.remote.ask("history.harbour.example.pdns.local")
        after = self.remote.scrape()[1]
        name = "dnshist_cluster_{}"
        self.assertGreater(after[name.format("cache_hits_total")],
                           before[name.format("cache_hits_total")])
        for count in ("reads_total", "round_trips_total", "cache_misses_total", "tablets",
                      "cache_bytes"):
            self.assertGreater(after[name.format(count)], 0, count)
        self.assertNotIn("dnshist_store_level_bytes", str(after))

    def same_store(self, here, there):
        """Every record and every count; and check finds nothing."""
        def records(location):
            return sorted(self.zonegen("export", store=location).stdout.splitlines())
        self.assertEqual(records(here), records(there))
        checked = self.zonegen("check", store=there)
        self.assertIn("no problem", checked.stderr + checked.stdout)
        one, other = (json.loads(self.zonegen("stats", "--json", store=store).stdout)
                      for store in (here, there))
        for key in ("names", "records", "pivots", "earliest", "latest"):
            self.assertEqual(one[key], other[key])

    def test_a_copy_is_the_same_store_and_so_is_the_copy_back(self):
        self.same_store(self.store, self.LOCATION)
        back = self.folder / "back"
        self.zonegen("copy", back)
        self.same_store(self.store, back)
        # What was imported is known there too.
        self.assertIn("already imported", self.zonegen("import", SAMPLE, store=back).stderr)

    def test_a_copy_within_the_cluster_is_the_same_store(self):
        other = "rados://history/second"
        # As of a copy that was killed.
        self.cluster.run("rados", "--pool", "history", "--namespace", "second", "create", "copying")
        self.cluster.run("rados", "--pool", "history", "--namespace", "second", "create", "t1")
        self.assertIn("was broken off: the 2 objects", self.zonegen("copy", other).stderr)
        self.same_store(self.store, other)
        self.assertIn("already imported", self.zonegen("import", SAMPLE, store=other).stderr)
        self.assertIn("holds a store already", self.zonegen("copy", other, code=1).stderr)

    def feeds(self, name, files, observations):
        """Files of observations in no order; each repeats some of another."""
        folder = self.folder / name
        folder.mkdir()
        chosen = random.Random(name)
        made = []
        for number in range(files):
            path = folder / f"{number}.ndjson"
            with open(path, "w", encoding="ascii") as out:
                for _ in range(observations):
                    host = chosen.randrange(observations * files // 2)
                    when = 1_600_000_000 + chosen.randrange(100_000_000)
                    kind, value = chosen.choice((("A", f"192.0.2.{host % 250}"),
                                                 ("CNAME", f"edge{host % 999}.example.net.")))
                    out.write(json.dumps({"rrname": f"h{host}.z{host % 97}.example.", "rrtype": kind,
                                          "rdata": value, "time_first": when,
                                          "time_last": when + chosen.randrange(9999),
                                          "count": 1 + host % 5}) + "\n")
            made.append(path)
        return made

    def importer(self, location, *files):
        process = subprocess.Popen(
            [ZONEGEN, "--config", self.config, "--store", location, "import", "--batch", "3000", *files],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def test_two_importers_that_are_killed_and_an_osd_that_dies(self):
        location = "rados://history/written"
        feeds = self.feeds("written", files=4, observations=20_000)
        store = self.folder / "written.store"
        self.zonegen("import", *feeds, store=store)
        chosen = random.Random(1)
        halves = [feeds[:2], feeds[2:]]
        running = [self.importer(location, *half) for half in halves]
        kills = 0
        while any(process.poll() is None for process in running):
            if kills == 2:
                self.cluster.kill("osd.2")
            if kills == 4:
                self.cluster.start_osd(2)
            if kills < 8:
                time.sleep(chosen.uniform(0.2, 1.5))
                number = chosen.randrange(2)
                if running[number].poll() is None:
                    running[number].kill()
                    running[number].wait()
                    running[number] = self.importer(location, *halves[number])
                kills += 1
            else:
                time.sleep(0.1)
        if "osd.2" not in self.cluster.processes:  # the importers were quick
            self.cluster.start_osd(2)
        self.cluster.wait_for_osds(3)
        for process in running:
            self.assertEqual(process.returncode, 0, process.stderr.read())
        # The last batch of one that was killed is ended by the next writer.
        self.zonegen("prune", "--last-before", "1990", store=location)
        cleaned = self.zonegen("check", "--clean", store=location)
        self.assertIn("objects removed that killed writers have left", cleaned.stderr)
        self.assertNotIn("check --clean", self.zonegen("check", store=location).stderr)
        self.same_store(store, location)
        cluster = json.loads(self.zonegen("stats", "--json", store=location).stdout)["cluster"]
        self.assertFalse(any(lane["unfinished"] for lane in cluster["lanes"]))
        self.assertGreater(cluster["written"], cluster["observations"])

    def test_imports_of_one_feed_at_once_count_it_once(self):
        store = self.folder / "side.store"
        feeds = self.feeds("side", files=1, observations=12_000)
        self.zonegen("import", *feeds, store=store)
        for is_killed in (False, True):
            location = f"rados://history/side{int(is_killed)}"
            with self.subTest(is_killed=is_killed):
                if is_killed:  # then all go on from one place
                    killed = self.importer(location, *feeds)
                    time.sleep(0.5)
                    killed.kill()
                    killed.wait()
                running = [self.importer(location, *feeds) for _ in range(3)]
                self.assertIn(0, [process.wait() for process in running])
                self.same_store(store, location)

    def fault_of(self, events):
        """What the checker of histories finds in them."""
        done = run(CHECK_HISTORY, input="\n".join(events) + "\n")
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return done.stdout if done.returncode == 1 else None

    def disturb(self, chosen):
        """An OSD dies, or its host hangs; then it is back."""
        number = chosen.randrange(3)
        time.sleep(chosen.uniform(0.5, 2))
        if chosen.randrange(2) == 0:
            self.cluster.kill(f"osd.{number}")
            time.sleep(chosen.uniform(0.5, 2))
            self.cluster.start_osd(number)
            self.cluster.wait_for_osds(3)
        else:
            self.cluster.processes[f"osd.{number}"].send_signal(signal.SIGSTOP)
            time.sleep(chosen.uniform(0.5, 2))
            self.cluster.processes[f"osd.{number}"].send_signal(signal.SIGCONT)

    def test_what_is_read_fits_what_was_acknowledged_whoever_is_killed(self):
        location = "rados://history/crowd"
        folder = self.folder / "crowd"
        folder.mkdir()
        crowd = Crowd(folder, [ZONEGEN, "--config", self.config, "--store", location],
                      seed=1, seconds=120 if LONG else 15)
        events = crowd.run(writers=3, readers=2, meanwhile=self.disturb)
        self.assertIsNone(self.fault_of(events))
        self.assertGreater(crowd.kills, 3)
        self.assertGreater(sum(event.startswith("end ") for event in events), 5)
        self.assertIn("no problem", self.zonegen("check", store=location).stdout)
        # The checker is no yes-man: what a read lacks, and what was counted twice, it finds.
        acknowledged = next(event for event in events if event.startswith("acknowledge ")).split()[1]
        lacks = events[:-1] + [re.sub(f" {acknowledged}[.][^ ]*", "", events[-1])]
        self.assertIn("lacks what was acknowledged", self.fault_of(lacks))
        twice = events[:-1] + [re.sub(r"(files\.example\.)=1", r"\1=2", events[-1], count=1)]
        self.assertIn("was never sent", self.fault_of(twice))

    def test_a_prune_gives_what_it_gives_in_a_directory(self):
        store = self.folder / "pruned.store"
        location = "rados://history/pruned"
        for where in (store, location):
            self.zonegen("import", SAMPLE, store=where)
            self.zonegen("prune", "--last-before", "2018", store=where)
        self.same_store(store, location)

    def test_batches_wait_for_a_tablet_that_is_missing(self):
        location = "rados://history/lost"
        store = self.folder / "lost.store"
        feeds = self.feeds("lost", files=3, observations=2000)
        self.zonegen("import", *feeds, store=store)
        self.zonegen("import", feeds[0], store=location)
        tablet = "t0000000000000001"
        pool = ("rados", "--pool", "history")
        self.cluster.run(*pool, "mksnap", "whole")
        self.addCleanup(self.cluster.run, *pool, "rmsnap", "whole")
        self.cluster.run(*pool, "--namespace", "lost", "rm", tablet)
        self.assertIn(f"tablet {tablet}", self.zonegen("import", feeds[1], store=location, code=1).stderr)
        self.assertIn(tablet, self.zonegen("check", store=location, code=1).stderr)
        cluster = json.loads(self.zonegen("stats", "--json", store=location).stdout)["cluster"]
        self.assertIn(tablet, [lane.get("waits_for") for lane in cluster["lanes"]])
        self.cluster.run(*pool, "--namespace", "lost", "rollback", tablet, "whole")
        self.zonegen("import", feeds[2], store=location)
        self.same_store(store, location)

    def test_mistakes_say_the_way_out(self):
        run_ceph = self.cluster.run
        run_ceph("rados", "--pool", "history", "--namespace", "broken", "create", "copying")
        run_ceph("ceph", "osd", "pool", "create", "coded", "8", "8", "erasure")
        run_ceph("ceph", "osd", "pool", "create", "two", "8", "8", "replicated")
        run_ceph("ceph", "osd", "pool", "set", "two", "size", "2")
        run_ceph("ceph", "osd", "pool", "set", "two", "min_size", "1")
        for location, text in (("rados://none/world", "osd pool create none"),
                               ("rados://history/other", "there is no store"),
                               ("rados://history/broken", "'dnshist-zonegen copy' again"),
                               ("rados://coded/world", "osd pool create NAME 32 replicated"),
                               ("rados://two/world", "'ceph osd pool set two size 3'"),
                               ("rados://two/world", "'ceph osd pool set two min_size 2'"),
                               ("rados://history", "rados://POOL/NAMESPACE"),
                               ("redis://a/b", "rados://POOL/NAMESPACE")):
            self.assertIn(text, self.zonegen("stats", store=location, code=1).stderr)
        self.assertIn("holds a store already",
                      self.zonegen("copy", self.LOCATION, store=self.store, code=1).stderr)


if __name__ == "__main__":
    unittest.main()
