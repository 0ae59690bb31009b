#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Tests of scripts/heatmap: recordings small enough to score by hand."""

import base64
import contextlib
import io
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import zlib

TOP = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..")
sys.dont_write_bytecode = True
sys.path[:0] = [os.path.join(TOP, "scripts", "heatmap.d"), os.path.join(TOP, "selftests")]

import chart
import font
import kdamond
import layout
import page
import palette
import picture
import places
import png
import ranges
import recorder
import recording
import report
import score
from tap_runner import TapRunner

PAGE = 4096
SECOND = 10**9


def record_text(snapshots, sample_us=5000, aggr_us=100000):
    """snapshots: (second, [(start page, end page, nr_accesses)])"""
    lines = [f"intervals {sample_us} {aggr_us}", "cpu 0 0"]
    for second, regions in snapshots:
        lines.append(f"snapshot {int(second * SECOND)} {len(regions)}")
        lines += [f"{start * PAGE:#x} {end * PAGE:#x} {accesses} 0" for start, end, accesses in regions]
    lines.append(f"cpu {10 * SECOND} {SECOND // 5}")
    return "\n".join(lines) + "\n"


def truth_text(area, phases, end=None):
    """phases: (second, [(start page, end page)])"""
    lines = [f"area {area[0] * PAGE:#x} {area[1] * PAGE:#x}"]
    for second, hot in phases:
        words = [f"{start * PAGE:#x}-{stop * PAGE:#x}" for start, stop in hot]
        lines.append(" ".join([f"phase {int(second * SECOND)} {len(hot)}"] + words))
        lines.append("passes 10 2000000 9000000")
    if end is not None:
        lines.append(f"end {int(end * SECOND)}")
    return "\n".join(lines) + "\n"


