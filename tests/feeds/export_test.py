"""The export as its user has it: subjects, and readers that stop or disks that are full."""

import subprocess

import zonegen
from harness import record
from zonegen import run


class Exporting(zonegen.Case):
    def test_subjects(self):
        self.imports("store", self.file("feed", "".join(
            map(record, ["example.com", "www.example.com", "a.www.example.com", "example.net"]))))

        def owners(*subject):
            return sorted(row["rrname"] for row in self.exported("store", *subject))
        self.assertEqual(len(owners()), 4)
        self.assertEqual(owners("Example.COM"), ["example.com."])
        self.assertEqual(owners("*.example.com"), ["a.www.example.com.", "www.example.com."])
        result = run("--store", self.directory / "store", "export", "absent.example")
        self.assertEqual((result.returncode, result.stdout), (0, ""))
        self.assertEqual(result.stderr, "nothing is known of absent.example\n")

    def test_who_stops_reading_is_no_error(self):
        self.imports("store", self.file("feed", "".join(
            record(f"host{i}.example.com") for i in range(20000))))
        exporting = zonegen.start("--store", self.directory / "store", "export",
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        exporting.stdout.readline()
        exporting.stdout.close()
        self.assertEqual(exporting.stderr.read(), b"")
        exporting.stderr.close()
        self.assertEqual(exporting.wait(zonegen.PATIENCE), 0)

    def test_a_full_disk_is_an_error(self):
        self.imports("store", self.file("feed", record("a")))
        with open("/dev/full", "w", encoding="ascii") as full:
            for command in ("export", "stats", "check"):
                result = subprocess.run([zonegen.ZONEGEN, "--store", self.directory / "store",
                                         command], stdout=full, stderr=subprocess.PIPE, check=False)
                self.assertEqual(result.returncode, 1)
                self.assertIn(b"No space left on device", result.stderr)
