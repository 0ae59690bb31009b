# SPDX-License-Identifier: GPL-2.0
"""From a recording to a grid: which addresses a row shows, which times a column shows, how hot each cell is.

Each row of text is two rows of cells, since a terminal with colours can draw two in one character.
"""

from math import ceil
from os.path import basename
from typing import NamedTuple

import ranges

CELLS_PER_ROW = 2


class Band(NamedTuple):
    """Neighbouring rows that show one range of addresses."""

    start: int
    end: int
    rows: int
    name: str
    is_focus: bool
    gap_before: int  # bytes up to the band before that nobody monitors

    def address(self, row):
        return self.start + (self.end - self.start) * row // self.rows


class Panel(NamedTuple):
    """Neighbouring columns that show one phase."""

    start_ns: int
    end_ns: int
    columns: int
    hot: list


def sections(recording):
    """What was monitored at any time, as few ranges as possible."""
    return ranges.join({(r.start, r.end) for s in recording.snapshots for r in s.regions})


def folded(recording):
    """The same without large holes in which nothing is mapped and nothing is hot; the mappings are of two moments."""
    whole = sections(recording)
    known = [(m.start, m.end) for m in recording.maps]
    known += [(r.start, r.end) for s in recording.snapshots for r in s.regions if recording.is_hot(r)]
    parts = [part for section in whole for part in ranges.clip(ranges.join(known), section)]
    if not parts:
        return whole
    hole = max(1, ranges.size(parts) // 32)
    kept = []
    for section in whole:
        for start, end in ranges.clip(parts, section):
            if kept and kept[-1][1] > section[0] and start - kept[-1][1] < hole:
                start = kept.pop()[0]
            kept.append((start, end))
    return kept


def _name(recording, start, end):
    """What is mapped there, the largest first."""
    sizes = {}
    for mapping in recording.maps:
        shared = ranges.overlap((mapping.start, mapping.end), (start, end))
        if shared:
            path = mapping.name.removesuffix(" (deleted)")
            name = "shared memory" if path == "/dev/zero" else basename(path) or "anonymous"
            sizes[name] = sizes.get(name, 0) + shared
    return ", ".join(sorted(sizes, key=sizes.get, reverse=True))


def bands(recording, focus, rows, least=1):
    """The focus gets most rows and everything else one; without a focus size decides."""
    parts = []
    for start, end in sections(recording) if focus else folded(recording):
        cuts = sorted({start, end, *(at for at in focus or () if start < at < end)})
        parts += zip(cuts, cuts[1:])
    total = max(1, ranges.size(parts))
    placed, before = [], None
    for part in parts:
        is_focus = bool(focus) and ranges.overlap(part, focus) > 0
        if focus:
            count = rows if is_focus else 1
        else:
            count = max(least, round(rows * ranges.size([part]) / total))
        gap = part[0] - before if before is not None else 0
        placed.append(Band(*part, count, _name(recording, *part), is_focus, gap))
        before = part[1]
    return placed


def panels(recording, truth, columns):
    """One panel a phase; one for all if nobody told the truth."""
    if truth is None:
        return [Panel(recording.snapshots[0].ns - recording.aggr_us * 1000,
                      recording.snapshots[-1].ns, columns, [])]
    total = truth.phases[-1].end_ns - truth.phases[0].start_ns
    return [
        Panel(phase.start_ns, phase.end_ns,
              max(1, columns * (phase.end_ns - phase.start_ns) // total), phase.hot)
        for phase in truth.phases
    ]


def _snapshot_cells(snapshot, band):
    """Heat from 0 to 1 of each of the band's cells; None where nothing is monitored."""
    count = band.rows * CELLS_PER_ROW
    edges = [band.start + (band.end - band.start) * i // count for i in range(count + 1)]
    heat, seen = [0.0] * count, [0] * count
    first = 0
    for region in snapshot.regions:
        while first < count and edges[first + 1] <= region.start:
            first += 1
        cell = first
        while cell < count and edges[cell] < region.end:
            share = ranges.overlap((edges[cell], edges[cell + 1]), (region.start, region.end))
            heat[cell] += share * region.nr_accesses / snapshot.max_accesses
            seen[cell] += share
            cell += 1
    return [min(1.0, h / s) if s else None for h, s in zip(heat, seen)]


def _mean(columns):
    """Cell by cell, over the snapshots that fell into one column."""
    def mean(values):
        known = [value for value in values if value is not None]
        return sum(known) / len(known) if known else None
    return [mean(values) for values in zip(*columns)]


def cells(recording, panel, band):
    """A list of columns, each a list of heats; a column without a snapshot repeats the one before."""
    width = (panel.end_ns - panel.start_ns) / panel.columns
    falls_into = [[] for _ in range(panel.columns)]
    for snapshot in recording.snapshots:
        if snapshot.regions and panel.start_ns < snapshot.ns <= panel.end_ns:
            column = ceil((snapshot.ns - panel.start_ns) / width - 1e-6) - 1  # it is about what was before it
            falls_into[min(max(column, 0), panel.columns - 1)].append(snapshot)
    grid, last = [], [None] * (band.rows * CELLS_PER_ROW)
    for snapshots in falls_into:
        if snapshots:
            last = _mean([_snapshot_cells(each, band) for each in snapshots])
        grid.append(last)
    return grid
