# SPDX-License-Identifier: GPL-2.0
"""What is at an address: the mappings of a process, or the machine's memory."""

import os

from recording import Mapping


def of_process(pid):
    """Its mappings; none if it is gone."""
    mappings = []
    try:
        with open(f"/proc/{pid}/maps", encoding="utf-8", errors="replace") as file:
            for line in file:
                words = line.split(None, 5)
                start, end = words[0].split("-")
                mappings.append(Mapping(int(start, 16), int(end, 16), words[5].strip() if len(words) > 5 else ""))
    except (OSError, ValueError, IndexError):
        pass
    return mappings


def _number(path, base):
    with open(path, encoding="ascii") as file:
        return int(file.read(), base)


def nodes(root="/sys/devices/system"):
    """(start, end, node) of each block of memory; [] where the kernel does not tell."""
    blocks = []
    try:
        size = _number(f"{root}/memory/block_size_bytes", 16)
        for node in (n for n in os.listdir(f"{root}/node") if n.startswith("node") and n[4:].isdigit()):
            for block in (b for b in os.listdir(f"{root}/node/{node}") if b.startswith("memory") and b[6:].isdigit()):
                at = _number(f"{root}/node/{node}/{block}/phys_index", 16) * size
                blocks.append((at, at + size, int(node[4:])))
    except (OSError, ValueError):
        return []
    return sorted(blocks)


def ram(iomem="/proc/iomem"):
    """(start, end) of what is System RAM; zeroes are what the kernel shows to others than root."""
    found = []
    try:
        with open(iomem, encoding="ascii", errors="replace") as file:
            for line in file:
                where, _, what = line.partition(" : ")
                if what.strip() == "System RAM":
                    start, end = (int(word, 16) for word in where.split("-"))
                    if end:
                        found.append((start, end + 1))
    except (OSError, ValueError):
        pass
    return found


def of_memory(ranges, blocks):
    """Named by node, if there is more than one."""
    if len({node for _, _, node in blocks}) < 2:
        return [Mapping(start, end, "System RAM") for start, end in ranges]
    named = []
    for start, end in ranges:
        for low, high, node in blocks:
            low, high = max(low, start), min(high, end)
            name = f"System RAM, node {node}"
            if low >= high:
                continue
            if named and named[-1].end == low and named[-1].name == name:
                low = named.pop().start
            named.append(Mapping(low, high, name))
    return named


def of_target(snapshot, target):
    if snapshot.operations == "paddr":
        return of_memory(ram(), nodes())
    return of_process(target.pid)
