# SPDX-License-Identifier: GPL-2.0
"""Scores as a table, as JSON, and as one verdict."""

from math import floor

import score
from picture import size_text


def percent(share):
    """Rounded down: 100.0 % is all of it."""
    return "none" if share is None else f"{floor(1000 * share + 1e-6) / 10:.1f} %"


def _range_text(bounds):
    return f"{bounds[0]:#x}-{bounds[1]:#x} {size_text(bounds[1] - bounds[0]):>9}"


def table(scores):
    yield f"{'phase':<6} {'truly hot':<39}  {'found hot':<39}  {'overlap':>8}"
    for number, phase in enumerate(scores, 1):
        for each in phase.ranges:
            found = _range_text(each.found) if each.found else "not found"
            if each.parts > 1:
                found += f" in {each.parts} parts"
            yield f"{number:<6} {_range_text(each.true):<39}  {found:<39}  {percent(each.overlap):>8}"
        for false in phase.false:
            yield f"{number:<6} {'is cold':<39}  {_range_text(false):<39}  {percent(0.0):>8}"
    yield ""
    for number, phase in enumerate(scores, 1):
        yield f"phase {number}: recall {percent(phase.recall)}, precision {percent(phase.precision)}"


FOOTNOTE = """\
Scored in the second half of each phase, by bytes, inside the workload's area only (outside of it,
its stack and code are hot too). Hot: accessed in at least half of the samples.
Overlap: the bytes in both ranges, of those in either."""


def facts(recording, truth):
    """What the monitoring cost, how fine it was, and how steady the workload was."""
    middle, least, most = score.region_counts(recording)
    cpu = recording.cpu_percent()
    empty = score.empty_snapshots(recording)
    yield (("" if cpu is None else f"kdamond: {cpu:.1f} % of one CPU, recording included; ")
           + f"regions: median {middle}, {least} to {most}; "
           + f"snapshots: {len(recording.snapshots)}" + (f", {empty} of them empty" if empty else ""))
    passes = [phase.passes for phase in truth.phases if phase.passes] if truth else []
    if passes:
        mean_ns = sum(count * mean for count, mean, _ in passes) / sum(count for count, _, _ in passes)
        longest_ns = max(longest for _, _, longest in passes)
        yield f"workload: touched all that is hot each {mean_ns / 1e6:.1f} ms, at the longest {longest_ns / 1e6:.1f} ms"


def as_json(recording, scores, limit):
    middle, least, most = score.region_counts(recording)
    return {
        "phases": [
            {
                "recall": phase.recall,
                "precision": phase.precision,
                "snapshots": phase.snapshots,
                "ranges": [
                    {"true": each.true, "found": each.found, "parts": each.parts, "overlap": each.overlap}
                    for each in phase.ranges
                ],
                "false": phase.false,
            }
            for phase in scores
        ],
        "kdamond_cpu_percent": recording.cpu_percent(),
        "regions": {"median": middle, "min": least, "max": most},
        "snapshots": len(recording.snapshots),
        "empty_snapshots": score.empty_snapshots(recording),
        "limit": limit,
        "passed": passed(scores, limit),
    }


def passed(scores, limit):
    return bool(scores) and all(phase.reaches(limit) for phase in scores)


def verdict(scores, limit):
    wanted = f"in each of {len(scores)} phases (wanted: {100 * limit:g} %)"
    if passed(scores, limit):
        recall = min(phase.recall for phase in scores)
        precision = min(phase.precision for phase in scores)
        return f"PASS: recall at least {percent(recall)}, precision at least {percent(precision)}, {wanted}"
    short = [
        f"{what} {percent(share)} in phase {number}"
        for number, phase in enumerate(scores, 1)
        for what, share in (("recall", phase.recall), ("precision", phase.precision))
        if share is None or share < limit
    ]
    return f"FAIL: {', '.join(short)} (wanted: {100 * limit:g} %)"
