# SPDX-License-Identifier: GPL-2.0
"""Has Python's unittest print TAP: unittest.main(testRunner=TapRunner)"""

import sys
import traceback
import unittest


class Tap(unittest.TestResult):
    """Prints a line for each test, and the reasons of failures below it."""

    def __init__(self):
        super().__init__()
        self.reasons = []
        self.skipped_because = None

    def startTest(self, test):
        super().startTest(test)
        self.reasons = []
        self.skipped_because = None

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.reasons.append(self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        if not isinstance(test, unittest.TestCase):  # what prepares a class of tests
            self.startTest(test)
        self.reasons.append(self.errors[-1][1])
        if not isinstance(test, unittest.TestCase):
            self.stopTest(test)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err:
            self.reasons.append(f"{subtest}\n{''.join(traceback.format_exception(*err))}")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.skipped_because = reason

    def stopTest(self, test):
        super().stopTest(test)
        skip = f" # SKIP {self.skipped_because}" if self.skipped_because else ""
        name = test.id().replace("__main__.", "")
        print(f"{'not ok' if self.reasons else 'ok'} {self.testsRun} - {name}{skip}")
        for line in "\n".join(self.reasons).splitlines():
            print(f"#   {line}")
        sys.stdout.flush()


class TapRunner:
    def run(self, tests):
        result = Tap()
        tests(result)
        print(f"1..{result.testsRun}")
        return result
