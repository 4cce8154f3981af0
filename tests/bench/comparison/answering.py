"""The same history served by others and by dnshist: what an answer costs each."""

import contextlib
import sys

from comparison.history import History
from comparison.process import cores
from comparison.rounds import Entry, take
from peers.bind import Bind
from peers.dnshist import Dnshist
from peers.echo import Echo
from peers.knot import Knot
from peers.nsd import Nsd
from peers.powerdns import PowerDns
from peers.rbldnsd import Rbldnsd

PEERS = (Knot, Nsd, Bind, PowerDns, Rbldnsd)
VIEWS = ("history", "all", "address", "prefix", "names", "at")


def say(text):
    print(text, file=sys.stderr, flush=True)


def start(server, running):
    """Starts a server; it is stopped with `running`."""
    say(f"{server.name}: preparing")
    server.prepare()
    running.enter_context(server.running(cores()[0]))
    say(f"{server.name}: ready after {server.ready_after * 1000:.0f} ms")


def check_answers(ours, server):
    """Nobody wins by answering something else."""
    for asked in ours.history.sample("history"):
        expected, got = ours.ask(asked), server.ask(asked)
        if got != expected:
            raise RuntimeError(f"{asked}: {server.name} answers {got}, not {expected}")


def entry_of(entries, name, transport):
    return next((entry for entry in entries
                 if (entry.server.name, entry.transport) == (name, transport)), None)


def answering(programs, directory, names, rounds, seconds):
    """Rows for all servers that are installed, with `names` names."""
    history = History(programs, directory, names)
    ours = Dnshist(programs, history, history.directory)
    servers = [ours, Echo(programs, history, history.directory)]
    for peer in PEERS:
        if peer.is_installed():
            servers.append(peer(history, history.directory))
        else:
            say(f"{peer.name} is not installed and left out")
    with contextlib.ExitStack() as running:
        for server in servers:
            start(server, running)
        for server in servers:
            if server.package:
                check_answers(ours, server)
        entries = [Entry(server, "history", transport)
                   for transport in ("udp", "tcp") for server in servers
                   if transport in server.transports]
        take(entries, rounds, seconds)
        rows = []
        for entry in entries:
            row = entry.row(floor=entry_of(entries, "echo", entry.transport),
                            reference=entry_of(entries, "Knot", entry.transport))
            own, mapped = entry.server.process.memory()
            rows.append(row | {"own": own, "mapped": mapped, "ready": entry.server.ready_after})
    return {"names": names, "rounds": rounds, "seconds": seconds, "rows": rows}


def views(programs, directory, names, rounds, seconds):
    """A row for each view of dnshist, beside the floor."""
    history = History(programs, directory, names)
    ours = Dnshist(programs, history, history.directory)
    floor = Echo(programs, history, history.directory)
    with contextlib.ExitStack() as running:
        for server in (ours, floor):
            start(server, running)
        entries = [Entry(floor, "history", "udp")]
        entries += [Entry(ours, kind, "udp") for kind in VIEWS]
        take(entries, rounds, seconds)
        return {"names": names, "rounds": rounds, "seconds": seconds,
                "rows": [entry.row(floor=entries[0], reference=entries[1]) for entry in entries]}
