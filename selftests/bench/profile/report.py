#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Where the instructions of a kdamond go: by phase and by call path, per sample and per region.

COUNTS is what profile_plugin.c wrote, KALLSYMS the guest's /proc/kallsyms, RAW what guest.sh printed.
"""

import argparse
import bisect
import re
import subprocess
import sys
from collections import Counter, defaultdict

# The outermost of these on a call path names the phase.
PHASES = (
    ("plan", "damon::region_table::pick_checks"),
    ("clear", "kapi_prepare_access_checks"),
    ("test", "kapi_check_accesses"),
    ("clear", "kapi_phys_prepare_access_checks"),
    ("test", "kapi_phys_check_accesses"),
    ("count", "damon::region_table::count_accesses"),
    ("aggregate", "damon::region_adjustment::"),
    ("schemes", "damon::apply_schemes"),
    ("follow mappings", "damon::(anonymous namespace)::follow_mappings"),
    ("sleep", "kapi_thread_sleep_until"),
    ("clear", "damon_va_prepare_access_checks"),
    ("test, count", "damon_va_check_accesses"),
    ("clear", "damon_pa_prepare_access_checks"),
    ("test, count", "damon_pa_check_accesses"),
    ("follow mappings", "damon_va_update"),
    ("sleep", "usleep_range_state"),
    ("sleep", "schedule_timeout_idle"),
)
# Called once in a sample.
BEGINS_SAMPLE = ("kapi_prepare_access_checks", "kapi_phys_prepare_access_checks", "damon_va_prepare_access_checks",
                 "damon_pa_prepare_access_checks")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("counts", metavar="COUNTS")
    parser.add_argument("kallsyms", metavar="KALLSYMS")
    parser.add_argument("raw", metavar="RAW")
    parser.add_argument("--least", type=float, default=0.5, metavar="PERCENT",
                        help="leave out call paths with less of the whole (0.5)")
    parser.add_argument("--annotate", nargs=2, metavar=("SYMBOL", "FILE.ko"),
                        help="instead: how often each instruction of this function runs, per region and sample")
    return parser.parse_args()


class Symbols:
    def __init__(self, path):
        entries = []
        with open(path, encoding="ascii") as file:
            for line in file:
                address, kind, name = line.split()[:3]
                if kind in "tTwW" and not name.startswith("__pfx_"):
                    entries.append((int(address, 16), name))
        entries.sort()
        self.addresses = [address for address, _ in entries]
        self.raw = [name for _, name in entries]
        self.names = subprocess.run(["c++filt", "-p"], input="\n".join(self.raw), check=True, text=True,
                                    capture_output=True).stdout.split("\n")

    def name(self, address):
        return self.names[bisect.bisect_right(self.addresses, address) - 1]

    def address(self, raw_name):
        return self.addresses[self.raw.index(raw_name)]


class Node:
    """One call path."""

    def __init__(self, parent, stack, name, function):
        self.parent = parent
        self.stack = stack
        self.name = name
        self.function = function
        self.children = []
        self.own = 0
        self.total = 0
        self.calls = 0
        self.blocks = []        # (address, instructions, times)
        self.phase = parent.phase if parent else None
        if not self.phase:
            self.phase = next((phase for phase, start in PHASES if name.startswith(start)), None)


def load(path, symbols):
    nodes = {}
    with open(path, encoding="ascii") as file:
        for line in file:
            word, *rest = line.split()
            a, b, c, d = (int(text, 16) for text in rest)
            if word == "node":
                nodes[a] = Node(nodes.get(b), c, symbols.name(d) if d else "(thread)", d)
                if b:
                    nodes[b].children.append(nodes[a])
            else:
                nodes[a].blocks.append((b, c, d))
                nodes[a].own += c * d
                nodes[a].calls += d if b == nodes[a].function else 0
    for node in reversed(nodes.values()):
        node.total += node.own
        if node.parent:
            node.parent.total += node.total
    return list(nodes.values())


def regions_of(path):
    with open(path, encoding="ascii") as file:
        for line in file:
            if line.startswith("regions "):
                listed = [int(n) for n in line.split()[1:] if n != "0"]
                if listed:
                    return sum(listed) / len(listed)
    sys.exit("profile: the guest did not say how many regions there were.")


def phase_table(nodes, samples, regions):
    phases = Counter()
    for node in nodes:
        phases[node.phase or "the rest"] += node.own
    yield f"{'phase':<16} {'per sample':>11} {'per region':>11}"
    for phase, count in phases.most_common():
        yield f"{phase:<16} {count / samples:>11.0f} {count / samples / regions:>11.1f}"
    yield f"{'all':<16} {sum(phases.values()) / samples:>11.0f} {sum(phases.values()) / samples / regions:>11.1f}"


def path_lines(node, samples, regions, least, depth=0):
    if node.total < least:
        return
    yield (f"{node.total / samples:>11.0f} {node.total / samples / regions:>9.1f}"
           f" {node.own / samples / regions:>9.1f} {node.calls / samples:>9.1f}  {'  ' * depth}{node.name}")
    for child in sorted(node.children, key=lambda n: -n.total):
        yield from path_lines(child, samples, regions, least, depth + 1)


def function_lines(nodes, samples, regions, least, symbols):
    functions = Counter()
    for node in nodes:
        for address, instructions, times in node.blocks:
            functions[symbols.name(address)] += instructions * times
    for name, count in functions.most_common():
        if count >= least:
            yield f"{count / samples:>11.0f} {count / samples / regions:>9.1f}  {name}"


def annotated(nodes, samples, regions, symbols, symbol, module):
    text = subprocess.run(["objdump", "-dr", "--no-show-raw-insn", f"--disassemble={symbol}", module], check=True,
                          text=True, capture_output=True).stdout
    found = re.findall(r"^\s*([0-9a-f]+):\t(?!.*R_X86)(.*)$", text, re.MULTILINE)
    offsets = [int(address, 16) - int(found[0][0], 16) for address, _ in found]
    index = {offset: i for i, offset in enumerate(offsets)}
    times_of = defaultdict(int)
    for node in nodes:
        for address, instructions, times in node.blocks:
            first = index.get(address - symbols.address(symbol))
            for i in range(first or 0, first + instructions if first is not None else 0):
                times_of[i] += times
    for i, (_, instruction) in enumerate(found):
        yield f"{times_of[i] / samples / regions:>8.3f} {offsets[i]:>6x}  {instruction}"


def main():
    args = arguments()
    symbols = Symbols(args.kallsyms)
    nodes = load(args.counts, symbols)
    begins = [node for node in nodes if node.name in BEGINS_SAMPLE]
    if not begins:
        sys.exit("profile: no kdamond ran between the markers.")
    stack = max(begins, key=lambda n: n.total).stack
    nodes = [node for node in nodes if node.stack == stack]
    samples = sum(node.calls for node in begins if node.stack == stack)
    regions = regions_of(args.raw)
    whole = sum(node.own for node in nodes)
    least = whole * args.least / 100

    if args.annotate:
        print("\n".join(annotated(nodes, samples, regions, symbols, *args.annotate)))
        return
    print(f"instructions of the kdamond in {samples} samples of {regions:.0f} regions\n")
    print("\n".join(phase_table(nodes, samples, regions)))
    print(f"\n{'per sample':>11} {'per region':>9} {'own':>9} {'calls':>9}  call path")
    for node in nodes:
        if not node.parent:
            print("\n".join(path_lines(node, samples, regions, least)))
    print(f"\n{'per sample':>11} {'per region':>9}  function, without what it calls")
    print("\n".join(function_lines(nodes, samples, regions, least, symbols)))


if __name__ == "__main__":
    main()
