# SPDX-License-Identifier: GPL-2.0
"""The heat map as lines of text: time to the right, addresses downwards."""

import layout

NAME, ADDRESS = 22, 14
GUTTER = NAME + ADDRESS + 3
LABEL_EVERY = 4
LAST_TICK = 3
ROWS = 32


def size_text(size):
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" or size == int(size) else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.0f} TiB"


def _cut(text, width):
    return text if len(text) <= width else text[:width - 2].rstrip(" ,.") + ".."


def _gutter(name="", address=None):
    at = f"{address:#x}" if address is not None else ""
    return f"{_cut(name, NAME):<{NAME}} {at:>{ADDRESS}}  "


def _bracket(panel, band, row, glyphs):
    """The edge of a phase: a bracket beside the rows that are truly hot."""
    low, high = band.address(row), band.address(row + 1)
    for start, end in panel.hot:
        if start < high and low < end:
            first, last = start >= low, end <= high
            return glyphs[3 if first and last else 0 if first else 2 if last else 1]
    return " "


def _names(band):
    size = size_text(band.end - band.start)
    if band.rows == 1:
        return [f"{_cut(band.name, NAME - len(size) - 1)} {size}" if band.name else size]
    return [band.name, size, f"{size_text((band.end - band.start) / band.rows)} a row"]


def _band_lines(recording, panels, band, style):
    left, right = ("┌│└[", "┐│┘]") if style.unicode else ("[[[[", "]]]]")
    grids = [layout.cells(recording, panel, band) for panel in panels]
    names = _names(band)
    for row in range(band.rows):
        labelled = row == 0 or (row % LABEL_EVERY == 0 and band.is_focus)
        line = _gutter(names[row] if row < len(names) else "", band.address(row) if labelled else None)
        for panel, grid in zip(panels, grids):
            at = row * layout.CELLS_PER_ROW
            heat = "".join(style.cells(column[at], column[at + 1]) for column in grid)
            line += (_bracket(panel, band, row, left) + heat + style.end()
                     + _bracket(panel, band, row, right))
        yield line.rstrip()


def _time_axis(panels):
    """Seconds since the first phase began, where they are in the picture."""
    columns = sum(panel.columns for panel in panels)
    column_s = (panels[-1].end_ns - panels[0].start_ns) / 1e9 / columns
    step = next(s for s in (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600, 1e9) if s / column_s >= 8)
    axis, offset = [" "] * (columns + 2 * len(panels) + 8), 1
    for panel in panels:
        per_column = (panel.end_ns - panel.start_ns) / 1e9 / panel.columns
        start_s = (panel.start_ns - panels[0].start_ns) / 1e9
        for column in range(panel.columns):
            low = start_s + column * per_column
            tick = -(-low // step) * step
            if tick < low + per_column:
                text = f"{tick:.0f} s"
                axis[offset + column:offset + column + len(text)] = text
        offset += panel.columns + 2
    return _gutter() + "".join(axis).rstrip()


def _heading(panels):
    phases = "".join(f" {f'phase {i}' if p.hot else '':<{p.columns}} " for i, p in enumerate(panels, 1))
    return (f"{'mapping':<{NAME}} {'address':>{ADDRESS}}  " + phases).rstrip()


def draw(recording, truth, style, width, rows=ROWS):
    """Yields the picture's lines."""
    focus = truth.area if truth else None
    edges = 2 * (len(truth.phases) if truth else 1)
    panels = layout.panels(recording, truth, max(20, width - GUTTER - edges - LAST_TICK))
    yield _heading(panels)
    for band in layout.bands(recording, focus, rows):
        if band.gap_before:
            yield style.dim(_gutter(f"  gap of {size_text(band.gap_before)}").rstrip())
        if band.is_focus:
            band = band._replace(name="the workload's area")
        yield from _band_lines(recording, panels, band, style)
    yield _time_axis(panels)
    yield ""
    legend = (f"{style.scale()}  accessed in 0 to {recording.max_accesses} of {recording.max_accesses} "
              f"samples in {recording.aggr_us / 1000:g} ms")
    if truth:
        legend += "; in brackets: truly hot"
    yield legend