class Files(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)

    def file(self, name, text):
        path = os.path.join(self.directory.name, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def read(self, snapshots, area, phases, end=None):
        record = recording.read_recording(self.file("record", record_text(snapshots)))
        return record, recording.read_truth(self.file("truth", truth_text(area, phases, end)), record)

    def score(self, *args):
        return score.score(*self.read(*args))


class Ranges(unittest.TestCase):
    def test_join_takes_touching_and_overlapping(self):
        self.assertEqual(ranges.join([(5, 9), (0, 3), (3, 4), (8, 12)]), [(0, 4), (5, 12)])

    def test_clip(self):
        self.assertEqual(ranges.clip([(0, 4), (4, 5), (6, 9)], (2, 7)), [(2, 4), (4, 5), (6, 7)])

    def test_common(self):
        self.assertEqual(ranges.common([(0, 4), (6, 9)], [(3, 7)]), 2)

    def test_in_most_needs_more_than_half(self):
        self.assertEqual(ranges.in_most([[(0, 4)], [(2, 6)]]), [(2, 4)])
        self.assertEqual(ranges.in_most([[(0, 4)], [(2, 6)], [(3, 5)]]), [(2, 5)])
        self.assertEqual(ranges.in_most([[(0, 2), (2, 4)], []]), [])
        self.assertEqual(ranges.in_most([]), [])


class Reading(Files):
    def test_every_field(self):
        record, truth = self.read([(1, [(0, 10, 3)]), (10, [(0, 4, 20), (4, 10, 0)])], (0, 10), [(0, [(0, 4)])])
        self.assertEqual((record.sample_us, record.aggr_us, record.max_accesses), (5000, 100000, 20))
        self.assertEqual(record.snapshots[1].regions[0], (0, 4 * PAGE, 20, 0))
        self.assertAlmostEqual(record.cpu_percent(), 2.0)
        self.assertEqual(truth.area, (0, 10 * PAGE))
        self.assertEqual(truth.phases[0].passes, (10, 2000000, 9000000))

    def test_phases_end_at_the_next_one_or_with_the_recording(self):
        _, truth = self.read([(1, []), (18, [])], (0, 10), [(0, []), (10, []), (20, [])], 30)
        self.assertEqual([p.end_ns // SECOND for p in truth.phases], [10, 18])

    def test_a_workload_that_ended_early_ends_its_phase(self):
        _, truth = self.read([(1, []), (18, [])], (0, 10), [(0, [])], 12)
        self.assertEqual(truth.phases[0].end_ns, 12 * SECOND)

    def test_bad_files_are_one_sentence(self):
        for text, complaint in (
            ("", "has no snapshot"),
            ("0x0 0x1000 1 1\n", ":1: not understood"),
            ("snapshot 1 1\n0x0 0x1000 1\n", ":2: not understood"),
            ("snapshot 1 2\n0x0 0x1000 1 0\n", "has 1 regions and announces 2"),
        ):
            with self.subTest(text=text), self.assertRaisesRegex(recording.BadFile, complaint):
                recording.read_recording(self.file("record", text))
        with self.assertRaisesRegex(recording.BadFile, "cannot read"):
            recording.read_recording("/nonexistent/record")

    def test_truth_without_a_phase_in_time_is_refused(self):
        with self.assertRaisesRegex(recording.BadFile, "no phase within"):
            self.read([(1, [])], (0, 10), [(5, [])])


class Scoring(Files):
    def test_exact(self):
        phase, = self.score([(8, [(0, 4, 20), (4, 10, 0)])], (0, 10), [(0, [(0, 4)])])
        self.assertEqual((phase.recall, phase.precision), (1.0, 1.0))
        self.assertEqual(phase.ranges[0].overlap, 1.0)
        self.assertTrue(phase.reaches(0.95))

    def test_half_of_the_samples_is_hot_and_less_is_not(self):
        hot, = self.score([(8, [(0, 4, 10)])], (0, 10), [(0, [(0, 4)])])
        cold, = self.score([(8, [(0, 4, 9)])], (0, 10), [(0, [(0, 4)])])
        self.assertEqual(hot.recall, 1.0)
        self.assertEqual((cold.recall, cold.precision), (0.0, None))
        self.assertFalse(cold.reaches(0.95))

    def test_bad_precision(self):
        """4 pages are hot, 16 are called hot: all of the 4, and 12 more."""
        phase, = self.score([(8, [(0, 16, 20), (16, 20, 0)])], (0, 20), [(0, [(0, 4)])])
        self.assertEqual((phase.recall, phase.precision), (1.0, 0.25))
        self.assertEqual(phase.ranges[0].overlap, 0.25)
        self.assertFalse(phase.reaches(0.95))
        self.assertEqual(report.verdict([phase], 0.95), "FAIL: precision 25.0 % in phase 1 (wanted: 95 %)")

    def test_percent_never_flatters(self):
        self.assertEqual([report.percent(share) for share in (1.0, 0.9999, 0.25, 0.999, None)],
                         ["100.0 %", "99.9 %", "25.0 %", "99.9 %", "none"])

    def test_bad_recall(self):
        phase, = self.score([(8, [(0, 3, 20), (3, 10, 0)])], (0, 10), [(0, [(0, 4)])])
        self.assertEqual((phase.recall, phase.precision), (0.75, 1.0))

    def test_hot_moved_and_was_followed(self):
        first, second = self.score(
            [(8, [(0, 4, 20), (4, 10, 0)]), (11, [(0, 4, 20), (4, 10, 0)]), (18, [(0, 6, 0), (6, 10, 20)])],
            (0, 10), [(0, [(0, 4)]), (10, [(6, 10)])])
        self.assertEqual((first.recall, first.precision), (1.0, 1.0))
        self.assertEqual((second.recall, second.precision), (1.0, 1.0), "the unsettled half does not count")

    def test_hot_moved_and_was_lost(self):
        first, second = self.score(
            [(8, [(0, 4, 20), (4, 10, 0)]), (18, [(0, 4, 20), (4, 10, 0)])],
            (0, 10), [(0, [(0, 4)]), (10, [(6, 10)])])
        self.assertTrue(first.reaches(0.95))
        self.assertEqual((second.recall, second.precision), (0.0, 0.0))
        self.assertIsNone(second.ranges[0].found)
        self.assertEqual(second.false, [(0, 4 * PAGE)])
        self.assertFalse(report.passed([first, second], 0.95))

    def test_only_the_area_counts(self):
        phase, = self.score([(8, [(0, 14, 20), (14, 90, 0), (90, 99, 20)])], (10, 90), [(0, [(10, 14)])])
        self.assertEqual((phase.recall, phase.precision), (1.0, 1.0))

    def test_snapshots_weigh_alike_and_empty_ones_nothing(self):
        phase, = self.score([(7, [(0, 4, 20)]), (8, []), (9, [(0, 2, 20)])], (0, 10), [(0, [(0, 4)])])
        self.assertEqual((phase.recall, phase.precision, phase.snapshots), (0.75, 1.0, 2))

    def test_no_snapshot_in_time_is_no_pass(self):
        phase, = self.score([(1, [(0, 4, 20)]), (9, [])], (0, 10), [(0, [(0, 4)])])
        self.assertEqual((phase.recall, phase.precision), (None, None))
        self.assertFalse(report.passed([phase], 0.95))
        self.assertFalse(report.passed([], 0.95))

    def test_parts_go_to_the_range_they_cover(self):
        phase, = self.score([(8, [(0, 2, 20), (2, 3, 0), (3, 8, 20), (9, 10, 20), (10, 20, 0)])],
                            (0, 20), [(0, [(0, 4), (6, 8)])])
        one, other = phase.ranges
        self.assertEqual((one.found, one.parts, one.overlap), ((0, 2 * PAGE), 1, 0.5))
        self.assertEqual((other.found, other.parts, other.overlap), ((3 * PAGE, 8 * PAGE), 1, 0.4))
        self.assertEqual(phase.false, [(9 * PAGE, 10 * PAGE)])

    def test_region_counts(self):
        record, _ = self.read([(1, []), (2, [(0, 1, 0)]), (3, [(0, 1, 0)] * 5), (4, [(0, 1, 0)] * 3)],
                              (0, 10), [(0, [])])
        self.assertEqual(score.region_counts(record), (3, 1, 5))
        self.assertEqual(score.empty_snapshots(record), 1)


class Drawing(Files):
    def test_bands_cut_at_the_area_and_leave_gaps_out(self):
        record, truth = self.read([(8, [(0, 2, 0), (1000, 1006, 0), (1006, 1100, 0)])],
                                  (1004, 1090), [(0, [(1004, 1010)])])
        bands = layout.bands(record, truth.area, 8)
        self.assertEqual([(b.start // PAGE, b.end // PAGE, b.rows, b.is_focus) for b in bands],
                         [(0, 2, 1, False), (1000, 1004, 1, False), (1004, 1090, 8, True), (1090, 1100, 1, False)])
        self.assertEqual([b.gap_before // PAGE for b in bands], [0, 998, 0, 0])

    def test_cells_are_means_over_bytes(self):
        record, truth = self.read([(8, [(0, 1, 20), (1, 2, 10), (2, 3, 0)])], (0, 4), [(0, [(0, 2)])])
        band = layout.Band(0, 4 * PAGE, 1, "", True, 0)
        panel, = layout.panels(record, truth, 2)
        self.assertEqual(layout.cells(record, panel, band)[1], [0.75, 0.0])

    def test_unmonitored_cells_are_none_and_empty_columns_repeat(self):
        record, truth = self.read([(1, [(0, 2, 20)]), (8, [])], (0, 4), [(0, [(0, 2)])])
        band = layout.Band(0, 4 * PAGE, 1, "", True, 0)
        panel, = layout.panels(record, truth, 2)
        self.assertEqual(layout.cells(record, panel, band), [[1.0, None], [1.0, None]])

    def test_shades(self):
        self.assertEqual([palette.shade(heat, "·░▒▓█") for heat in (0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0)],
                         list("·░▒▓▓██"))

    def test_every_style_draws_as_many_lines_of_the_same_width(self):
        record, truth = self.read([(8, [(0, 20, 20), (20, 64, 0)])], (0, 64), [(0, [(0, 20)])])
        plain = list(picture.draw(record, truth, palette.Plain(), 80))
        self.assertTrue(any("┌" in line and "█" in line for line in plain))
        self.assertTrue(all(len(line) <= 80 for line in plain))
        for style in (palette.Plain(False), palette.Colour(), palette.Colour(True, False), palette.Colour(False)):
            self.assertEqual(len(list(picture.draw(record, truth, style, 80))), len(plain))
        self.assertTrue("".join(picture.draw(record, truth, palette.Plain(False), 80)).isascii())


def snapshot_bytes(targets, ns=SECOND, sample_us=5000, aggr_us=100000, unit=1, operations=0, flags=0, more=0, version=1,
                   magic=b"damonxxS"):
    """targets: (index, pid, flags, [(start, end, nr_accesses)]).  Typed from the header file, not from kdamond.py."""
    regions = [region for target in targets for region in target[3]]
    data = magic + struct.pack("=IIIIII", version, 88 + more, 24 + more, 40 + more, len(targets), len(regions))
    data += struct.pack("=QQQQQ", ns, 7, sample_us, aggr_us, unit)
    data += struct.pack("=IIII", aggr_us // sample_us, 3, operations, flags) + b"x" * more
    first = 0
    for index, pid, target_flags, its in targets:
        data += struct.pack("=IiIIII", index, pid, first, len(its), target_flags, 0) + b"x" * more
        first += len(its)
    for start, end, accesses in regions:
        data += struct.pack("=QQIIII", start, end, accesses, 1, 2, 0) + bytes(8) + b"x" * more
    return data


class Snapshots(Files):
    TWO = [(0, 11, 0, [(0x1000, 0x3000, 20), (0x3000, 0x4000, 0)]), (1, 12, 1, [])]

    def test_every_field(self):
        one = kdamond.parse(snapshot_bytes(self.TWO, ns=5, sample_us=1000, aggr_us=50000, operations=1, flags=1))
        self.assertEqual((one.ns, one.sample_us, one.aggr_us, one.max_accesses, one.operations, one.is_paused),
                         (5, 1000, 50000, 50, "fvaddr", True))
        self.assertEqual(one.targets[0], (0, 11, False, [(0x1000, 0x3000, 20, 2), (0x3000, 0x4000, 0, 2)]))
        self.assertEqual(one.targets[1], (1, 12, True, []))

    def test_longer_records_of_a_later_version_are_skipped(self):
        self.assertEqual(kdamond.parse(snapshot_bytes(self.TWO, more=24)), kdamond.parse(snapshot_bytes(self.TWO)))

    def test_units_become_bytes(self):
        one = kdamond.parse(snapshot_bytes([(0, 0, 0, [(1, 3, 0)])], unit=4096, operations=2))
        self.assertEqual((one.operations, one.targets[0].regions[0][:2]), ("paddr", (4096, 3 * 4096)))

    def test_what_is_none_is_refused(self):
        good = snapshot_bytes(self.TWO)
        for data, complaint in ((b"", "no snapshot"), (b"on\n", "no snapshot"), (good[:87], "no snapshot"),
                                (good[:-1], "cut off"), (good[:100], "cut off"),
                                (snapshot_bytes(self.TWO, version=2), "version 2"),
                                (snapshot_bytes(self.TWO, magic=b"damonxxT"), "no snapshot"),
                                (snapshot_bytes(self.TWO, more=-8), "shorter")):
            with self.subTest(complaint=complaint), self.assertRaisesRegex(ValueError, complaint):
                kdamond.parse(data)

    def test_a_large_one_is_read_at_once(self):
        regions = [(i * PAGE, (i + 1) * PAGE, i % 20) for i in range(40000)]
        path = os.path.join(self.directory.name, "snapshot")
        with open(path, "wb") as file:
            file.write(snapshot_bytes([(0, 1, 0, regions)]))
        with contextlib.closing(kdamond.Source(path)) as source:
            self.assertEqual(len(source.read().targets[0].regions), 40000)

    def test_finding_the_file(self):
        root = self.directory.name
        for number, state in (("0", "off"), ("1", "on")):
            os.makedirs(os.path.join(root, "kdamonds", number, "contexts", "0"))
            self.file(f"kdamonds/{number}/state", state + "\n")
            self.file(f"kdamonds/{number}/contexts/0/snapshot", "")
        first, second = (os.path.join(root, "kdamonds", n, "contexts", "0", "snapshot") for n in "01")
        self.assertEqual(kdamond.find(None, root), second)
        self.assertEqual(kdamond.find("0", root), first)
        self.assertEqual(kdamond.find(os.path.join(root, "kdamonds", "0")), first)
        self.assertEqual(kdamond.find(first), first)
        self.file("kdamonds/1/state", "off\n")
        for which, complaint in ((None, "no kdamond is running"), ("7", "no snapshot file")):
            with self.assertRaisesRegex(recording.BadFile, complaint):
                kdamond.find(which, root)
        with self.assertRaisesRegex(recording.BadFile, "is damonxx loaded"):
            kdamond.find(None, "/nonexistent")


class Places(Files):
    def test_of_a_process(self):
        names = {mapping.name for mapping in places.of_process(os.getpid())}
        self.assertIn("[stack]", names)
        self.assertEqual(places.of_process(2**22 + 1), [])

    def test_memory_is_named_by_node_where_there_are_several(self):
        ram = [(0, 100), (200, 300)]
        self.assertEqual({m.name for m in places.of_memory(ram, [(0, 300, 0)])}, {"System RAM"})
        self.assertEqual(places.of_memory(ram, [(0, 50, 0), (50, 100, 0), (200, 250, 0), (250, 300, 1)]),
                         [(0, 100, "System RAM, node 0"), (200, 250, "System RAM, node 0"),
                          (250, 300, "System RAM, node 1")])

    def test_ram_of_iomem(self):
        text = "00000000-00000fff : Reserved\n00001000-0009fbff : System RAM\n  00002000-00002fff : x\n"
        path = self.file("iomem", text)
        self.assertEqual(places.ram(path), [(0x1000, 0x9fc00)])
        self.assertEqual(places.ram("/nonexistent"), [])


class Recording(Files):
    def written(self, snapshots):
        out = io.StringIO()
        writer = recorder.Writer(out)
        parsed = [kdamond.parse(data) for data in snapshots]
        writer.begin(parsed[0])
        for each in parsed:
            writer.add(each)
        writer.end(parsed[-1])
        return out.getvalue()

    def test_what_was_written_is_read_again(self):
        mine = os.getpid()
        text = self.written([
            snapshot_bytes([(0, mine, 0, [(0x1000, 0x2000, 20)]), (3, 12, 0, [(0x9000, 0xa000, 1)])], ns=SECOND),
            snapshot_bytes([(0, mine, 0, [(0x1000, 0x3000, 5)]), (3, 12, 1, [])], ns=2 * SECOND, sample_us=10000)])
        path = self.file("record", text)
        first, other = recording.read_recording(path), recording.read_recording(path, 3)
        self.assertEqual((first.pid, first.operations, other.pid), (mine, "vaddr", 12))
        self.assertEqual(first.clock[0], SECOND)
        self.assertEqual([s.ns for s in first.snapshots], [SECOND, 2 * SECOND])
        self.assertEqual([s.max_accesses for s in first.snapshots], [20, 10])
        self.assertEqual(first.snapshots[1].regions, [(0x1000, 0x3000, 5, 2)])
        self.assertEqual([len(s.regions) for s in other.snapshots], [1, 0])
        self.assertIn("[stack]", {m.name for m in first.maps})
        self.assertEqual(other.maps, [])
        with self.assertRaisesRegex(recording.BadFile, "no snapshot of target 7"):
            recording.read_recording(path, 7)

    def test_heat_is_of_the_intervals_of_its_time(self):
        text = self.written([snapshot_bytes([(0, 0, 0, [(0, 2 * PAGE, 20)])], ns=SECOND),
                             snapshot_bytes([(0, 0, 0, [(0, 2 * PAGE, 10)])], ns=2 * SECOND, sample_us=10000)])
        record = recording.read_recording(self.file("record", text))
        panel, = layout.panels(record, None, 2)
        band = layout.Band(0, 2 * PAGE, 1, "", True, 0)
        self.assertEqual(layout.cells(record, panel, band), [[1.0, 1.0], [1.0, 1.0]])

    def test_truncated_and_foreign_files(self):
        good = self.written([snapshot_bytes([(0, 1, 0, [(0x1000, 0x2000, 2), (0x2000, 0x3000, 2)])])])
        for text, complaint in ((good[:-3], "cut off in its last line"),
                                (good[:good.rindex("0x2000 0x3000")], "announces 2"),
                                ("#!/bin/sh\nexit 0\n", "no recording"), ("\x89PNG\r\n\0\0", "no recording"),
                                (good.replace("heatmap 1", "heatmap 2"), "of form 2"),
                                (good + "0x3000 0x4000 1 1\n", "not understood")):
            with self.subTest(complaint=complaint), self.assertRaisesRegex(recording.BadFile, complaint):
                recording.read_recording(self.file("record", text))


    def test_live_keeps_no_more_than_can_be_drawn_in_time(self):
        memory = recorder.Memory(0, 1000)
        regions = [(i * PAGE, (i + 1) * PAGE, 0) for i in range(10000)]
        for i in range(1, 31):
            memory.add(kdamond.parse(snapshot_bytes([(0, 0, 0, regions)], ns=i * SECOND)))
        self.assertEqual([s.ns // SECOND for s in memory.snapshots], list(range(31 - recorder.MOST_REGIONS // 10000, 31)))
        memory.keep(3)
        memory.add(kdamond.parse(snapshot_bytes([(0, 0, 0, [])], ns=31 * SECOND)))
        self.assertEqual([s.ns // SECOND for s in memory.snapshots], [29, 30, 31])


class Folding(Files):
    def record(self, maps, regions):
        lines = [f"map {start:#x} {end:#x} {name}" for start, end, name in maps]
        path = self.file("record", "\n".join(lines) + "\n" + record_text([(1, regions)]))
        return recording.read_recording(path)

    def test_holes_that_nothing_maps_are_folded(self):
        record = self.record([(0, 100 * PAGE, "a"), (900 * PAGE, 1000 * PAGE, "b")], [(0, 1000, 0)])
        bands = layout.bands(record, None, 8)
        self.assertEqual([(b.start // PAGE, b.end // PAGE, b.gap_before // PAGE) for b in bands],
                         [(0, 100, 0), (900, 1000, 800)])

    def test_but_neither_small_ones_nor_what_is_hot(self):
        record = self.record([(0, 100 * PAGE, "a"), (102 * PAGE, 200 * PAGE, "b")],
                             [(0, 500, 0), (500, 600, 20), (600, 999, 1)])
        self.assertEqual([(start // PAGE, end // PAGE) for start, end in layout.folded(record)], [(0, 200), (500, 600)])

    def test_without_mappings_all_is_shown(self):
        self.assertEqual(layout.folded(self.record([], [(0, 500, 0), (600, 700, 0)])),
                         [(0, 500 * PAGE), (600 * PAGE, 700 * PAGE)])


def decoded(data):
    """(width, height, rows of RGB triples): a reader of PNG that knows nothing of the writer."""
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        raise ValueError("no PNG")
    at, compressed, shape, names = 8, b"", None, []
    while at < len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        body = data[at + 8:at + 8 + length]
        if struct.unpack_from(">I", data, at + 8 + length)[0] != zlib.crc32(name + body):
            raise ValueError(f"checksum of {name}")
        names.append(name)
        if name == b"IHDR":
            shape = struct.unpack(">IIBBBBB", body)
        elif name == b"IDAT":
            compressed += body
        at += 12 + length
    if names[0] != b"IHDR" or names[-1] != b"IEND" or shape[2:] != (8, 2, 0, 0, 0):
        raise ValueError("not as expected")
    raw = zlib.decompress(compressed)
    width, height = shape[:2]
    stride = 3 * width + 1
    if len(raw) != stride * height or any(raw[stride * y] for y in range(height)):
        raise ValueError("length or filter")
    return width, height, [[tuple(raw[stride * y + 1 + 3 * x:stride * y + 4 + 3 * x]) for x in range(width)]
                           for y in range(height)]


def words_in(rows, colour):
    """All text of that colour, read back from its dots, by line."""
    scale, width = png.SCALE, png.Canvas.CHARACTER
    columns = sum(1 << scale * x for x in range(font.WIDTH))
    shapes = {}
    for code in range(33, 127):
        lines = [0] * font.HEIGHT
        for x, y in font.dots(chr(code)):
            lines[y] |= 1 << scale * x
        shapes[tuple(lines)] = chr(code)
    masks = [sum(1 << x for x, each in enumerate(row) if each == colour) for row in rows]
    found = []
    for y in range(len(rows) - font.HEIGHT * scale):
        its = [masks[y + scale * j] for j in range(font.HEIGHT)]
        line, x = "", 0
        while any(its) and x < len(rows[0]) - width:
            shape = shapes.get(tuple(mask >> x & columns for mask in its))
            line += shape or " "
            x += width if shape else 1 if line.endswith("  ") else scale
        found += line.split()
    return found


class Pictures(Files):
    """A hot half and a cold one, a gap, and a stack."""

    def record(self):
        regions = [(1024, 1536, 20), (1536, 2048, 0), (100000, 100010, 10)]
        text = f"heatmap 1\nclock {SECOND} {1700000000 * SECOND}\noperations vaddr\ntarget 0 4711\n"
        text += f"map {1024 * PAGE:#x} {2048 * PAGE:#x} /usr/lib/a<b>&c\n"
        text += f"map {100000 * PAGE:#x} {100010 * PAGE:#x} [stack]\n"
        return recording.read_recording(self.file("record", text + record_text([(i, regions) for i in range(1, 21)])))

    def test_png(self):
        width, height, rows = decoded(chart.draw(self.record(), png.Canvas))
        self.assertTrue(800 < width < 2000 and 400 < height < 2000, (width, height))
        counts = {}
        for row in rows:
            for colour in row:
                counts[colour] = counts.get(colour, 0) + 1
        hot, cold = counts[palette.rgb(1.0)], counts[palette.rgb(0.0)]
        self.assertGreater(hot, 50000)
        self.assertTrue(0.9 < hot / cold < 1.1, "as many pages are hot as are cold")
        self.assertGreater(counts[palette.rgb(0.5)], 5000)

    def test_png_has_hot_above_cold(self):
        _, height, rows = decoded(chart.draw(self.record(), png.Canvas))
        column = [row[len(row) * 2 // 3] for row in rows]
        hot = [y for y in range(height) if column[y] == palette.rgb(1.0)]
        cold = [y for y in range(height) if column[y] == palette.rgb(0.0)]
        self.assertLess(max(hot), min(cold))

    def test_png_has_readable_axes(self):
        _, _, rows = decoded(chart.draw(self.record(), png.Canvas))
        words = words_in([row[:520] for row in rows], (0, 0, 0)) + words_in(rows[-120:], (0, 0, 0))
        for word in ("0x400000", f"{100000 * PAGE:#x}", "[stack]", "4711,", "samples"):
            self.assertIn(word, words)

    def test_small_sizes_encode(self):
        self.assertEqual(decoded(png.encode(1, 2, b"abcdef")), (1, 2, [[(97, 98, 99)], [(100, 101, 102)]]))

    def test_html_needs_nothing_else(self):
        text = chart.draw(self.record(), page.Canvas).decode("utf-8")
        self.assertNotRegex(text, r'(?:src|href)="(?!data:)')
        self.assertNotIn("http", text.replace("http://www.w3.org/2000/svg", ""))
        for word in (">0x400000<", ">[stack]<", "gap of 382.6 MiB", "0 to 20 of 20 samples in 100 ms", "2023-11-14"):
            self.assertIn(word, text)
        self.assertNotIn("a<b>", text)
        images = re.findall(r'base64,([^"]+)"', text)
        self.assertEqual(len(images), 2)
        width, _, rows = decoded(base64.b64decode(images[0]))
        self.assertEqual(width, 20)
        self.assertEqual((rows[0][19], rows[-1][0]), (palette.rgb(1.0), palette.rgb(0.0)))

    def test_time_texts(self):
        self.assertEqual([chart.time_text(s) for s in (0, 0.5, 90, 120, 3600, 7200, 9000)],
                         ["0 s", "0.5 s", "90 s", "2:00 min", "60:00 min", "2:00 h", "2:30 h"])

    def test_one_snapshot_of_one_page_can_be_drawn(self):
        record = recording.read_recording(self.file("record", record_text([(1, [(5, 6, 3)])])))
        decoded(chart.draw(record, png.Canvas))
        chart.draw(record, page.Canvas)

    def test_nothing_at_all_can_be_drawn(self):
        record = recording.read_recording(self.file("record", record_text([(1, [])])))
        decoded(chart.draw(record, png.Canvas))
        chart.draw(record, page.Canvas)


class FakeKdamond(Files):
    """A snapshot file that is written anew all the time, as far as a reader can tell at once."""

    def setUp(self):
        super().setUp()
        self.path = os.path.join(self.directory.name, "snapshot")
        self.write(SECOND)

    def write(self, ns):
        data = snapshot_bytes([(0, os.getpid(), 0, [(0x1000, 0x80000, 20), (0x80000, 0x100000, 0)])], ns=ns,
                              aggr_us=20000, sample_us=1000)
        fd = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600)
        os.pwrite(fd, data, 0)
        os.close(fd)

    def keep_writing(self):
        stop = threading.Event()

        def write():
            while not stop.wait(0.01):
                self.write(time.monotonic_ns())
        thread = threading.Thread(target=write)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(stop.set)

    def command(self, *args):
        return [os.path.join(TOP, "scripts", "heatmap"), *args]

    def heatmap(self, *args):
        return subprocess.run(self.command(*args), capture_output=True, encoding="utf-8", check=False, timeout=60,
                              env={"PATH": os.environ["PATH"], "PYTHONIOENCODING": "utf-8"})

    def test_live_without_a_terminal(self):
        self.keep_writing()
        done = self.heatmap("live", self.path, "--frames", "3", "--width", "80")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.count("2 regions"), 3)
        self.assertIn("█", done.stdout)
        self.assertIn("0x1000", done.stdout)
        self.assertNotIn("\x1b", done.stdout)

    def live_in_a_terminal(self, end):
        self.keep_writing()
        master, slave = pty.openpty()
        # In the background of a shell that is not interactive, interrupts are ignored, and would be by the child.
        child = subprocess.Popen(self.command("live", self.path), stdin=slave, stdout=slave, stderr=slave,
                                 preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
                                 env={"PATH": os.environ["PATH"], "PYTHONIOENCODING": "utf-8", "TERM": "xterm"})
        os.close(slave)
        self.addCleanup(os.close, master)
        said = b""
        ended = False
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if select.select([master], [], [], 1)[0]:
                try:
                    said += os.read(master, 65536)
                except OSError:
                    break
            if not ended and said.count(b"2 regions") >= 2:
                end(child, master)
                ended = True
            if child.poll() is not None and not select.select([master], [], [], 0)[0]:
                break
        self.assertEqual(child.wait(60), 0, said)
        self.assertTrue(ended)
        self.assertIn(b"\x1b[?1049h", said)
        self.assertTrue(said.rstrip().endswith(b"\x1b[?1049l"), "the terminal is as before")

    def test_live_ends_with_q(self):
        self.live_in_a_terminal(lambda _, master: os.write(master, b"q"))

    def test_live_ends_with_an_interrupt(self):
        self.live_in_a_terminal(lambda child, _: child.send_signal(signal.SIGINT))

    def test_record_and_draw(self):
        self.keep_writing()
        record, image = (os.path.join(self.directory.name, name) for name in ("record", "image.png"))
        done = self.heatmap("record", self.path, "-o", record, "--seconds", "3")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"record: \d+ snapshots\n")
        read = recording.read_recording(record)
        self.assertGreater(len(read.snapshots), 2)
        self.assertEqual(read.snapshots[0].regions, [(0x1000, 0x80000, 20, 2), (0x80000, 0x100000, 0, 2)])
        done = self.heatmap("draw", record, "-o", image)
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)
        with open(image, "rb") as file:
            decoded(file.read())

    def test_errors_are_one_line(self):
        foreign = self.file("foreign", "hello\n")
        for args, complaint in ((("live", foreign), "no snapshot of damonxx"), (("draw", foreign), "no recording"),
                                (("record", "/nonexistent", "-o", "/dev/null"), "no snapshot file"),
                                (("record", self.path, "-o", "/nonexistent/x", "--seconds", "0"), "cannot write"),
                                (("draw", "/nonexistent"), "cannot read")):
            with self.subTest(args=args):
                done = self.heatmap(*args)
                self.assertEqual(done.returncode, 1)
                self.assertRegex(done.stderr, complaint)
                self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertEqual(self.heatmap("draw", foreign, "-o", "x.jpg").returncode, 2)


class CommandLine(Files):
    def heatmap(self, snapshots, *options):
        record = self.file("record", record_text(snapshots))
        truth = self.file("truth", truth_text((0, 64), [(0, [(0, 20)])]))
        return subprocess.run([os.path.join(TOP, "scripts", "heatmap"), "draw", record, truth, *options],
                              capture_output=True, encoding="utf-8", check=False,
                              env={"PATH": os.environ["PATH"], "PYTHONIOENCODING": "utf-8"})

    def test_good(self):
        done = self.heatmap([(8, [(0, 20, 20), (20, 64, 0)])], "--require", "95")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("PASS: recall at least 100.0 %", done.stdout)
        self.assertNotIn("\x1b", done.stdout)

    def test_bad_as_json(self):
        done = self.heatmap([(8, [(0, 40, 20), (40, 64, 0)])], "--require", "95", "--json")
        self.assertEqual(done.returncode, 1, done.stderr)
        scores = json.loads(done.stdout)
        self.assertEqual((scores["passed"], scores["phases"][0]["precision"]), (False, 0.5))


if __name__ == "__main__":
    unittest.main(testRunner=TapRunner)
