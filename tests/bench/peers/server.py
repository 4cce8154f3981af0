"""What a server of the comparison is: started, asked and stopped, all in the same way."""

import contextlib
import pathlib
import socket
import subprocess
import sys
import time

from comparison.process import Process, free_port

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "support"))
from dns_client import NOERROR, TXT, Answer, question  # noqa: E402

READY_WITHIN = 600  # seconds
TYPES = {"TXT": TXT, "A": 1, "MX": 15}


class Server:
    """One server with one history. `name` and `package` are for people and for dpkg."""

    name = ""
    package = ""
    program = ""
    transports = ("udp", "tcp")

    def __init__(self, history, directory):
        self.history = history
        self.directory = pathlib.Path(directory) / self.name.lower()
        self.directory.mkdir(parents=True, exist_ok=True)
        self.process = None
        self.port = None
        self.ready_after = None  # seconds

    # Differs from one server to the other.

    def prepare(self):
        """Whatever it wants to have done once, before it is started."""

    def command(self):
        """The command that serves in the foreground at self.port; configuration goes to
        self.directory."""
        raise NotImplementedError

    def files(self):
        """Files that it maps or reads while it answers."""
        return []

    def version(self):
        return subprocess.run(["dpkg-query", "-W", "-f", "${Version}", self.package],
                              capture_output=True, text=True, check=True).stdout

    @classmethod
    def is_installed(cls):
        return subprocess.run(["which", cls.program], capture_output=True, check=False,
                              env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}).returncode == 0

    # Common to all.

    def write(self, name, text):
        path = self.directory / name
        path.write_text(text)
        return path

    def start(self, core):
        """Starts it and waits for its first answer."""
        self.port = free_port()
        command = self.command()
        first = self.history.first()
        self.process = Process(command, self.directory / "log", core, self.directory)
        try:
            while not self.answers(first):
                self.process.check()
                if time.monotonic() - self.process.began > READY_WITHIN:
                    raise RuntimeError(f"{self.name} is not ready after {READY_WITHIN} s")
            self.ready_after = time.monotonic() - self.process.began
        except BaseException:
            self.process.stop()
            raise

    def stop(self):
        self.process.stop()

    @contextlib.contextmanager
    def running(self, core):
        self.start(core)
        try:
            yield self
        finally:
            self.stop()

    def answers(self, asked):
        """Whether it answers with data, asked once."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(0.005)
            client.connect(("127.0.0.1", self.port))
            try:
                client.send(question(asked[0], TYPES[asked[1]]))
                return self.is_answer(Answer(client.recv(65535)))
            except TimeoutError:
                return False
            except OSError:
                time.sleep(0.0005)  # nobody listens yet
                return False

    @staticmethod
    def is_answer(answer):
        return answer.rcode == NOERROR and bool(answer.lines)

    def ask(self, asked):
        """The code of an answer and its lines, sorted."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(5)
            client.connect(("127.0.0.1", self.port))
            client.send(question(asked[0], TYPES[asked[1]]))
            answer = Answer(client.recv(65535))
        if answer.truncated:
            raise RuntimeError(f"{self.name} truncates the answer to {asked}")
        return answer.rcode, sorted(answer.lines)
