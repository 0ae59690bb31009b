# SPDX-License-Identifier: GPL-2.0
"""Reads what "heatmap record", selftests/workload/recorder and selftests/workload/hotspot write.

A recording is text, one fact a line, times being CLOCK_MONOTONIC in nanoseconds, addresses in bytes:

    heatmap 1                               the form; may be left out
    clock TIME_NS UNIX_NS                   what time of day it was
    operations NAME
    target INDEX PID                        whose mappings follow
    map START END NAME
    intervals SAMPLE_US AGGREGATION_US      from here on
    cpu TIME_NS CPU_NS                      CPU time of the kdamond so far
    snapshot TIME_NS NR_REGIONS [TARGET]    and then each region:
    START END NR_ACCESSES AGE
"""

from typing import NamedTuple


class BadFile(Exception):
    """One sentence that says which line of which file is wrong."""


class Region(NamedTuple):
    start: int
    end: int
    nr_accesses: int
    age: int


class Snapshot(NamedTuple):
    ns: int
    regions: list
    max_accesses: int  # that a region could have


class Mapping(NamedTuple):
    start: int
    end: int
    name: str


class Recording:
    def __init__(self):
        self.sample_us = 5000
        self.aggr_us = 100000
        self.maps = []
        self.cpu = []  # (time_ns, cpu_ns) at the begin and at the end
        self.snapshots = []
        self.operations = None
        self.pid = None
        self.clock = None  # (time_ns, unix_ns)
        self.targets = {}  # pid by index

    @property
    def max_accesses(self):
        return max(1, self.aggr_us // max(1, self.sample_us))

    def is_hot(self, region):
        return 2 * region.nr_accesses >= self.max_accesses

    def cpu_percent(self):
        if len(self.cpu) < 2 or self.cpu[-1][0] == self.cpu[0][0]:
            return None
        (begin, used_before), (end, used) = self.cpu[0], self.cpu[-1]
        return 100 * (used - used_before) / (end - begin)


class Phase:
    def __init__(self, start_ns, hot):
        self.start_ns = start_ns
        self.end_ns = None
        self.hot = hot
        self.passes = None  # (count, mean_ns, longest_ns)


class Truth:
    def __init__(self):
        self.area = None
        self.phases = []


def _range(text):
    start, end = text.split("-")
    return int(start, 0), int(end, 0)


def _lines(path, handle):
    """Calls handle(words) for each line; what it cannot read becomes one sentence."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            for number, line in enumerate(file, 1):
                words = line.split()
                if not words or words[0].startswith("#"):
                    continue
                try:
                    handle(words)
                except (ValueError, IndexError):
                    raise BadFile(f"{path}:{number}: not understood: {line.strip()}") from None
    except OSError as error:
        raise BadFile(f"cannot read {path}: {error.strerror}") from None


def _is_text(path):
    """Ends with a whole line; NULs are in no recording."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise BadFile(f"cannot read {path}: {error.strerror}") from None
    if b"\0" in data:
        raise BadFile(f"{path} is no recording of heatmap")
    if data and not data.endswith(b"\n"):
        raise BadFile(f"{path} is cut off in its last line")


class _Reader:
    """Takes the facts of one target, the first one if none is asked for."""

    def __init__(self, path, wanted):
        self.recording = Recording()
        self._path = path
        self._wanted = wanted
        self._maps_of = 0
        self._into = None  # the snapshot whose regions follow
        self._left = 0
        self._understood = False

    def _end_snapshot(self):
        if self._left:
            raise BadFile(f"{self._path}: the snapshot at {self._into.ns} has {len(self._into.regions)} regions and "
                          f"announces {len(self._into.regions) + self._left}")

    def _snapshot(self, words):
        self._end_snapshot()
        index = int(words[3]) if len(words) > 3 else 0
        if self._wanted is None:
            self._wanted = index
        self._into = Snapshot(int(words[1]), [], self.recording.max_accesses)
        self._left = int(words[2])
        if index == self._wanted:
            self.recording.snapshots.append(self._into)

    def _region(self, words):
        start, end, nr_accesses, age = (int(word, 0) for word in words)
        if not self._left:
            raise ValueError
        self._into.regions.append(Region(start, end, nr_accesses, age))
        self._left -= 1

    def _map(self, words):
        if self._wanted is None or self._maps_of == self._wanted:
            self.recording.maps.append(Mapping(int(words[1], 0), int(words[2], 0), " ".join(words[3:])))

    def _target(self, words):
        self._maps_of = int(words[1])
        self.recording.targets[self._maps_of] = int(words[2])
        if self._wanted is None:
            self._wanted = self._maps_of

    def _intervals(self, words):
        self.recording.sample_us, self.recording.aggr_us = int(words[1]), int(words[2])

    def _cpu(self, words):
        self.recording.cpu.append((int(words[1]), int(words[2])))

    def _clock(self, words):
        self.recording.clock = int(words[1]), int(words[2])

    def _operations(self, words):
        self.recording.operations = words[1]

    def _form(self, words):
        if int(words[1]) != 1:
            raise BadFile(f"{self._path} is of form {words[1]}, and only 1 is known here")

    _FACTS = {"snapshot": _snapshot, "map": _map, "target": _target, "intervals": _intervals, "cpu": _cpu,
              "clock": _clock, "operations": _operations, "heatmap": _form}

    def handle(self, words):
        fact = self._FACTS.get(words[0])
        if fact:
            fact(self, words)
        elif self._understood or words[0][0].isdigit():
            self._region(words)
        else:
            raise BadFile(f"{self._path} is no recording of heatmap")
        self._understood = True

    def finish(self):
        self._end_snapshot()
        if not self.recording.snapshots:
            of = "" if self._wanted is None or not self._into else f" of target {self._wanted}"
            raise BadFile(f"{self._path} has no snapshot{of} in it")
        self.recording.pid = self.recording.targets.get(self._wanted)
        return self.recording


def read_recording(path, target=None):
    _is_text(path)
    reader = _Reader(path, target)
    _lines(path, reader.handle)
    return reader.finish()


def read_truth(path, recording):
    """The phases that the recording saw, each cut off where the recording ends."""
    truth = Truth()
    end_ns = recording.snapshots[-1].ns

    def handle(words):
        nonlocal end_ns
        if words[0] == "area":
            truth.area = int(words[1], 0), int(words[2], 0)
        elif words[0] == "phase":
            hot = [_range(word) for word in words[3:]]
            if len(hot) != int(words[2]):
                raise ValueError
            truth.phases.append(Phase(int(words[1]), sorted(hot)))
        elif words[0] == "passes":
            truth.phases[-1].passes = tuple(int(word) for word in words[1:4])
        elif words[0] == "end":
            end_ns = min(end_ns, int(words[1]))
        else:
            raise ValueError

    _lines(path, handle)
    truth.phases = [phase for phase in truth.phases if phase.start_ns < end_ns]
    if not truth.area or not truth.phases:
        raise BadFile(f"{path} tells of no area, or of no phase within the recording")
    for phase, after in zip(truth.phases, truth.phases[1:] + [None]):
        phase.end_ns = after.start_ns if after else end_ns
    return truth
