"""Ourselves."""

import shutil

from comparison.process import run
from peers.server import Server


class Dnshist(Server):
    name = "dnshist"

    def __init__(self, programs, history, directory):
        super().__init__(history, directory)
        self.programs = programs
        self.store = history.directory / "store"

    def prepare(self):
        made = self.store / "made"
        if not made.exists():
            shutil.rmtree(self.store, ignore_errors=True)
            run(self.programs.zonegen, "--store", self.store, "import", self.history.feed)
            made.touch()

    def command(self):
        config = self.write("dnshist.toml", "[responder]\nthreads = 1\n")
        return [self.programs.responder, "--config", config, "--store", self.store,
                "--listen", f"127.0.0.1@{self.port}", "--zone", "pdns.local"]

    def files(self):
        return [self.store / "data.mdb"]

    def version(self):
        return run(self.programs.responder, "--version").split()[-1]
