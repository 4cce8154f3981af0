"""What was measured on: told beside every result."""

import datetime
import os
import pathlib
import platform
import re


def describe():
    cpu = re.search(r"^model name\s*:\s*(.*)$", pathlib.Path("/proc/cpuinfo").read_text(),
                    re.MULTILINE)
    memory = re.search(r"^MemTotal:\s+(\d+) kB", pathlib.Path("/proc/meminfo").read_text())
    release = re.search(r'^PRETTY_NAME="(.*)"$', pathlib.Path("/etc/os-release").read_text(),
                        re.MULTILINE)
    return {
        "date": datetime.date.today().isoformat(),
        "cpu": f"{cpu[1] if cpu else platform.machine()}, {os.cpu_count()} processors",
        "memory": f"{int(memory[1]) / (1 << 20):.0f} GiB",
        "system": f"{release[1] if release else ''}, Linux {platform.release()}",
        "load": f"{os.getloadavg()[0]:.1f}",
    }
