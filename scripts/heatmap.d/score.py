# SPDX-License-Identifier: GPL-2.0
"""Compares what was found with the truth, inside the workload's area only."""

from statistics import median

import ranges


class RangeScore:
    """One truly hot range and where it was found, in most of the snapshots."""

    def __init__(self, true, found_parts):
        self.true = true
        self.parts = len(found_parts)
        self.found = (found_parts[0][0], found_parts[-1][1]) if found_parts else None
        both = ranges.common([true], found_parts)
        self.overlap = both / (ranges.size([true]) + ranges.size(found_parts) - both)


class PhaseScore:
    """Recall and precision over the second half of a phase; None where there is nothing to divide by."""

    def __init__(self, recording, truth, phase):
        settled_ns = (phase.start_ns + phase.end_ns) // 2
        self.phase = phase
        found = [
            self._hot_in(recording, truth.area, snapshot)
            for snapshot in recording.snapshots
            if settled_ns < snapshot.ns <= phase.end_ns and snapshot.regions
        ]
        hit_bytes = sum(ranges.common(each, phase.hot) for each in found)
        true_bytes = ranges.size(phase.hot) * len(found)
        found_bytes = sum(ranges.size(each) for each in found)

        self.snapshots = len(found)
        self.recall = hit_bytes / true_bytes if true_bytes else None
        self.precision = hit_bytes / found_bytes if found_bytes else None
        self._name_ranges(ranges.in_most(found))

    @staticmethod
    def _hot_in(recording, area, snapshot):
        hot = [(r.start, r.end) for r in snapshot.regions if recording.is_hot(r)]
        return ranges.clip(ranges.join(hot), area)

    def _name_ranges(self, usual):
        """Each found part goes to the true range it shares most bytes with, or is false."""
        shares = [[] for _ in self.phase.hot]
        self.false = []
        for part in usual:
            by_true = [ranges.overlap(part, true) for true in self.phase.hot]
            if any(by_true):
                shares[by_true.index(max(by_true))].append(part)
            else:
                self.false.append(part)
        self.ranges = [RangeScore(true, parts) for true, parts in zip(self.phase.hot, shares)]

    def reaches(self, limit):
        return all(share is not None and share >= limit for share in (self.recall, self.precision))


def score(recording, truth):
    return [PhaseScore(recording, truth, phase) for phase in truth.phases]


def region_counts(recording):
    """(median, least, most) regions of a snapshot; empty ones are counted apart."""
    counts = [len(s.regions) for s in recording.snapshots if s.regions]
    if not counts:
        return 0, 0, 0
    return int(median(counts)), min(counts), max(counts)


def empty_snapshots(recording):
    return sum(1 for s in recording.snapshots if not s.regions)
