# SPDX-License-Identifier: GPL-2.0
"""The heat map as a drawing on a canvas: time to the right, addresses downwards, what is at them on the left."""

import time

import layout
import palette
from picture import size_text

ROWS, LEAST_ROWS = 120, 6  # of layout, two cells each
CELL_HEIGHT = 2
PLOT = 960
MARGIN = 16
LINE = 22
NAME_CHARACTERS, ADDRESS_CHARACTERS = 24, 15
TICK = 6
GREY, AXIS = (120, 120, 128), (0, 0, 0)


def title_of(recording):
    words = [f"process {recording.pid}" if recording.pid and recording.operations != "paddr" else
             "physical memory" if recording.operations == "paddr" else "memory"]
    if recording.clock:
        begin = recording.clock[1] + recording.snapshots[0].ns - recording.clock[0]
        words.append(time.strftime("from %Y-%m-%d %H:%M:%S UTC", time.gmtime(begin / 1e9)))
    return ", ".join(words)


def facts_of(recording):
    counts = [len(snapshot.regions) for snapshot in recording.snapshots]
    return (f"{len(counts)} snapshots of {min(counts)} to {max(counts)} regions; "
            f"a sample each {recording.sample_us / 1000:g} ms")


def address_step(start, end, height, least):
    """A power of two, so that ticks are at least so many pixels apart."""
    step = 4096
    while step * height < least * (end - start):
        step *= 2
    return step


def time_step(seconds, width, least):
    steps = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400,
             43200)
    return next((step for step in steps if step * width >= least * seconds), 86400)


def time_text(seconds):
    if seconds < 120 or seconds != int(seconds):
        return f"{seconds:g} s"
    if seconds < 7200:
        return f"{int(seconds) // 60}:{int(seconds) % 60:02} min"
    return f"{int(seconds) // 3600}:{int(seconds) % 3600 // 60:02} h"


def _wrapped(text, width, lines):
    """At most so many lines of names, cut between them where that is possible."""
    out = []
    for name in text.split(", ") if text else []:
        name = name if len(name) <= width else name[:width - 2] + ".."
        if out and len(out[-1]) + 2 + len(name) <= width:
            out[-1] += ", " + name
        else:
            out.append(name)
    if len(out) > lines > 0:
        out = out[:lines]
        out[-1] = out[-1][:width - 4] + ", .."
    return out[:max(0, lines)]


def _name(canvas, band, top, height):
    lines = _wrapped(band.name, NAME_CHARACTERS, height // LINE - 1 if height >= 2 * LINE else 1)
    size = size_text(band.end - band.start)
    if height >= 2 * LINE or not lines:
        lines.append(size)
    for i, line in enumerate(lines):
        canvas.text(MARGIN, top + LINE // 2 + i * LINE, line, colour=GREY if line == size else AXIS)


def _addresses(canvas, band, left, top, height):
    step = address_step(band.start, band.end, height, 3 * LINE)
    ticks = [band.start] + list(range((band.start // step + 1) * step, band.end, step))
    last = None
    for address in ticks:
        y = top + (address - band.start) * height // (band.end - band.start)
        if last is not None and (y - last < LINE or y + LINE // 2 > top + height):
            continue
        canvas.rect(left - TICK, y, TICK, 1, AXIS)
        canvas.text(left - TICK - 4, y + (8 if last is None else 0), f"{address:#x}", "end")
        last = y


def _gap(canvas, left, top, width, gap):
    """A torn edge: here addresses are left out."""
    for x in range(0, width, 12):
        canvas.rect(left + x, top + LINE // 2 - (2 if x % 24 else -2), min(12, width - x), 2, GREY)
    canvas.text(left - TICK - 4, top + LINE // 2, f"gap of {size_text(gap)}", "end", GREY)


def _times(canvas, left, top, width, seconds):
    step = time_step(seconds, width, 110)
    canvas.rect(left, top, width, 1, AXIS)
    for i in range(int(seconds / step) + 1):
        x = left + int(i * step * width / seconds)
        canvas.rect(x, top, 1, TICK, AXIS)
        canvas.text(x, top + TICK + LINE // 2, time_text(round(i * step, 2)), "middle")


def _legend(canvas, recording, left, top):
    steps, width = 32, 8
    for i in range(steps):
        canvas.rect(left + i * width, top, width, LINE - 4, palette.rgb(i / (steps - 1)))
    text = (f"accessed in 0 to {recording.max_accesses} of {recording.max_accesses} samples "
            f"in {recording.aggr_us / 1000:g} ms")
    canvas.text(left + steps * width + 12, top + LINE // 2 - 2, text)


def draw(recording, canvas_type):
    """The finished file."""
    character = canvas_type.CHARACTER
    bands = layout.bands(recording, None, ROWS, LEAST_ROWS)
    columns = min(320, max(1, len(recording.snapshots)))
    cell_width = max(1, PLOT // columns)
    width = columns * cell_width
    panel, = layout.panels(recording, None, columns)
    seconds = (panel.end_ns - panel.start_ns) / 1e9
    left = MARGIN + (NAME_CHARACTERS + ADDRESS_CHARACTERS) * character + TICK + 8
    heights = [band.rows * layout.CELLS_PER_ROW * CELL_HEIGHT for band in bands]
    gaps = sum(1 for band in bands if band.gap_before)
    plot_top = MARGIN + 2 * LINE + 8
    plot_height = sum(heights) + gaps * LINE
    canvas = canvas_type(left + width + 4 * character + MARGIN, plot_top + plot_height + 4 * LINE + MARGIN)

    title = title_of(recording)
    canvas.text(MARGIN, MARGIN + LINE // 2, title)
    canvas.text(MARGIN, MARGIN + LINE + LINE // 2, facts_of(recording), colour=GREY)
    top = plot_top
    for band, height in zip(bands, heights):
        if band.gap_before:
            _gap(canvas, left, top, width, band.gap_before)
            top += LINE
        about = {"start": hex(band.start), "end": hex(band.end), "from_s": 0, "to_s": seconds, "name": band.name}
        canvas.heat(left, top, layout.cells(recording, panel, band), cell_width, CELL_HEIGHT, about)
        _name(canvas, band, top, height)
        _addresses(canvas, band, left, top, height)
        top += height
    _times(canvas, left, top + 2, width, seconds)
    _legend(canvas, recording, left, top + 2 * LINE + 8)
    return canvas.finish(title)
