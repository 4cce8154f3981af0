#!/usr/bin/env python3
"""Runs a test program written in Python; ctest starts all of them with it.

    tests/support/run_test.py tests/system/reload_test.py [CASE_OR_CLASS...]

By hand it takes the programs of build/dev, where the environment names none (DNSHIST_BUILD is another
build directory). The helpers beside this file and beside the test can be imported.

The exit status is 0 if cases ran and none failed, 1 if one failed, and 77, which ctest reports as
skipped, if every case was skipped. Each skipped case is a line that begins with SKIPPED; contrib/check
lists these lines once more at its end.
"""

import importlib
import os
import pathlib
import sys
import unittest

SKIPPED = 77
SUPPORT = pathlib.Path(__file__).resolve().parent
BUILD = pathlib.Path(os.environ.get("DNSHIST_BUILD", SUPPORT.parents[1] / "build" / "dev"))
PROGRAMS = {
    "DNSHIST_RESPONDER": "responder/dnshist-responder",
    "DNSHIST_ZONEGEN": "zonegen/dnshist-zonegen",
    "DNSHIST_MUTATE": "tests/system/mutate",
    "DNSHIST_UNIT": "conf/dnshist-responder.service",
    "DNSHIST_LISTEN_UNIT": "conf/dnshist-listen.service",
}


def main():
    path = pathlib.Path(sys.argv[1]).resolve()
    for variable, name in PROGRAMS.items():
        os.environ.setdefault(variable, str(BUILD / name))
    sys.path[:0] = [str(path.parent), str(SUPPORT)]
    module = importlib.import_module(path.stem)
    if hasattr(module, "before_tests"):
        module.before_tests()
    loader = unittest.defaultTestLoader
    suite = (loader.loadTestsFromNames(sys.argv[2:], module) if sys.argv[2:] else
             loader.loadTestsFromModule(module))
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    for case, reason in result.skipped:
        print(f"SKIPPED: {path.stem}: {case}: {reason}", file=sys.stderr, flush=True)
    if not result.wasSuccessful() or (result.testsRun == 0 and not result.skipped):
        return 1
    # testsRun counts a skipped case, but neither a subtest nor a class that setUpClass skipped.
    skipped_cases = sum(isinstance(case, unittest.TestCase) and not hasattr(case, "test_case")
                        for case, _ in result.skipped)
    return SKIPPED if result.testsRun == skipped_cases else 0


if __name__ == "__main__":
    sys.exit(main())
