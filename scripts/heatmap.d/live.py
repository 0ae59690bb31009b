# SPDX-License-Identifier: GPL-2.0
"""The heat map in a terminal, drawn again and again."""

import os
import select
import shutil
import signal
import sys
import termios
import time
import tty

import kdamond
import picture
import recorder

NAME_EVERY_S = 5
AROUND = 8  # lines above and below the rows: heading, axis, legend, what it is


class Screen:
    """A terminal of our own for a while, which gives single keys; what is no terminal just gets the lines."""

    def __init__(self):
        self.is_terminal = sys.stdout.isatty()
        self._keys = sys.stdin.fileno() if self.is_terminal and sys.stdin.isatty() else None
        self._before = None

    def __enter__(self):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        if self._keys is not None:
            self._before = termios.tcgetattr(self._keys)
            tty.setcbreak(self._keys)
        if self.is_terminal:
            sys.stdout.write("\x1b[?1049h\x1b[?25l")
        return self

    def __exit__(self, *_):
        if self.is_terminal:
            sys.stdout.write("\x1b[?25h\x1b[?1049l")
            sys.stdout.flush()
        if self._before is not None:
            termios.tcsetattr(self._keys, termios.TCSADRAIN, self._before)

    def show(self, lines):
        if self.is_terminal:
            rows = shutil.get_terminal_size().lines
            text = "\x1b[H" + "".join(f"{line}\x1b[K\r\n" for line in lines[:rows - 1]) + "\x1b[J"
        else:
            text = "\n".join(lines) + "\n"
        sys.stdout.write(text)
        sys.stdout.flush()

    def wait(self, seconds):
        """False: the user has had enough."""
        if self._keys is None:
            time.sleep(seconds)
            return True
        until = time.monotonic() + seconds
        while True:
            left = until - time.monotonic()
            if left <= 0:
                return True
            if select.select([self._keys], [], [], left)[0]:
                key = os.read(self._keys, 1)
                if key in (b"q", b"Q", b"\x03", b""):
                    return False


def _lines(memory, snapshot, style, width, rows):
    whose = "physical memory" if memory.operations == "paddr" else f"process {memory.pid}"
    paused = ", paused" if snapshot.is_paused else ""
    others = f", {len(snapshot.targets)} targets" if len(snapshot.targets) > 1 else ""
    yield style.bold(f"{whose}: {len(memory.snapshots[-1].regions)} regions{others}{paused}") + "   q ends"
    yield from picture.draw(memory, None, style, width, rows)


def run(args, style):
    source = kdamond.Source(kdamond.find(args.kdamond, args.root))
    memory = recorder.Memory(args.target, 1)
    named_s, shown = time.monotonic(), 0
    try:
        with Screen() as screen:
            while True:
                snapshot = source.read()
                if recorder.target_of(snapshot, args.target) is None:
                    return f"there is no target {args.target}"
                size = shutil.get_terminal_size((100, 40))
                width = args.width or size.columns
                memory.keep(4 * max(20, width))
                if memory.add(snapshot) and time.monotonic() - named_s > NAME_EVERY_S:
                    memory.name_again(snapshot)
                    named_s = time.monotonic()
                screen.show(list(_lines(memory, snapshot, style, width, max(4, size.lines - AROUND))))
                shown += 1
                if args.frames and shown >= args.frames:
                    return None
                if not screen.wait(args.interval or max(0.05, snapshot.aggr_us / 1e6)):
                    return None
    except KeyboardInterrupt:
        return None
    except kdamond.Ended as end:
        return str(end)
    finally:
        source.close()
