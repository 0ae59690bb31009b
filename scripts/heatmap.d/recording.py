# SPDX-License-Identifier: GPL-2.0
"""Reads what selftests/workload/recorder and selftests/workload/hotspot write."""

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


def read_recording(path):
    recording = Recording()
    announced = []

    def handle(words):
        if words[0] == "snapshot":
            announced.append(int(words[2]))
            recording.snapshots.append(Snapshot(int(words[1]), []))
        elif words[0] == "intervals":
            recording.sample_us, recording.aggr_us = int(words[1]), int(words[2])
        elif words[0] == "cpu":
            recording.cpu.append((int(words[1]), int(words[2])))
        elif words[0] == "map":
            recording.maps.append(
                Mapping(int(words[1], 0), int(words[2], 0), " ".join(words[3:])))
        else:
            start, end, nr_accesses, age = (int(word, 0) for word in words)
            recording.snapshots[-1].regions.append(Region(start, end, nr_accesses, age))

    _lines(path, handle)
    if not recording.snapshots:
        raise BadFile(f"{path} has no snapshot in it")
    for snapshot, count in zip(recording.snapshots, announced):
        if len(snapshot.regions) != count:
            raise BadFile(f"{path}: the snapshot at {snapshot.ns} has {len(snapshot.regions)} "
                          f"regions and announces {count}")
    return recording


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
