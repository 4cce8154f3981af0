"""Runs a program within the restrictions of a systemd unit, without systemd.

    confined.py UNIT USER WRITABLE[:WRITABLE]... -- PROGRAM ARGUMENT...

Needs root. It enforces the user, NoNewPrivileges, the bounding and ambient capabilities,
LimitNOFILE, UMask; ProtectSystem=strict as a view of the file system that is read-only but for the
directories named; SystemCallFilter, SystemCallErrorNumber, RestrictAddressFamilies and
MemoryDenyWriteExecute as one seccomp filter, where Debian's python3-seccomp is installed.

It does not enforce private /tmp, /dev and /proc, ProtectHome, ProtectKernel*, RestrictNamespaces,
RestrictSUIDSGID (all but the last two take a mount of their own each; the filter denies most of
what those two do).
"""

import ctypes
import os
import pwd
import resource
import subprocess
import sys

try:
    import seccomp
except ImportError:
    seccomp = None


def read_unit(path):
    """The unit's settings as {key: [value, ...]}."""
    settings = {}
    with open(path, encoding="utf-8") as unit:
        for line in unit:
            key, equals, value = line.strip().partition("=")
            if equals and not line.startswith("#"):
                settings.setdefault(key, []).append(value)
    return settings


# The view of the file system.

def make_read_only(writable):
    libc = ctypes.CDLL(None, use_errno=True)

    def check(result):
        if result != 0:
            error = ctypes.get_errno()
            raise OSError(error, os.strerror(error))

    def mount(source, target, flags):
        check(libc.mount(source and os.fsencode(source), os.fsencode(target), None,
                         ctypes.c_ulong(flags), None))

    def set_read_only(path, on, recursive):
        class Attributes(ctypes.Structure):
            _fields_ = [(name, ctypes.c_uint64) for name in "set clear propagation fd".split()]
        attributes = Attributes(set=1 if on else 0, clear=0 if on else 1)
        mount_setattr, at_fdcwd, at_recursive = 442, -100, 0x8000
        check(libc.syscall(mount_setattr, at_fdcwd, os.fsencode(path),
                           at_recursive if recursive else 0, ctypes.byref(attributes),
                           ctypes.sizeof(attributes)))

    clone_newns, ms_bind, ms_rec, ms_private = 0x20000, 0x1000, 0x4000, 1 << 18
    check(libc.unshare(clone_newns))
    mount(None, "/", ms_rec | ms_private)
    for path in writable:
        mount(path, path, ms_bind)
    set_read_only("/", True, True)
    for path in writable:
        set_read_only(path, False, False)


# The filter of system calls.

def calls_of(group):
    """The system calls that systemd has in a group such as @process."""
    if not group.startswith("@"):
        return {group}
    listed = subprocess.run(["systemd-analyze", "syscall-filter", group], capture_output=True,
                            text=True, check=True).stdout
    calls = set()
    for word in (line.strip() for line in listed.splitlines()[1:]):
        if word and not word.startswith("#"):
            calls |= calls_of(word)
    return calls


def allowed_calls(filters):
    """The first line, which is an allow-list, without the calls of the lines that begin with ~."""
    allowed = set()
    for line in filters:
        removes = line.startswith("~")
        for word in line.removeprefix("~").split():
            allowed = allowed - calls_of(word) if removes else allowed | calls_of(word)
    return allowed


def load_filter(unit):
    families = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10}
    write, execute = 2, 4
    assert unit["SystemCallErrorNumber"] == ["EPERM"]
    assert unit["MemoryDenyWriteExecute"] == ["yes"]
    rules = seccomp.SyscallFilter(seccomp.ERRNO(1))
    special = {"socket", "mmap", "mprotect", "pkey_mprotect", "shmat"}
    for call in allowed_calls(unit["SystemCallFilter"]) - special:
        try:
            rules.add_rule(seccomp.ALLOW, call)
        except (RuntimeError, ValueError):
            pass  # not of this architecture, or newer than the library
    for name in unit["RestrictAddressFamilies"][0].split():
        rules.add_rule(seccomp.ALLOW, "socket", seccomp.Arg(0, seccomp.EQ, families[name]))
    for mask in write, execute:
        rules.add_rule(seccomp.ALLOW, "mmap", seccomp.Arg(2, seccomp.MASKED_EQ, mask, 0))
    rules.add_rule(seccomp.ALLOW, "mprotect", seccomp.Arg(2, seccomp.MASKED_EQ, execute, 0))
    rules.load()


# The two stages: as root, and, with its rights given away, right before the program.

def confine(unit_path, user, writable, command):
    unit = read_unit(unit_path)
    assert unit["ProtectSystem"] == ["strict"] and unit["NoNewPrivileges"] == ["yes"]
    make_read_only(writable)
    # As many files as it says, where as many may be had here.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = int(unit["LimitNOFILE"][0])
    limit = limit if most == resource.RLIM_INFINITY else min(limit, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    os.umask(int(unit["UMask"][0], 8))
    account = pwd.getpwnam(user)
    # "CAP_NET_BIND_SERVICE" is "+net_bind_service" to setpriv.
    only = ",".join(["-all"] + ["+" + name.removeprefix("CAP_").lower()
                                for name in unit["CapabilityBoundingSet"][0].split()])
    assert unit.get("AmbientCapabilities", [""]) == unit["CapabilityBoundingSet"]
    os.execvp("setpriv", ["setpriv", "--no-new-privs", f"--reuid={account.pw_uid}",
                          f"--regid={account.pw_gid}", "--clear-groups",
                          f"--bounding-set={only}", f"--inh-caps={only}",
                          f"--ambient-caps={only}",
                          sys.executable, "-B", __file__, "--filter", unit_path, *command])


def main():
    if sys.argv[1] == "--filter":
        if seccomp is not None:
            load_filter(read_unit(sys.argv[2]))
        os.execv(sys.argv[3], sys.argv[3:])
    unit, user, writable, separator, *command = sys.argv[1:]
    assert separator == "--"
    confine(unit, user, [path for path in writable.split(":") if path], command)


if __name__ == "__main__":
    main()
