"""rbldnsd, a server of lists that knows nothing but how to answer fast. Over UDP only."""

import os
import shutil

from peers.server import Server


class Rbldnsd(Server):
    name = "rbldnsd"
    package = "rbldnsd"
    program = "rbldnsd"
    transports = ("udp",)

    def command(self):
        # It gives up root's rights first and then reads its data.
        user = ["-u", "nobody:nogroup"] if os.geteuid() == 0 else []
        return ["rbldnsd", "-n", *user, "-b", f"127.0.0.1/{self.port}", "-q", "-c", "0",
                "pdns.local:generic:" + str(self.history.dataset)]
