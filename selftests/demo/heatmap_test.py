#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Tests of scripts/heatmap: recordings small enough to score by hand."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

TOP = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..")
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(TOP, "scripts", "heatmap.d"))

import layout
import palette
import picture
import ranges
import recording
import report
import score

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


class CommandLine(Files):
    def heatmap(self, snapshots, *options):
        record = self.file("record", record_text(snapshots))
        truth = self.file("truth", truth_text((0, 64), [(0, [(0, 20)])]))
        return subprocess.run([os.path.join(TOP, "scripts", "heatmap"), record, truth, *options],
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
    unittest.main()
