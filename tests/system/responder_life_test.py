"""dnshist-responder as its operator meets it: starting, changing, ending, and what goes wrong."""

import contextlib
import ctypes
import os
import pathlib
import shutil
import signal
import socket

from dns_client import (NOERROR, NXDOMAIN, PATIENCE, REFUSED, closed, framed, question,
                        receive_message)
from harness import (PROJECT, RESPONDER, WWW, Responder, StoreCase, import_text, notify_socket,
                     record, run)


class LifeTest(StoreCase):
    def fails(self, *arguments):
        """The error of a responder that cannot start."""
        result = run(RESPONDER, *arguments)
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        return result.stderr

    # Ending.

    def test_signals_end_it_in_order(self):
        for number in signal.SIGTERM, signal.SIGINT:
            with Responder(self.store) as responder, responder.tcp() as idle:
                responder.ask(WWW + ".pdns.local")
                self.assertEqual(responder.stop(number), 0)
                self.assertEqual(closed(idle), b"")
                self.assertRegex(responder.wait_for("stopped")[0], "stopped")

    def test_what_is_under_way_is_answered_before_it_ends(self):
        with Responder(self.store) as responder, responder.tcp() as client:
            asked = framed(question(WWW + ".pdns.local", number=1))
            # The first answer shows that the connection is served; the second question is begun.
            client.sendall(asked + asked[:20])
            self.assertEqual(receive_message(client).rcode, NOERROR)
            responder.send(signal.SIGTERM)
            responder.wait_for("stopping")
            client.sendall(asked[20:])
            self.assertEqual(receive_message(client).rcode, NOERROR)
            self.assertEqual(closed(client), b"")
            self.assertEqual(responder.process.wait(PATIENCE), 0)

    def test_a_client_that_does_not_finish_does_not_keep_it(self):
        with Responder(self.store) as responder, responder.tcp() as client:
            asked = framed(question(WWW + ".pdns.local"))
            client.sendall(asked + asked[:20])
            receive_message(client)
            self.assertEqual(responder.stop(), 0)

    # Changing.

    def test_a_reload_changes_zones_and_ttls_at_once(self):
        config = self.folder / "reload.toml"
        config.write_text("[responder]\nzones = [\"one.\"]\nttl = 11\n")
        with Responder(self.store, config=config) as responder:
            answer = responder.ask(WWW + ".one")
            self.assertEqual((answer.rcode, answer.ttls), (NOERROR, [11]))

            config.write_text("[responder]\nzones = [\"two.\", \"three.example.\"]\nttl = \"1m\"\n")
            responder.send(signal.SIGHUP)
            responder.wait_for("the configuration was read again")
            # Each worker is told by a message of its own; what is asked later is answered later.
            self.assertEqual(self.eventually(responder, WWW + ".two", NOERROR).ttls, [60])
            self.eventually(responder, WWW + ".three.example", NOERROR)
            self.eventually(responder, WWW + ".one", REFUSED)

    def test_a_reload_with_a_mistake_changes_nothing(self):
        config = self.folder / "mistake.toml"
        config.write_text("[responder]\nttl = 11\n")
        with Responder(self.store, config=config) as responder:
            config.write_text("[responder]\n\ntttl = 12\n")
            responder.send(signal.SIGHUP)
            said = responder.wait_for("error: the configuration stays as it was: (.*)")[1]
            self.assertEqual(said, f"{config}:3: unknown key 'responder.tttl'; "
                                   "did you mean 'responder.ttl'?")
            self.assertEqual(responder.ask(WWW + ".pdns.local").ttls, [11])

    def test_no_control_character_reaches_the_log_or_the_terminal(self):
        config = self.folder / "control.toml"
        config.write_text("[responder]\nttl = 11\n")
        wrong = '[responder]\n"\\u001b[2J\\u009b\\u202e\\u007f\u00e1" = 12\n'
        shown = "'responder.\\027[2J\\194\\155\\226\\128\\174\\127\u00e1'"
        with Responder(self.store, config=config) as responder:
            config.write_text(wrong)
            responder.send(signal.SIGHUP)
            said = responder.wait_for("error: the configuration stays as it was: (.*)")[1]
            self.assertIn(shown, said)
        said = run(RESPONDER, "--config", config, "--check-config").stderr
        self.assertTrue(said.rstrip("\n").isprintable(), ascii(said))

    def test_signals_that_come_together_are_one_reload_after_the_last(self):
        config = self.folder / "together.toml"
        config.write_text("[responder]\nthreads = 1\nttl = 11\n")
        with Responder(self.store, config=config) as responder:
            responder.ask(WWW + ".pdns.local")
            responder.send(signal.SIGSTOP)
            for ttl in 12, 13:
                config.write_text(f"[responder]\nthreads = 1\nttl = {ttl}\n")
                responder.send(signal.SIGHUP)
            responder.send(signal.SIGCONT)
            responder.wait_for("the configuration was read again")
            # The worker is told by a message; what is asked later is answered later.
            for _ in range(1000):
                if responder.ask(WWW + ".pdns.local").ttls == [13]:
                    return
            self.fail("the configuration of the last signal is not in force")

    def test_a_systemd_that_does_not_listen_holds_up_no_reload(self):
        path = self.folder / "deaf"
        with contextlib.ExitStack() as stack:
            systemd = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
            systemd.bind(str(path))
            systemd.settimeout(PATIENCE)
            other = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
            other.connect(str(path))
            other.setblocking(False)
            os.environ["NOTIFY_SOCKET"] = str(path)
            self.addCleanup(os.environ.pop, "NOTIFY_SOCKET", None)
            responder = stack.enter_context(Responder(self.store))
            self.assertEqual(systemd.recv(1000), b"READY=1")
            with self.assertRaises(BlockingIOError):
                while True:
                    other.send(b"full")
            for _ in range(2):
                after = len(responder.log)
                responder.send(signal.SIGHUP)
                responder.wait_for("the configuration was read again", after)
            # Nothing is left out, and the order stays.
            told = []
            while len(told) < 4:
                message = systemd.recv(1000)
                if message != b"full":
                    told.append(message.partition(b"\n")[0])
            self.assertEqual(told, [b"RELOADING=1", b"READY=1"] * 2)
            self.assertEqual(responder.stop(), 0)

    def test_a_reload_names_what_needs_a_restart(self):
        config = self.folder / "restart.toml"
        config.write_text("[responder]\nthreads = 1\n")
        with Responder(self.store, config=config) as responder:
            config.write_text("[responder]\nthreads = 2\n")
            responder.send(signal.SIGHUP)
            responder.wait_for("warning: responder.threads changes with the next restart")
            responder.wait_for("the configuration was read again")
            self.assertEqual(responder.ask(WWW + ".pdns.local").rcode, NOERROR)

    def test_the_command_line_stands_above_the_configuration(self):
        config = self.folder / "above.toml"
        config.write_text("[store]\ndirectory = \"/nonexistent\"\n"
                          "[responder]\nlisten = [\"192.0.2.1@1\"]\nzones = [\"file.\"]\n")
        with Responder(self.store, "--zone", "One", "--zone", "two.", config=config) as responder:
            self.assertEqual(responder.ask(WWW + ".one").rcode, NOERROR)
            self.assertEqual(responder.ask(WWW + ".two").rcode, NOERROR)
            self.assertEqual(responder.ask(WWW + ".file").rcode, REFUSED)

    def eventually(self, responder, name, rcode):
        for _ in range(1000):
            answer = responder.ask(name)
            if answer.rcode == rcode:
                return answer
        self.fail(f"{name} is still answered with {answer.rcode}")

    def test_an_import_is_seen_without_a_restart(self):
        store = self.folder / "growing"
        import_text(store, record("first.example.", "192.0.2.1"))
        with Responder(store) as responder:
            for number in range(5):
                name = f"history.late{number}.example.pdns.local"
                self.assertEqual(responder.ask(name).rcode, NXDOMAIN)
                import_text(store, record(f"late{number}.example.", "192.0.2.2"))
                self.assertEqual(len(responder.ask(name).lines), 1)

    # Failing to start.

    def test_the_address_is_in_use_by_a_responder(self):
        with Responder(self.store) as responder:
            at = f"127.0.0.2@{responder.port}"
            said = self.fails("--store", self.store, "--listen", at)
            self.assertIn(f"cannot listen at {at}: the address is in use", said)
            self.assertIn(f"sport = :{responder.port}", said)
            self.assertEqual(responder.ask(WWW + ".pdns.local").rcode, NOERROR)

    def test_the_address_is_in_use_over_tcp_alone(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            at = f"127.0.0.1@{other.getsockname()[1]}"
            self.assertIn("the address is in use", self.fails("--store", self.store, "--listen", at))

    def test_the_address_is_not_of_this_machine(self):
        said = self.fails("--store", self.store, "--listen", "192.0.2.1@5300")
        self.assertIn("this machine does not have the address", said)

    def test_there_is_no_store(self):
        missing = self.folder / "missing"
        said = self.fails("--store", missing, "--listen", "127.0.0.1@0")
        self.assertIn(f"there is no store in {missing}", said)
        self.assertFalse(missing.exists())

    def test_the_store_is_of_another_version(self):
        other = self.folder / "other"
        shutil.copytree(self.store, other)
        data = (other / "data.mdb").read_bytes()
        version = b"format\0\0\0\3"
        self.assertIn(version, data)
        (other / "data.mdb").write_bytes(data.replace(version, b"format\0\0\0\7"))
        said = self.fails("--store", other, "--listen", "127.0.0.1@0")
        self.assertIn("format 7", said)
        self.assertIn("formats 2 and 3", said)

    def test_the_store_is_no_store(self):
        rubbish = self.folder / "rubbish"
        rubbish.mkdir()
        (rubbish / "data.mdb").write_bytes(b"rubbish" * 3000)
        said = self.fails("--store", rubbish, "--listen", "127.0.0.1@0")
        self.assertIn(str(rubbish), said)

    # The command line.

    def test_check_config(self):
        config = self.folder / "check.toml"
        config.write_text("[responder]\nthreads = 2\n")
        result = run(RESPONDER, "--config", config, "--check-config")
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "OK\n", ""))
        config.write_text("[responder]\nthreads = -2\n")
        self.assertEqual(self.fails("--config", config, "--check-config"),
                         f"{config}:2: responder.threads: expected a number from 0 "
                         "(one a processor) to 256, not -2\n")
        self.assertIn("No such file", self.fails("--config", "/nonexistent", "--check-config"))

    def test_the_default_configuration_is_in_order(self):
        default = PROJECT / "conf" / "dnshist.toml"
        self.assertEqual(run(RESPONDER, "--config", default, "--check-config").stdout, "OK\n")
        # The values that it shows as defaults have to be valid too.
        shown = self.folder / "shown.toml"
        shown.write_text("\n".join(line.removeprefix("#") if line[1:2] != " " else line
                                   for line in default.read_text().splitlines()))
        result = run(RESPONDER, "--config", shown, "--check-config")
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_help_and_version(self):
        for option in "--help", "--version":
            result = run(RESPONDER, option)
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            self.assertIn("dnshist-responder", result.stdout)

    def test_wrong_usage(self):
        for wrong in (["--nonsense"], ["--listen", "localhost@53"], ["--listen", "127.0.0.1"],
                      ["--listen"], ["--zone", "a..b"], ["--zone", ""], ["something"]):
            result = run(RESPONDER, "--store", self.store, *wrong)
            self.assertEqual((result.returncode, result.stdout), (2, ""), wrong)
            self.assertIn("--help", result.stderr)

    def test_systemd_is_told(self):
        with notify_socket(self.folder / "notify") as systemd:
            with Responder(self.store) as responder:
                self.assertEqual(systemd.recv(1000), b"READY=1")
                responder.send(signal.SIGHUP)
                self.assertRegex(systemd.recv(1000), rb"^RELOADING=1\nMONOTONIC_USEC=\d+$")
                self.assertEqual(systemd.recv(1000), b"READY=1")
                responder.stop()
                self.assertEqual(systemd.recv(1000), b"STOPPING=1")

    def test_systemd_is_told_that_all_is_well_only_while_every_worker_is(self):
        config = self.folder / "watchdog.toml"
        config.write_text("[responder]\nthreads = 2\n")
        with notify_socket(self.folder / "notify", WATCHDOG_USEC="100000") as systemd:
            with Responder(self.store, config=config) as responder:
                self.assertEqual(systemd.recv(1000), b"READY=1")
                for _ in range(3):
                    self.assertEqual(systemd.recv(1000), b"WATCHDOG=1")
                # The main thread has the process's number; workers came after it.
                threads = sorted(int(entry.name) for entry in
                                 pathlib.Path(f"/proc/{responder.pid}/task").iterdir())
                worker = [thread for thread in threads if thread != responder.pid][-1]
                with stopped_thread(self, worker):
                    responder.wait_for("warning: a worker has not answered for a while")
                    systemd.settimeout(0.3)
                    # One message may have been under way.
                    with self.assertRaises(TimeoutError):
                        for _ in range(3):
                            self.assertEqual(systemd.recv(1000), b"WATCHDOG=1")
                systemd.settimeout(PATIENCE)
                self.assertEqual(systemd.recv(1000), b"WATCHDOG=1")
                self.assertEqual(responder.stop(), 0)

    def test_no_watchdog_where_systemd_does_not_ask(self):
        with notify_socket(self.folder / "notify") as systemd:
            with Responder(self.store) as responder:
                responder.ask("stats.pdns.local")
                responder.stop()
            self.assertEqual([systemd.recv(1000), systemd.recv(1000)], [b"READY=1", b"STOPPING=1"])


@contextlib.contextmanager
def stopped_thread(test, thread):
    """Stops one thread of a process as a debugger does: the others run on."""
    ptrace = ctypes.CDLL(None, use_errno=True).ptrace
    ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    seize, interrupt, detach = 0x4206, 0x4207, 17
    if ptrace(seize, thread, None, None) != 0:
        test.skipTest("a thread cannot be stopped here: " + os.strerror(ctypes.get_errno()))
    ptrace(interrupt, thread, None, None)
    os.waitpid(thread, 0x40000000)  # __WALL: threads as well
    try:
        yield
    finally:
        ptrace(detach, thread, None, None)
