# SPDX-License-Identifier: GPL-2.0
"""Pictures as one page of HTML that needs nothing else: an SVG, the heat in it as a small PNG for each band."""

import base64
import json
from html import escape

import png

STYLE = """body { margin: 16px; font: 14px monospace; background: #fff; color: #000 }
svg { max-width: 100%; height: auto } image { image-rendering: pixelated }
#at { height: 1.4em; white-space: pre }"""

# Names what is under the pointer.
SCRIPT = """for (const image of document.querySelectorAll("image[data-about]")) {
  const about = JSON.parse(image.dataset.about), at = document.getElementById("at");
  image.addEventListener("mousemove", event => {
    const box = image.getBoundingClientRect();
    const right = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    const down = Math.min(0.999999, Math.max(0, (event.clientY - box.top) / box.height));
    const offset = BigInt(Math.floor(Number(BigInt(about.end) - BigInt(about.start)) * down));
    const address = BigInt(about.start) + offset;
    const seconds = about.from_s + right * (about.to_s - about.from_s);
    at.textContent = "0x" + address.toString(16) + "  " + seconds.toFixed(2) + " s  " + about.name;
  });
  image.addEventListener("mouseleave", () => { at.textContent = ""; });
}"""


class Canvas:
    """As that of png.py."""

    CHARACTER = 9

    def __init__(self, width, height):
        self.width, self.height = width, height
        self._parts = []

    def rect(self, x, y, width, height, colour):
        self._parts.append(f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="rgb{tuple(colour)}"/>')

    def text(self, x, y, text, anchor="start", colour=(0, 0, 0)):
        self._parts.append(f'<text x="{x}" y="{y}" text-anchor="{anchor}" dominant-baseline="central" '
                           f'xml:space="preserve" fill="rgb{tuple(colour)}">{escape(text)}</text>')

    def heat(self, x, y, grid, cell_width, cell_height, about):
        columns, rows = len(grid), len(grid[0])
        pixels = b"".join(png.colour_of(heat) for heats in zip(*grid) for heat in heats)
        data = base64.b64encode(png.encode(columns, rows, pixels)).decode("ascii")
        self._parts.append(f'<image x="{x}" y="{y}" width="{columns * cell_width}" height="{rows * cell_height}" '
                           f'preserveAspectRatio="none" data-about="{escape(json.dumps(about))}" '
                           f'href="data:image/png;base64,{data}"/>')

    def finish(self, title):
        drawing = "\n".join(self._parts)
        return (f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>\n'
                f'<style>{STYLE}</style></head>\n<body>\n<div id="at"></div>\n'
                f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}" height="{self.height}" '
                f'viewBox="0 0 {self.width} {self.height}" font-family="monospace" font-size="14">\n{drawing}\n</svg>\n'
                f'<script>{SCRIPT}</script>\n</body></html>\n').encode("utf-8")
