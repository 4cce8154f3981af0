"""Mutated messages over real sockets: the good ones between them are answered, and memory stays.

DNSHIST_MUTATIONS says how many (10 million take some minutes), DNSHIST_SEED repeats a run.
"""

import os
import random

from harness import Responder, StoreCase, repetitions, run
from stores import HISTORY

MUTATE = os.environ["DNSHIST_MUTATE"]
COUNT = repetitions("DNSHIST_MUTATIONS", 200_000, 10_000_000)
SEED = int(os.environ.get("DNSHIST_SEED", random.randrange(1 << 32)))


class MutateTest(StoreCase):
    CONTENT = HISTORY

    def test_good_questions_are_answered_and_memory_stays(self):
        with Responder(self.store) as responder:
            result = run(MUTATE, "127.0.0.2", responder.port, responder.pid, COUNT, SEED,
                         timeout=60 + COUNT // 1000)
            print(result.stdout, end="")
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(responder.stop(), 0)
