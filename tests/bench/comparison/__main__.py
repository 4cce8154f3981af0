"""Runs the parts of the comparison; started by tests/bench/compare, which builds what they need."""

import argparse
import json
import pathlib
import shutil

from comparison import document, machine, plot
from comparison.answering import answering, views
from comparison.growth import growth
from comparison.keeping import keeping
from comparison.programs import Programs

PARTS = ("answering", "views", "keeping", "growth")
UNASKED = PARTS[:3]  # growth takes long and has to be asked for


def arguments():
    parser = argparse.ArgumentParser(prog="compare", description="See tests/bench/compare.")
    parser.add_argument("parts", nargs="*", metavar="PART", help="of: " + ", ".join(PARTS))
    parser.add_argument("--build", required=True, help="a build directory, of preset release")
    parser.add_argument("--directory", help="where the data is kept; some GB")
    parser.add_argument("--results", help="the Markdown document that the tables go into")
    parser.add_argument("--quick", action="store_true",
                        help="little data and short rounds: to see that it works")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=float, help="of one measurement")
    parser.add_argument("--names", type=int, action="append",
                        help="that are served; may be given more than once")
    parser.add_argument("--records", type=int, action="append",
                        help="that are kept; may be given more than once")
    given = parser.parse_args()
    for part in given.parts:
        if part not in PARTS:
            parser.error(f"no part '{part}'; there are: {', '.join(PARTS)}")
    given.parts = given.parts or list(PARTS if given.quick else UNASKED)
    given.build = pathlib.Path(given.build).resolve()
    given.directory = pathlib.Path(given.directory or given.build / "bench-data").resolve()
    given.results = pathlib.Path(given.results or given.directory / "RESULTS.md")
    given.names = given.names or ([2000] if given.quick else [200_000, 1_000_000])
    given.records = given.records or ([5000] if given.quick else [1_000_000, 10_000_000])
    given.rounds = given.rounds or (1 if given.quick else 5)
    given.seconds = given.seconds or (0.2 if given.quick else 4)
    return given


def run(part, given, programs):
    """The results of a part, as (name, data, text)."""
    if part == "answering":
        for names in given.names:
            result = answering(programs, given.directory, names, given.rounds, given.seconds)
            yield f"answering {names}", result, document.answering(result)
    elif part == "views":
        result = views(programs, given.directory, given.names[-1], given.rounds, given.seconds)
        yield "views", result, document.views(result)
    elif part == "keeping":
        look_ups = 500 if given.quick else 20_000
        for records in given.records:
            result = keeping(programs, given.directory, records, 0, look_ups)
            yield f"keeping {records}", result, document.keeping(result)
        times = 2 if given.quick else 20
        result = keeping(programs, given.directory, given.records[0], times, look_ups)
        yield "keeping a stream", result, document.keeping(result)
    elif part == "growth":
        sizes = [2000, 20_000] if given.quick else [1_000_000, 10_000_000, 50_000_000]
        result = growth(programs, given.directory, sizes, given.rounds, given.seconds)
        picture = given.results.with_name("growth.svg")
        picture.write_text(plot.growth(result))
        yield "growth", result, document.growth(result, picture.name)


def main():
    given = arguments()
    if shutil.which("dnsperf") is None:
        print("SKIPPED: dnsperf is not installed; without --quick it is")
        return
    given.directory.mkdir(parents=True, exist_ok=True)
    programs = Programs(given.build)
    kept = given.directory / "results.json"
    results = json.loads(kept.read_text()) if kept.exists() else {}
    for part in given.parts:
        facts = machine.describe()
        for name, data, text in run(part, given, programs):
            results[name] = {"machine": facts, "data": data}
            kept.write_text(json.dumps(results, indent=1))
            text = document.machine(facts) + "\n\n" + text
            document.put(given.results, name, text)
            print(f"\n== {name}\n\n{text}\n", flush=True)
    print(f"written to {given.results}")


if __name__ == "__main__":
    main()
