#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Tables and JSON of what guest.sh printed (on stdin)."""

import argparse
import json
import statistics
import sys

SAMPLE_NS = 5_000_000
SAMPLES_PER_ROUND = 20


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shift", type=int, required=True, help="an instruction takes 2^SHIFT ns in the guest")
    parser.add_argument("--mib", type=int, required=True, help="size of the workload")
    parser.add_argument("--kernel", default="")
    parser.add_argument("--json", metavar="FILE")
    return parser.parse_args()


class Cost:
    """One kdamond, window by window."""

    def __init__(self, tree, space, asked):
        self.tree = tree
        self.space = space
        self.asked = int(asked)
        self.windows = []
        self.ns_per_instruction = 0.0
        self.tried = 0
        self.regions = 0

    def per_region(self):
        """Instructions per region and sample, of each window."""
        return [cpu_ns / self.ns_per_instruction / sleeps / self.regions for _, cpu_ns, sleeps in self.windows]

    def samples(self):
        return sum(sleeps for _, _, sleeps in self.windows)

    def rate(self):
        """Samples taken, of those asked for."""
        return self.samples() * SAMPLE_NS / sum(time_ns for time_ns, _, _ in self.windows)

    def rate_by_tried(self):
        """The same, by what the scheme tried in the windows and a little before and after them."""
        samples = self.tried / self.regions * SAMPLES_PER_ROUND
        return samples * SAMPLE_NS / sum(time_ns for time_ns, _, _ in self.windows)

    def busy(self):
        return sum(w[1] for w in self.windows) / sum(w[0] for w in self.windows)

    def as_json(self):
        values = self.per_region()
        return {
            "tree": self.tree, "space": self.space, "regions_asked": self.asked, "regions": self.regions,
            "instructions_per_region_and_sample": {
                "median": statistics.median(values), "min": min(values), "max": max(values), "windows": values},
            "ns_per_instruction": self.ns_per_instruction,
            "samples_taken": self.rate(), "samples_taken_by_tried": self.rate_by_tried(),
            "cpu": self.busy(),
        }


class Command:
    """One keyword, given again and again."""

    def __init__(self, tree, keyword):
        self.tree = tree
        self.keyword = keyword
        self.regions = 0
        self.times = []
        self.cpu_times = []

    def as_json(self):
        return {"tree": self.tree, "regions": self.regions, "keyword": self.keyword,
                "time_ns": self.times, "caller_cpu_ns": self.cpu_times}


def parse(lines):
    costs, commands, part = [], [], []
    for line in lines:
        word, *rest = line.split() or [""]
        if word == "cost":
            costs.append(Cost(*rest))
            part = []
        elif word == "window":
            costs[-1].windows.append([int(n) for n in rest])
        elif word == "speed":
            costs[-1].ns_per_instruction = int(rest[0]) / 1000
        elif word == "tried":
            costs[-1].tried = int(rest[0])
        elif word == "commands":
            part = []
            tree = rest[0]
        elif word == "command":
            if not part or part[-1].keyword != rest[0]:
                part.append(Command(tree, rest[0]))
                commands.append(part[-1])
            part[-1].times.append(int(rest[1]))
            part[-1].cpu_times.append(int(rest[2]))
        elif word == "regions":
            for command in part:
                command.regions = int(rest[0])
            if not part:
                # The kernel's DAMON lists none if a round comes too late.
                listed = [int(n) for n in rest if n != "0"]
                costs[-1].regions = statistics.mean(listed) if listed else costs[-1].asked
        elif word:
            sys.stderr.write(line)
    return costs, commands


def cost_table(costs):
    yield f"{'kdamond':<9} {'space':<5} {'regions':>8}  {'instructions per region and sample':^36}  {'samples':>8}  {'of one':>6}"
    yield f"{'':<9} {'':<5} {'':>8}  {'median':>10} {'min':>12} {'max':>12}  {'taken':>8}  {'CPU':>6}"
    for cost in costs:
        values = cost.per_region()
        yield (f"{cost.tree:<9} {cost.space:<5} {cost.regions:>8.0f}  {statistics.median(values):>10.1f} {min(values):>12.1f}"
               f" {max(values):>12.1f}  {100 * cost.rate():>6.1f} %  {100 * cost.busy():>4.1f} %")
        if abs(cost.rate() - cost.rate_by_tried()) > 0.05:
            yield f"{'':<9} but by what its scheme tried it took {100 * cost.rate_by_tried():.1f} % of the samples"


def command_line(command, name, times, cpu_times):
    return (f"{command.tree:<9} {command.regions:>8}  {name:<38} {len(times):>3}  "
            f"{statistics.median(times) / 1e6:>9.3f} {min(times) / 1e6:>9.3f} {max(times) / 1e6:>9.3f}  "
            f"{statistics.median(cpu_times) / 1e6:>9.3f}")


def command_table(commands):
    yield (f"{'kdamond':<9} {'regions':>8}  {'command, times':<42}  "
           f"{'ms: median':>9} {'min':>8} {'max':>9}  {'caller CPU':>9}")
    for command in commands:
        if command.keyword.endswith("tried_regions") and command.keyword.startswith("update"):
            yield command_line(command, command.keyword + ": first", command.times[:1], command.cpu_times[:1])
            yield command_line(command, command.keyword + ": again", command.times[1:], command.cpu_times[1:])
        else:
            yield command_line(command, command.keyword, command.times, command.cpu_times)


def main():
    args = arguments()
    costs, commands = parse(sys.stdin)
    if not costs:
        sys.exit("bench: the guest measured nothing.")
    speeds = [cost.ns_per_instruction for cost in costs]
    print(f"{args.mib} MiB of 4 KiB pages, 40 MiB of them hot; a sample each 5 ms, aggregation each 100 ms;\n"
          f"{2 ** args.shift} ns an instruction (a loop in the guest: {min(speeds):.3f} to {max(speeds):.3f})")
    print()
    print("\n".join(cost_table(costs)))
    if commands:
        print()
        print("\n".join(command_table(commands)))
    if args.json:
        with open(args.json, "w", encoding="ascii") as file:
            json.dump({"kernel": args.kernel, "mib": args.mib, "costs": [cost.as_json() for cost in costs],
                       "commands": [command.as_json() for command in commands]}, file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    main()
