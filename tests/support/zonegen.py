"""dnshist-zonegen, run and asked, and the base class of the feed tests."""

import json
import pathlib
import subprocess
import tempfile
import unittest

from harness import ZONEGEN, installed

PATIENCE = 120  # seconds for any one run


def run(*arguments, **options):
    """Runs dnshist-zonegen to its end; its CompletedProcess, with text."""
    options.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.run([ZONEGEN, *map(str, arguments)], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=PATIENCE, check=False,
                          **options)


def zstd(content):
    """The content as a member of a Zstandard file."""
    return subprocess.run([installed("zstd"), "-qc"], input=content, stdout=subprocess.PIPE,
                          check=True).stdout


def start(*arguments, **options):
    """Starts dnshist-zonegen; its Popen."""
    return subprocess.Popen([ZONEGEN, *map(str, arguments)], **options)


class Case(unittest.TestCase):
    """A test with a directory of its own, in which a store can be made."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="dnshist-feeds-")
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)

    def file(self, name, content):
        path = self.directory / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def imports(self, store, *arguments, code=0, **options):
        """Imports, and expects the exit code; what was said on standard error."""
        result = run("--store", self.directory / store, "import", *arguments, **options)
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertEqual(result.stdout, "")
        return result.stderr

    def export(self, store, *arguments):
        result = run("--store", self.directory / store, "export", *arguments)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return result.stdout

    def exported(self, store, *arguments):
        """The export as a list of objects."""
        return [json.loads(line) for line in self.export(store, *arguments).splitlines()]

    def counts(self, store):
        """Counts by owner."""
        return {row["rrname"]: row["count"] for row in self.exported(store)}

    def stats(self, store):
        result = run("--store", self.directory / store, "stats", "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

    def check(self, store):
        result = run("--store", self.directory / store, "check")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
