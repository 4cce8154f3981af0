"""The metrics of dnshist-responder over HTTP: what was asked is what is counted."""

import signal
import socket
import urllib.error
import urllib.request

from dns_client import A, NOERROR, NXDOMAIN, PATIENCE, REFUSED, framed, question, receive_message
from harness import (RESPONDER, WWW, Responder, StoreCase, import_text, installed, record,
                     run)
from observed import Observed


class MetricsTest(StoreCase):
    CONTENT = "".join(record("www.example.com.", f"192.0.2.{number}") for number in range(1, 41))

    def test_what_was_asked_is_what_is_counted(self):
        with Observed(self.store, self.folder) as responder:
            self.assertEqual(responder.questions(), {})
            for _ in range(3):
                self.assertTrue(responder.ask(WWW + ".pdns.local").truncated)
            self.assertEqual(responder.ask("limit-5." + WWW + ".pdns.local").rcode, NOERROR)
            self.assertEqual(responder.ask("history.no.example.pdns.local").rcode, NXDOMAIN)
            self.assertEqual(responder.ask("pivot.192.0.2.7.pdns.local").rcode, NOERROR)
            self.assertEqual(responder.ask("2020-06.at.www.example.com.pdns.local", A).rcode,
                             NOERROR)
            self.assertEqual(responder.ask("stats.pdns.local").rcode, NOERROR)
            self.assertEqual(responder.ask("nonsense.pdns.local").rcode, NOERROR)
            self.assertEqual(responder.ask("example.org").rcode, REFUSED)
            with responder.tcp() as client:
                for name in WWW, "names.com":
                    client.sendall(framed(question(name + ".pdns.local")))
                    self.assertEqual(receive_message(client).rcode, NOERROR)
                self.assertEqual(responder.number("dnshist_tcp_connections_open"), 1)
            with responder.udp() as client:
                client.send(b"runt")
                client.send(b"\0" * 5000)  # longer than any question
                client.send(question("help.pdns.local"))
                client.recv(65535)

            def asked(transport, view, rcode):
                return f'{{transport="{transport}",view="{view}",rcode="{rcode}"}}'
            self.assertEqual(responder.questions(), {
                asked("udp", "history", "NOERROR"): 4,
                asked("udp", "history", "NXDOMAIN"): 1,
                asked("udp", "pivot", "NOERROR"): 1,
                asked("udp", "at", "NOERROR"): 1,
                asked("udp", "own", "NOERROR"): 2,
                asked("udp", "none", "NOERROR"): 1,
                asked("udp", "none", "REFUSED"): 1,
                asked("tcp", "history", "NOERROR"): 1,
                asked("tcp", "names", "NOERROR"): 1,
            })
            number = responder.number
            self.assertEqual(number("dnshist_dropped_total{reason=\"undeserved\"}"), 1)
            self.assertEqual(number("dnshist_dropped_total{reason=\"too_long\"}"), 1)
            self.assertGreaterEqual(number("dnshist_truncated_total"), 3)
            self.assertEqual(number("dnshist_tcp_connections_total"), 1)
            self.assertGreaterEqual(number("dnshist_answer_seconds_count{effort=\"quick\"}"), 1)
            while number("dnshist_tcp_connections_open") != 0:
                pass  # the client's end is on its way

    def test_the_store_shows(self):
        store = self.folder / "growing"
        import_text(store, record("www.example.com.", "192.0.2.1"))
        with Observed(store, self.folder) as responder:
            _, before = responder.scrape()
            self.assertEqual(before["dnshist_store_up"], 1)
            self.assertEqual(before["dnshist_store_names"], 1)
            self.assertLess(before["dnshist_store_age_seconds"], 3600)
            self.assertGreater(before["dnshist_store_bytes"], 4096)
            self.assertGreaterEqual(before["dnshist_store_reader_slots_used"], 1)
            self.assertGreater(before["dnshist_store_reader_slots"], 100)
            import_text(store, record("new.example.com.", "192.0.2.2"))
            self.assertEqual(responder.number("dnshist_store_names"), 2)

    def test_costly_questions_show(self):
        store = self.folder / "large"
        import_text(store, "".join(record(f"n{number}.example.com.", "192.0.2.1")
                                   for number in range(3000)))
        with Observed(store, self.folder) as responder:
            with responder.tcp() as client:
                client.sendall(framed(question("sort-count.limit-1.history.*.com.pdns.local")))
                self.assertEqual(receive_message(client).rcode, NOERROR)
            self.assertEqual(responder.number("dnshist_put_off_total"), 1)
            self.assertEqual(responder.number("dnshist_cut_total"), 0)
            self.assertEqual(responder.number("dnshist_answer_seconds_count{effort=\"whole\"}"), 1)
            self.assertEqual(sum(responder.questions().values()), 1)

    def test_a_broken_scraper_breaks_nothing(self):
        with Observed(self.store, self.folder) as responder:
            address = ("127.0.0.1", responder.metrics_port)
            for sent in b"", b"\0\xff" * 5000, b"GET /metrics HTTP/1.1\r\n\r\n", b"GET /\r\n\r\n":
                with socket.create_connection(address, PATIENCE) as client:
                    client.sendall(sent)  # and away, before the answer is read
            # Far more than it serves at once, which neither ask to the end nor go: the first of
            # them make room.
            waiting = [socket.create_connection(address, PATIENCE) for _ in range(224)]
            for client in waiting[-16:]:
                client.sendall(b"GET /metrics HTTP/1.1\r\nHost: ")
            self.assertEqual(responder.ask("stats.pdns.local").rcode, NOERROR)
            self.assertIn("dnshist_questions_total", responder.scrape()[0])
            self.assertEqual(waiting[0].recv(1), b"")
            for client in waiting:
                client.close()
            with self.assertRaises(urllib.error.HTTPError) as failed:
                urllib.request.urlopen(f"http://127.0.0.1:{responder.metrics_port}/etc/passwd")
            self.assertEqual(failed.exception.code, 404)
            failed.exception.close()
            self.assertEqual(responder.stop(), 0)

    def test_a_reload_keeps_the_counts(self):
        with Observed(self.store, self.folder) as responder:
            responder.ask("stats.pdns.local")
            responder.config.write_text("[responder]\nmetrics = \"\"\n")
            responder.send(signal.SIGHUP)
            responder.wait_for("responder.metrics changes with the next restart")
            responder.wait_for("the configuration was read again")
            self.assertEqual(sum(responder.questions().values()), 1)

    def test_no_metrics_without_configuration(self):
        with Responder(self.store) as responder:
            responder.ask("stats.pdns.local")
            self.assertNotIn("metrics", "".join(responder.log))

    def test_an_address_that_others_reach_is_warned_of(self):
        with Observed(self.store, self.folder, "") as responder:
            self.assertNotIn("not a loopback address", "".join(responder.log))
        config = self.folder / "any.toml"
        config.write_text("[responder]\nmetrics = \"0.0.0.0@0\"\n")
        with Responder(self.store, config=config) as responder:
            responder.wait_for("warning: responder.metrics is not a loopback address")

    def test_an_address_that_is_taken_is_said(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            config = self.folder / "taken.toml"
            at = f"127.0.0.1@{taken.getsockname()[1]}"
            config.write_text(f"[responder]\nmetrics = \"{at}\"\n")
            result = run(RESPONDER, "--store", self.store, "--config", config, "--listen",
                         "127.0.0.2@0")
            self.assertEqual(result.returncode, 1)
            self.assertIn(f"cannot show metrics at {at}: Address already in use", result.stderr)


class PromtoolTest(StoreCase):
    def test_it_finds_no_fault(self):
        installed("promtool")
        with Observed(self.store, self.folder) as responder:
            responder.ask("stats.pdns.local")
            result = run("promtool", "check", "metrics", input=responder.scrape()[0])
            self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))
