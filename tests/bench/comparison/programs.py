"""The programs that were built for the comparison."""


class Programs:
    def __init__(self, build):
        self.build = build
        self.responder = self.build / "responder" / "dnshist-responder"
        self.zonegen = self.build / "zonegen" / "dnshist-zonegen"

    def tool(self, name):
        return self.build / "tests" / "bench" / name
