# SPDX-License-Identifier: GPL-2.0
"""How a heat from 0 to 1 looks: as a character, or as a colour."""

# Dark violet over red to light yellow: rises in brightness all the way, so it also prints well in grey.
STOPS = ((16, 10, 40), (52, 10, 94), (133, 32, 107), (203, 65, 73), (245, 125, 21), (250, 193, 55), (252, 255, 164))

BLOCKS = "·░▒▓█"
ASCII = ".:-=+*#%@"


def rgb(heat):
    at = heat * (len(STOPS) - 1)
    low = min(int(at), len(STOPS) - 2)
    return tuple(round(a + (b - a) * (at - low)) for a, b in zip(STOPS[low], STOPS[low + 1]))


def shade(heat, ramp):
    """Only what is really nought gets the first character, only what is nearly full the last."""
    if heat < 0.02:
        return ramp[0]
    return ramp[1 + min(len(ramp) - 2, int(heat * (len(ramp) - 1)))]


def _colour_24bit(colour, layer):
    return f"\x1b[{layer};2;{colour[0]};{colour[1]};{colour[2]}m"


def _colour_256(colour, layer):
    """The nearest of the 6x6x6 cube that every 256-colour terminal has."""
    red, green, blue = (0 if c < 48 else 1 if c < 115 else (c - 35) // 40 for c in colour)
    return f"\x1b[{layer};5;{16 + 36 * red + 6 * green + blue}m"


class Plain:
    """Characters only."""

    def __init__(self, unicode=True):
        self.ramp = BLOCKS if unicode else ASCII
        self.unicode = unicode

    def cells(self, upper, lower):
        known = [heat for heat in (upper, lower) if heat is not None]
        return shade(sum(known) / len(known), self.ramp) if known else " "

    def scale(self):
        return self.ramp

    def dim(self, text):
        return text

    good = bad = bold = dim

    def end(self):
        return ""


class Colour(Plain):
    """Two cells a character: the upper half block in one colour on a ground of the other."""

    def __init__(self, unicode=True, true_colour=True):
        super().__init__(unicode)
        self._colour = _colour_24bit if true_colour else _colour_256

    def _half(self, heat, layer):
        if heat is None:
            return f"\x1b[{layer + 1}m"  # the terminal's own
        return self._colour(rgb(heat), layer)

    def cells(self, upper, lower):
        if not self.unicode or upper == lower:
            known = upper if lower is None else lower
            return self._half(known, 48) + " "
        return self._half(upper, 38) + self._half(lower, 48) + "▀"

    def scale(self):
        return "".join(self._half(i / 15, 48) + " " for i in range(16)) + self.end()

    def dim(self, text):
        return f"\x1b[2m{text}\x1b[0m"

    def bold(self, text):
        return f"\x1b[1m{text}\x1b[0m"

    def good(self, text):
        return f"\x1b[1;32m{text}\x1b[0m"

    def bad(self, text):
        return f"\x1b[1;31m{text}\x1b[0m"

    def end(self):
        return "\x1b[0m"
