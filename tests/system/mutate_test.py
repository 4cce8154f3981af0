"""Mutated messages over real sockets: the good ones between them are answered, and memory stays.

DNSHIST_MUTATIONS says how many (10 million take some minutes), DNSHIST_SEED repeats a run.
"""

import os
import pathlib
import random
import tempfile
import unittest

from harness import Responder, import_text, run
from responder_test import HISTORY

MUTATE = os.environ["DNSHIST_MUTATE"]
COUNT = int(os.environ.get("DNSHIST_MUTATIONS", "1000000"))
SEED = int(os.environ.get("DNSHIST_SEED", random.randrange(1 << 32)))


class MutateTest(unittest.TestCase):
    def test_good_questions_are_answered_and_memory_stays(self):
        with tempfile.TemporaryDirectory(prefix="dnshist ") as folder:
            store = pathlib.Path(folder) / "store"
            import_text(store, HISTORY)
            with Responder(store) as responder:
                result = run(MUTATE, "127.0.0.2", responder.port, responder.pid, COUNT, SEED,
                             timeout=60 + COUNT // 1000)
                print(result.stdout, end="")
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertEqual(responder.stop()[0], 0)


if __name__ == "__main__":
    unittest.main()
