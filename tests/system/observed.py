"""A responder that shows its metrics."""

import re
import urllib.request

from dns_client import PATIENCE
from harness import Responder


class Observed(Responder):
    """A responder that shows metrics."""

    def __init__(self, store, folder, settings=""):
        config = folder / "metrics.toml"
        config.write_text(f"[responder]\nmetrics = \"127.0.0.1@0\"\n{settings}\n")
        super().__init__(store, config=config)
        self.config = config
        self.metrics_port = int(self.wait_for(r"metrics at http://127\.0\.0\.1:(\d+)/metrics")[1])

    def scrape(self):
        """The text, and the samples as {"name{labels}": value}."""
        url = f"http://127.0.0.1:{self.metrics_port}/metrics"
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            text = answer.read().decode()
        return text, {key: float(value) for key, value in
                      re.findall(r"^([^#\s]\S*) (\S+)$", text, re.MULTILINE)}

    def questions(self):
        """How many questions are counted, but for those that are none."""
        return {key.removeprefix("dnshist_questions_total"): value
                for key, value in self.scrape()[1].items()
                if key.startswith("dnshist_questions_total") and value > 0}

    def number(self, name):
        return self.scrape()[1][name]
