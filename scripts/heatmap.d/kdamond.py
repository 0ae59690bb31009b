# SPDX-License-Identifier: GPL-2.0
"""Snapshots of a running kdamond: the binary file that include/uapi/damonxx.h describes."""

import errno
import os
import struct
from typing import NamedTuple

from recording import BadFile, Region

ROOT = "/sys/kernel/mm/damonxx/admin"
OPERATIONS = ("vaddr", "fvaddr", "paddr")

MAGIC = b"damonxxS"
VERSION = 1
HEADER = struct.Struct("=8s6I5Q4I")
TARGET = struct.Struct("=IiIIII")
REGION = struct.Struct("=QQIIII8s")
PAUSED = 1
GONE = 1


class Target(NamedTuple):
    index: int
    pid: int
    is_gone: bool
    regions: list  # in bytes


class Snapshot(NamedTuple):
    ns: int
    sample_us: int
    aggr_us: int
    max_accesses: int
    operations: str
    is_paused: bool
    targets: list


class Ended(Exception):
    """The kdamond does not run, or is gone."""


def parse(data):
    """A Snapshot; ValueError, with what is wrong, if @data is none."""
    if len(data) < HEADER.size or not data.startswith(MAGIC):
        raise ValueError("it is no snapshot of damonxx")
    (_, version, header_bytes, target_bytes, region_bytes, nr_targets, nr_regions, ns, _, sample_us, aggr_us, unit,
     window, _, operations, flags) = HEADER.unpack_from(data)
    if version != VERSION:
        raise ValueError(f"it is of version {version}, and only {VERSION} is known here")
    if header_bytes < HEADER.size or target_bytes < TARGET.size or region_bytes < REGION.size:
        raise ValueError("its records are shorter than those of its version")
    regions_at = header_bytes + nr_targets * target_bytes
    if len(data) < regions_at + nr_regions * region_bytes:
        raise ValueError(f"it is cut off: {len(data)} bytes of {regions_at + nr_regions * region_bytes}")
    targets = []
    for i in range(nr_targets):
        index, pid, first, count, target_flags, _ = TARGET.unpack_from(data, header_bytes + i * target_bytes)
        if first + count > nr_regions:
            raise ValueError(f"target {index} has more regions than there are")
        regions = []
        for at in range(regions_at + first * region_bytes, regions_at + (first + count) * region_bytes, region_bytes):
            start, end, nr_accesses, _, age, _, _ = REGION.unpack_from(data, at)
            regions.append(Region(start * unit, end * unit, nr_accesses, age))
        targets.append(Target(index, pid, bool(target_flags & GONE), regions))
    name = OPERATIONS[operations] if operations < len(OPERATIONS) else f"operations {operations}"
    return Snapshot(ns, sample_us, aggr_us, max(1, window), name, bool(flags & PAUSED), targets)


def _state(path):
    try:
        with open(path, encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return ""


def find(which, root=ROOT):
    """The path of the snapshot file that is meant by a number, a directory, a file, or None: the first that runs."""
    if which is None:
        base = os.path.join(root, "kdamonds")
        if not os.path.isdir(base):
            raise BadFile(f"there is no {base}: is damonxx loaded, and are you root?")
        for number in sorted((n for n in os.listdir(base) if n.isdigit()), key=int):
            if _state(os.path.join(base, number, "state")) == "on":
                return find(number, root)
        raise BadFile("no kdamond is running")
    if which.isdigit():
        which = os.path.join(root, "kdamonds", which)
    for below in ("", "snapshot", "contexts/0/snapshot"):
        path = os.path.join(which, below) if below else which
        if os.path.exists(path) and not os.path.isdir(path):
            return path
    raise BadFile(f"there is no snapshot file in {which}")


class Source:
    """A snapshot file that is kept open: each read() is a new snapshot."""

    def __init__(self, path):
        self.path = path
        self._room = 1 << 20
        try:
            self._fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise BadFile(f"cannot open {path}: {error.strerror}") from None

    def close(self):
        os.close(self._fd)

    def read(self):
        while True:
            try:
                data = os.pread(self._fd, self._room, 0)
            except OSError as error:
                if error.errno == errno.ECANCELED:
                    raise Ended("the kdamond does not run any more") from None
                if error.errno == errno.ENODEV:
                    raise Ended("the kdamond's directory is gone") from None
                if error.errno == errno.EINVAL:
                    raise Ended("the kdamond was never turned on") from None
                raise BadFile(f"cannot read {self.path}: {error.strerror}") from None
            if len(data) < self._room:
                break
            self._room *= 2  # a part of one is of no use: the next read gives another
        try:
            return parse(data)
        except ValueError as problem:
            raise BadFile(f"{self.path}: {problem}") from None
