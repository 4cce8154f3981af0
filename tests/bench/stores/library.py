"""Stores that are libraries: each is a program of ours around it, keep_NAME (tests/bench/keep.hpp)."""

import shutil

from comparison.process import cores, run
from stores.store import Store, measured, read_look_ups


class Library(Store):
    program = ""

    def is_installed(self):
        return self.programs.tool(self.program).exists()

    def load(self, feed):
        return measured(self.programs.tool(self.program), "import", feed, self.path)

    def look_up(self, feed, count):
        return read_look_ups(run(self.programs.tool(self.program), "look-up", feed, self.path,
                                 count, core=cores()[0]))


class Mtbl(Library):
    name = "MTBL"
    package = "libmtbl1"
    program = "keep_mtbl"


class Sqlite(Library):
    name = "SQLite"
    package = "libsqlite3-0"
    program = "keep_sqlite"


class Dnshist(Library):
    """Ourselves. The importer is the one that everybody uses; look-ups are within a process, as those
    of the other libraries."""

    name = "dnshist"
    program = "keep_dnshist"
    batch = None  # observations; the default

    def load(self, feed):
        command = [self.programs.zonegen, "--store", self.path]
        if self.batch is not None:
            config = self.path.with_name(self.path.name + ".toml")
            config.write_text(f"[import]\nbatch = {self.batch}\n")
            command += ["--config", config]
        return measured(*command, "import", "--again", feed)

    def compact_octets(self):
        copy = self.path.with_name(self.path.name + "-copy")
        run(self.programs.zonegen, "--store", self.path, "copy", copy)
        octets = (copy / "data.mdb").stat().st_size
        shutil.rmtree(copy)
        return octets

    def version(self):
        return run(self.programs.zonegen, "--version").split()[-1]
