"""Small feeds and what becomes of them: each file of cases/ is one (tests/README.md)."""

import pathlib
import re
import shlex

import zonegen

CASES = pathlib.Path(__file__).parent / "cases"


def interval(first, last):
    return f"{first}..{last}"


def shown(row):
    words = [row["rrname"], row["rrtype"], row["rdata"]]
    for prefix in ("", "zone_"):
        if prefix + "time_first" not in row:
            continue
        if prefix:
            words.append("zone")
        words.append(interval(row[prefix + "time_first"], row[prefix + "time_last"]))
        words.append(f"x{row.get(prefix + 'count', row['count'])}")
        if prefix + "runs" in row:
            words += ["runs", *(interval(*run) for run in row[prefix + "runs"])]
    fields = ("sensor_id", "origin", "bailiwick")
    sources = row.get("sources", [row] if any(field in row for field in fields) else [])
    words += ["[" + "|".join(source.get(field, "") for field in fields) + "]" for source in sources]
    return " ".join(words)


class Cases(zonegen.Case):
    def run_case(self, case):
        given, expectations = case.read_text().split("----\n")
        lines = given.splitlines(keepends=True)
        while lines[0].startswith("#"):
            lines.pop(0)
        arguments = []
        if lines[0].startswith("with "):
            arguments = shlex.split(lines.pop(0))[1:]
        feed = self.file("feed", "".join(lines))
        expected = expectations.splitlines()
        code = int(expected[0].removeprefix("exit "))
        said = self.imports("store", *arguments, feed, code=code)
        rejects = [line.split(" ", 2)[1:] for line in expected if line.startswith("reject ")]
        found = re.findall(rf"^{re.escape(str(feed))}:(\d+): (.*)", said, re.MULTILINE)
        self.assertEqual([line for line, _ in found], [line for line, _ in rejects], said)
        for (_, reason), (_, wanted) in zip(found, rejects):
            self.assertTrue(reason.startswith(wanted), f"{reason!r} is not {wanted!r}")
        for line in expected:
            if line.startswith("says "):
                self.assertIn(line.removeprefix("says "), said)
        records = [line for line in expected[1:] if not line.startswith(("reject ", "says "))]
        if not records:
            said = zonegen.run("--store", self.directory / "store", "export")
            return self.assertEqual((said.stdout, said.stderr), ("", "the store is empty\n"))
        exported = self.exported("store", "--whois")
        self.assertEqual(sorted(map(shown, exported)), records)
        whole = self.export("store", "--whois")
        self.imports("again", self.file("export", whole))
        self.assertEqual(self.export("again", "--whois"), whole)
        stream = self.export("store", "--whois", "--format", "dnsdb")
        self.imports("streamed", "--format", "dnsdb", self.file("stream", stream))
        self.assertEqual(self.export("streamed", "--whois"), whole)


def add_cases():
    for case in sorted(CASES.iterdir()):
        setattr(Cases, f"test_{case.name}", lambda self, case=case: self.run_case(case))


add_cases()
