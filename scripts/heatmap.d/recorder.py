# SPDX-License-Identifier: GPL-2.0
"""Snapshots on their way into a recording: in memory, or as the text that recording.py reads."""

import time

import places
from recording import Recording, Snapshot


def target_of(snapshot, index):
    """Its record; None if there is no such target."""
    return next((target for target in snapshot.targets if target.index == index), None)


MOST_REGIONS = 150_000  # that can be drawn several times in a second


class Memory(Recording):
    """The last snapshots of one target."""

    def __init__(self, index, limit):
        super().__init__()
        self._index = index
        self._limit = limit
        self._named = False

    def keep(self, limit):
        self._limit = limit

    def add(self, snapshot):
        """False: there is nothing new."""
        target = target_of(snapshot, self._index)
        if target is None or (self.snapshots and self.snapshots[-1].ns >= snapshot.ns):
            return False
        if not self._named:
            self.maps = places.of_target(snapshot, target)
            self._named = True
        self.sample_us, self.aggr_us = snapshot.sample_us, snapshot.aggr_us
        self.operations, self.pid = snapshot.operations, target.pid
        self.targets = {each.index: each.pid for each in snapshot.targets}
        self.snapshots.append(Snapshot(snapshot.ns, target.regions, snapshot.max_accesses))
        del self.snapshots[:-self._limit]
        while len(self.snapshots) > 1 and sum(len(each.regions) for each in self.snapshots) > MOST_REGIONS:
            del self.snapshots[0]
        return True

    def name_again(self, snapshot):
        self.maps = places.of_target(snapshot, target_of(snapshot, self._index)) or self.maps


class Writer:
    """Writes every target; each line is whole when the next one begins."""

    def __init__(self, file):
        self._file = file
        self._intervals = None
        self._known = {}
        self.count = 0

    def _say(self, *words):
        print(*words, file=self._file)

    def _targets(self, snapshot):
        """What is where, as soon as a target is seen, and what has come since when it is asked for again."""
        for target in snapshot.targets:
            known = self._known.setdefault(target.index, set())
            fresh = [m for m in places.of_target(snapshot, target) if m not in known]
            if fresh or not known:
                self._say("target", target.index, target.pid)
            for mapping in fresh:
                self._say("map", f"{mapping.start:#x} {mapping.end:#x} {mapping.name}".rstrip())
            known.update(fresh)

    def begin(self, snapshot):
        self._say("heatmap 1")
        self._say("clock", snapshot.ns, time.time_ns() - (time.monotonic_ns() - snapshot.ns))
        self._say("operations", snapshot.operations)
        self._targets(snapshot)

    def add(self, snapshot):
        if self._intervals != (snapshot.sample_us, snapshot.aggr_us):
            self._intervals = snapshot.sample_us, snapshot.aggr_us
            self._say("intervals", *self._intervals)
        for target in snapshot.targets:
            lines = [f"{r.start:#x} {r.end:#x} {r.nr_accesses} {r.age}\n" for r in target.regions]
            self._file.write(f"snapshot {snapshot.ns} {len(lines)} {target.index}\n{''.join(lines)}")
        self.count += 1

    def end(self, snapshot):
        self._targets(snapshot)
        self._file.flush()
