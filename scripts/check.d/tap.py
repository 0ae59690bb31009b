# SPDX-License-Identifier: GPL-2.0
"""Counts the results in TAP.

Selftests print one result a program and, above it, what the program said as comments, as the kernel's kselftest
runner does: then the checks inside count instead of the program.
"""

import fnmatch
import re

RESULT = re.compile(r"^(?P<inner># )?(?P<failed>not )?ok(?: +(?P<number>\d+))?(?: +(?:- )?(?P<what>.*))?$")
PLAN = re.compile(r"^1\.\.(\d+)(?: # SKIP.*)?$")
REASON = re.compile(r"^(?:# )?#   ")
# Another virtual machine runs again what was not finished.
AGAIN = "# the emulator failed; "
# A hang, or what the kernel said: no statistics, so no second try.
GRAVE = re.compile(r"# TIMEOUT|Bail out!|the kernel's log|the kernel stays calm")
MACHINE = re.compile(r"# (the machine .* failed: .*)")


class Result:
    def __init__(self, match):
        what, _, directive = (match["what"] or "").partition(" # ")
        self.failed = bool(match["failed"])
        self.what = what.strip()
        self.directive = directive.strip()
        self.reasons = []

    def is_directive(self, word):
        return self.directive.upper().startswith(word)


class Count:
    """Of one stream of TAP; @part and the patterns in @expected_skips decide which skips are in order."""

    def __init__(self, part="", expected_skips=()):
        self.passed = self.failed = self.todo = self.skipped = 0
        self.failures = []  # sentences, with what follows as reason
        self.failed_tests = []  # names of programs, for a second try
        self.grave = False
        self.part, self.expected_skips = part, expected_skips
        self._planned, self._results = None, 0
        self._inner = []
        self._last = None

    def feed(self, line):
        line = line.rstrip("\r\n")
        if GRAVE.search(line) and not line.startswith(("ok ", "# ok ")):
            self.grave = True
        if line.startswith(AGAIN):
            self._inner = []
        elif line.startswith("Bail out!"):
            self._fail(line, [])
        elif machine := MACHINE.match(line):
            self.grave = True
            self._fail(machine[1], [])
        elif plan := PLAN.match(line):
            self._planned = (self._planned or 0) + int(plan[1])
        elif match := RESULT.match(line):
            self._last = Result(match)
            if match["inner"]:
                self._inner.append(self._last)
            else:
                self._results += 1
                self._end_program(self._last)
        elif self._last and REASON.match(line):
            self._last.reasons.append(line)
        else:
            self._last = None

    def end(self, status=0):
        """Counts what is missing as a failure; @status is that of the program that printed all this."""
        for each in self._inner:
            self._count(each, "")
        self._inner = []
        if self._planned is not None and self._results < self._planned:
            self._fail(f"only {self._results} of {self._planned} tests came to their end", [])
        elif self._results == 0 and not self.failed:
            self._fail("no test has shown a result", [])
        if status != 0 and not self.failed:
            self._fail(f"ended with status {status}, though no test failed", [])
        return self

    def _end_program(self, result):
        name = result.what.split()[-1] if result.what else ""
        before = self.failed
        for each in self._inner:
            self._count(each, name)
        if not self._inner or (result.failed and self.failed == before) or result.is_directive("SKIP"):
            if result.what.startswith("selftests: "):
                result.what = name
            self._count(result, "")
        if self.failed > before:
            self.failed_tests.append(name)
        self._inner = []

    def _count(self, result, program):
        place = f"{program}: {result.what}" if program else result.what
        if result.is_directive("TODO"):
            self.todo += 1
        elif result.failed:
            self._fail(f"not ok {place}" + (f" # {result.directive}" if result.directive else ""), result.reasons)
        elif result.is_directive("SKIP"):
            self._skip(place, result.directive)
        else:
            self.passed += 1

    def _skip(self, place, why):
        self.skipped += 1
        if not any(fnmatch.fnmatchcase(f"{self.part} {place}", each) for each in self.expected_skips):
            self._fail(f"not ok {place}: skipped, which is not in the list of expected skips # {why}", [])

    def _fail(self, sentence, reasons):
        self.failed += 1
        self.failures.append((sentence, reasons))


def read_expected_skips(path):
    with open(path, encoding="utf-8") as file:
        return [line.strip() for line in file if line.strip() and not line.startswith("#")]


def count_file(path, part="", expected_skips=(), status=0):
    count = Count(part, expected_skips)
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            count.feed(line)
    return count.end(status)
