"""Results as Markdown, put into a document between marks, so that what people wrote around them
stays."""

import pathlib
import re


def table(head, rows):
    """A table; the first column is text, the others are numbers."""
    lines = ["| " + " | ".join(head) + " |",
             "| --- |" + " ---: |" * (len(head) - 1)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)


def begin(part):
    return f"<!-- measured: {part} -->"


def end(part):
    return f"<!-- end: {part} -->"


def put(path, part, text):
    """Replaces what stands between the marks of `part`, or appends both."""
    path = pathlib.Path(path)
    document = path.read_text() if path.exists() else ""
    block = f"{begin(part)}\n{text}\n{end(part)}"
    pattern = re.compile(re.escape(begin(part)) + ".*?" + re.escape(end(part)), re.DOTALL)
    if pattern.search(document):
        document = pattern.sub(lambda _: block, document, count=1)
    else:
        document += ("\n" if document else "") + block + "\n"
    path.write_text(document)


def megabytes(octets):
    return f"{octets / 1e6:.0f} MB" if octets >= 10e6 else f"{octets / 1e6:.1f} MB"


def ratio(value):
    return "" if value is None else f"{value:.2f}"


def milliseconds(seconds):
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def cpu(row):
    low, high = row["cpu_range"]
    return f"{row['cpu']:.2f} ({low:.2f}-{high:.2f})"


def machine(facts):
    return (f"Taken on {facts['date']}: {facts['cpu']}, {facts['memory']}; {facts['system']}; load "
            f"before it began {facts['load']}.")


def how(result):
    return (f"{result['names']:,} names, {result['rounds']} rounds of {result['seconds']:g} s; "
            "median, and the range of the rounds.")


def answering(result):
    parts = [how(result)]
    for transport in ("udp", "tcp"):
        rows = [row for row in result["rows"] if row["transport"] == transport]
        parts.append(f"**{transport.upper()}**\n\n" + table(
            ["server", "CPU us/answer", "to Knot", "to the echo", "answers/s", "lost", "own memory",
             "mapped in", "ready after"],
            [[f"{row['server']} {row['version']}".strip(), cpu(row), ratio(row["to_reference"]),
              ratio(row["to_floor"]), f"{row['rate']:,.0f}", f"{row['loss']:.2%}",
              megabytes(row["own"]), megabytes(row["mapped"]), milliseconds(row["ready"])]
             for row in rows]))
    return "\n\n".join(parts)


VIEW_NAMES = {
    "history": "`a.history.NAME`, `mx.history.NAME`, 10 % never seen",
    "all": "`history.NAME`",
    "address": "`pivot.ADDRESS`",
    "prefix": "`limit-10.pivot.PREFIX/24`",
    "names": "`names.NAME`",
    "at": "`DAY.at.NAME`",
}


def views(result):
    return how(result) + "\n\n" + table(
        ["question", "CPU us/answer", "to the echo", "to history", "answers/s", "octets"],
        [["the echo" if row["server"] == "echo" else VIEW_NAMES[row["kind"]], cpu(row),
          ratio(row["to_floor"]), ratio(row["to_reference"]), f"{row['rate']:,.0f}",
          f"{row['octets']:.0f}"] for row in result["rows"]])


def keeping(result):
    rows = result["rows"]
    text = (f"{result['observations']:,} observations of {result['records']:,} records, each store "
            "on one processor.\n\n")
    text += table(
        ["store", "observations/s", "to balboa", "CPU us/observation", "to balboa's", "memory at most",
         "octets/record", "compact"],
        [[f"{row['store']} {row['version']}", f"{row['rate']:,.0f}", times(row["to_reference"]),
          f"{1e6 / row['cpu_rate']:.2f}", times(row["cpu_to_reference"]), megabytes(row["memory"]),
          f"{row['octets'] / row['records']:.1f}", f"{row['compact'] / row['records']:.1f}"]
         for row in rows])
    text += "\n\nLook-ups at random, 100 records at most each:\n\n"
    text += table(
        ["store", "by owner, CPU us", "look-ups/s", "by RDATA, CPU us", "look-ups/s", "records each"],
        [[row["store"], *(cell for direction in ("forward", "backward") for cell in
                          (f"{row['look_ups'][direction]['cpu']:.1f}",
                           f"{1e6 / max(row['look_ups'][direction]['cpu'], 0.001):,.0f}")),
          f"{row['look_ups']['backward']['records']:.0f}"] for row in rows])
    return text


def times(value):
    return "" if value is None else f"{value:.1f} x"


def growth(result, picture):
    text = (f"{result['rounds']} rounds of {result['seconds']:g} s. Imported with `import.batch` "
            f"{result['batch']:,}; a merge is of so many observations, or as many as there are "
            "records, half of them of new ones.\n\n")
    text += table(
        ["records", "file", "octets/record", "compact", "imported/s", "CPU us/record", "memory at most",
         "merged/s", "CPU us/answer", "to the smallest", "to the echo", "own memory", "ready after"],
        [[f"{row['records']:,}", megabytes(row["octets"]), f"{row['octets'] / row['records']:.1f}",
          f"{row['compact'] / row['records']:.1f}",
          f"{row['rate']:,.0f}", f"{row['import_cpu'] / row['records'] * 1e6:.2f}",
          megabytes(row["memory"]), f"{row['merge']['rate']:,.0f}", cpu(row),
          ratio(row["to_reference"]), ratio(row["to_floor"]), megabytes(row["own"]),
          milliseconds(row["ready"])] for row in result["rows"]])
    return text + f"\n\n![How it grows]({picture})"
