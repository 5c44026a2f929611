#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Adds up what the tests of a `make check` counted, one line for each suite.

    totals.py BUILDDIR

A suite is a folder below tests/. The last line `N passed, N failed[, N skipped]` of a
test counts, or cmocka's. A test without one counts as one case. If make says that a
test failed but the test counted no failure, that is one failure.

Where it sits: called by run.sh; reads the .trs and .log files of automake.
"""

import collections
import os
import re
import sys

OWN = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", re.M)
CMOCKA = re.compile(r"^\[  (PASSED|FAILED|SKIPPED) \s?\] (\d+) test\(s\)", re.M)


def counted(log, result):
    """(passed, failed, skipped) of one test."""
    own = OWN.findall(log)
    cases = CMOCKA.findall(log)
    if own:
        passed, failed, skipped = (int(n or 0) for n in own[-1])
    elif cases:
        tally = collections.Counter()
        for word, number in cases:
            tally[word] += int(number)
        passed, failed, skipped = tally["PASSED"], tally["FAILED"], tally["SKIPPED"]
    else:
        passed, failed, skipped = int(result == "PASS"), 0, int(result == "SKIP")
    if result in ("FAIL", "ERROR", "XPASS") and failed == 0:
        failed = 1
    return passed, failed, skipped


def main():
    build = sys.argv[1]
    suites = collections.OrderedDict()
    for folder, _, files in sorted(os.walk(os.path.join(build, "tests"))):
        for name in sorted(f for f in files if f.endswith(".trs")):
            path = os.path.join(folder, name)
            with open(path, encoding="utf-8", errors="replace") as file:
                result = re.search(r"^:global-test-result: (\w+)", file.read(), re.M)
            with open(path[:-3] + "log", encoding="utf-8", errors="replace") as file:
                numbers = counted(file.read(), result[1] if result else "ERROR")
            suite = os.path.relpath(folder, os.path.join(build, "tests"))
            suites[suite] = [a + b for a, b in zip(suites.get(suite, (0, 0, 0)), numbers)]
    for suite, (passed, failed, skipped) in suites.items():
        print(f"{suite}: {passed} passed, {failed} failed, {skipped} skipped")
    return 0 if suites else 1


if __name__ == "__main__":
    sys.exit(main())
