"""The resolver of the C library, asked through getent with an /etc/resolv.conf of the test's own.

A file of that name is bound over the machine's in a mount namespace, and the name server listens at
port 53 of an address that nothing else has. Both need root; without it a test is skipped.
"""

import contextlib
import os
import pathlib
import subprocess
import tempfile
import unittest

from dns_client import PATIENCE
from harness import Responder, installed

SERVER = "127.0.53.7"
NO_NAMESPACE = 77


@contextlib.contextmanager
def responder_at_port_53(store):
    """A responder that glibc can ask: resolv.conf has no place for a port."""
    if os.geteuid() != 0:
        raise unittest.SkipTest("needs root for a name server's port and a mount namespace")
    try:
        responder = Responder(store, listen=(f"{SERVER}@53",))
    except AssertionError as error:
        raise unittest.SkipTest(f"port 53 cannot be had: {error}") from error
    with responder:
        yield responder


def addresses_of(name, *lines):
    """The IPv4 addresses that getaddrinfo() finds, with more lines in resolv.conf."""
    with tempfile.TemporaryDirectory() as folder:
        resolv = pathlib.Path(folder, "resolv.conf")
        resolv.write_text("\n".join([f"nameserver {SERVER}", *lines, ""]))
        switch = pathlib.Path(folder, "nsswitch.conf")
        switch.write_text("hosts: dns\n")
        done = subprocess.run(
            [installed("unshare"), "--mount", "sh", "-c", f"""
             mount --bind "$1" "$(readlink -f /etc/resolv.conf)" || exit {NO_NAMESPACE}
             mount --bind "$2" "$(readlink -f /etc/nsswitch.conf)" || exit {NO_NAMESPACE}
             exec getent ahostsv4 "$3"
             """, "sh", resolv, switch, name],
            capture_output=True, text=True, timeout=PATIENCE, check=False)
    if done.returncode in (1, NO_NAMESPACE):
        raise unittest.SkipTest(f"no mount namespace: {done.stderr}")
    return sorted({line.split()[0] for line in done.stdout.splitlines()})
