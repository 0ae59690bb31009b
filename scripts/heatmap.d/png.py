# SPDX-License-Identifier: GPL-2.0
"""Pictures as PNG, with text of a small font of our own."""

import struct
import zlib

import font
import palette

SCALE = 2  # dots of the font are so many pixels wide
UNKNOWN = (226, 226, 230)  # where nothing is monitored


def encode(width, height, pixels):
    """A PNG of 8 bits a colour; pixels: rows of RGB, one after the other."""
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    stride = 3 * width
    lines = b"".join(b"\0" + pixels[at:at + stride] for at in range(0, stride * height, stride))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(lines, 9)) + chunk(b"IEND", b""))


def colour_of(heat):
    return bytes(UNKNOWN if heat is None else palette.rgb(heat))


class Canvas:
    """What chart.py draws on; the origin is at the upper left."""

    CHARACTER = (font.WIDTH + 1) * SCALE

    def __init__(self, width, height):
        self.width, self.height = width, height
        self._pixels = bytearray(b"\xff" * (3 * width * height))

    def rect(self, x, y, width, height, colour):
        left, right = max(0, x), min(self.width, x + width)
        if left >= right:
            return
        run = bytes(colour) * (right - left)
        for row in range(max(0, y), min(self.height, y + height)):
            at = 3 * (row * self.width + left)
            self._pixels[at:at + len(run)] = run

    def text(self, x, y, text, anchor="start", colour=(0, 0, 0)):
        """Centred on @y."""
        width = len(text) * self.CHARACTER
        x -= {"start": 0, "middle": width // 2, "end": width}[anchor]
        y -= font.HEIGHT * SCALE // 2
        for i, character in enumerate(text):
            for dot_x, dot_y in font.dots(character):
                self.rect(x + i * self.CHARACTER + dot_x * SCALE, y + dot_y * SCALE, SCALE, SCALE, colour)

    def heat(self, x, y, grid, cell_width, cell_height, _about):
        """grid: columns of heats."""
        for row, heats in enumerate(zip(*grid)):
            line = b"".join(colour_of(heat) * cell_width for heat in heats)
            for pixel_row in range(cell_height):
                at = 3 * ((y + row * cell_height + pixel_row) * self.width + x)
                self._pixels[at:at + len(line)] = line

    def finish(self, _title):
        return encode(self.width, self.height, bytes(self._pixels))
