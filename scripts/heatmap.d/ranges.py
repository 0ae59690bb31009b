# SPDX-License-Identifier: GPL-2.0
"""Arithmetic on half-open address ranges: a range is (start, end)."""


def size(ranges):
    return sum(end - start for start, end in ranges)


def overlap(a, b):
    """How many bytes of range a lie in range b."""
    return max(0, min(a[1], b[1]) - max(a[0], b[0]))


def clip(ranges, bounds):
    """The parts of the ranges inside the bounds."""
    low, high = bounds
    parts = ((max(start, low), min(end, high)) for start, end in ranges)
    return [part for part in parts if part[0] < part[1]]


def join(ranges):
    """The same bytes in as few ranges as possible, sorted."""
    joined = []
    for start, end in sorted(ranges):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def common(a, b):
    """How many bytes lie in ranges of both lists, each without overlaps of its own."""
    return sum(overlap(x, y) for x in a for y in b)


def in_most(lists):
    """The bytes that lie in more than half of the lists."""
    steps = {}
    for ranges in lists:
        for start, end in join(ranges):
            steps[start] = steps.get(start, 0) + 1
            steps[end] = steps.get(end, 0) - 1
    found, depth, since = [], 0, None
    for at in sorted(steps):
        was_in = 2 * depth > len(lists)
        depth += steps[at]
        is_in = 2 * depth > len(lists)
        if is_in and not was_in:
            since = at
        if was_in and not is_in:
            found.append((since, at))
    return found
