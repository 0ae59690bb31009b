# SPDX-License-Identifier: GPL-2.0
"""The parts of the tests, and the jobs that each is made of."""

import os
import subprocess

from scheduler import Job

PARTS = ("boundary", "headers61", "tools", "host", "fuzz", "kunit", "upstream", "torture", "vm", "debug")
LONG_PARTS = ("tsan", "soak", "mutants")

MODULES = Job("build", "modules", "scripts/kbuild/vm-module", seconds=60, limit=2700, makes=True)
HOST = Job("build", "host", "make -C selftests/host --no-print-directory build", seconds=120, limit=2700, makes=True)
KERNEL = Job("build", "kernel", "selftests/vm/own-kernel debug", seconds=20, limit=3600, makes=True)
KUNIT = Job("build", "kunit", "scripts/kbuild/build-for -t debug build/kunit", needs=[("build", "kernel")],
            seconds=60, limit=2700, makes=True)
DEBUG = Job("build", "debug", "scripts/kbuild/build-for debug build/debug", needs=[("build", "kernel")],
            seconds=60, limit=2700, makes=True)
KCSAN = Job("build", "kcsan", "scripts/kbuild/build-for kcsan build/kcsan", seconds=900, limit=7200, makes=True)
LINUX61 = Job("build", "6.1", "scripts/setup headers61 && scripts/kbuild/headers61", seconds=60, limit=2700, makes=True)
IN_TREE = Job("build", "in-tree", "scripts/kbuild/in-tree build/in-tree", needs=[("build", "kernel")],
              seconds=100, limit=2700, makes=True)
IMAGE = "build/in-tree/tree/build/vmlinux"


def key(job):
    return job.part, job.name


def machines(part, arguments, needs):
    """One job for each virtual machine of the selftests."""
    listed = subprocess.run(["selftests/damonxx/run-in-vm", "-l", *arguments], check=True, capture_output=True,
                            text=True).stdout
    for line in listed.splitlines():
        name, seconds = line.split()
        command = f"exec selftests/damonxx/run-in-vm {' '.join(arguments)} -M {name}"
        yield Job(part, name, command, needs=needs, seconds=int(seconds), limit=1900, retry=f'{command} "$@"')


def boot_arguments():
    """What modules_boot.sh expects on the kernel's command line."""
    with open("selftests/damonxx/modules_boot.sh", encoding="utf-8") as file:
        return " ".join(line[len("# boot: "):].strip() for line in file if line.startswith("# boot: "))


def boundary():
    yield MODULES
    for name, what in (("self-test", "--self-test"), ("modules", "build/vm")):
        yield Job("boundary", name, f"scripts/check-boundary {what} && echo ok check-boundary {what}",
                  needs=[key(MODULES)], seconds=5)


def headers61():
    """Compiles for Debian's 6.1, and runs there: it is a kernel without DAMON, and without PG_idle."""
    yield LINUX61
    yield Job("headers61", "headers61", "exec selftests/damonxx/run-in-vm -k 6.1-cloud -m build/headers61/damonxx.ko "
              "-M accuracy accuracy.sh paddr.sh", needs=[key(LINUX61)], seconds=60)


def tools():
    """The tests of the test tools."""
    yield Job("tools", "heat-map", "exec python3 selftests/demo/heatmap_test.py", seconds=10)
    yield Job("tools", "machines", "exec selftests/vm/selftest", seconds=150)
    yield Job("tools", "check", "exec selftests/check/selftest", seconds=20)
    yield Job("tools", "claims", "scripts/check-claims --self-test && exec scripts/check-claims", seconds=5)
    yield Job("tools", "version", "exec scripts/check-version", seconds=1)
    yield Job("tools", "mutants", "exec selftests/mutants/selftest", seconds=10)
    yield Job("tools", "documents",
              "make --no-print-directory doc && echo ok documents: Sphinx makes them without a warning", seconds=30)


def host():
    yield HOST
    for shard in range(2):
        yield Job("host", f"shard-{shard}",
                  f"exec make -C selftests/host --no-print-directory jobs=2 shard-{shard}",
                  needs=[key(HOST)], seconds=60, limit=900)
    yield Job("host", "abi", "exec scripts/abi --check", needs=[key(HOST)], seconds=10)


def fuzz():
    yield HOST
    yield Job("fuzz", "fuzz", "exec selftests/fuzz/replay", needs=[key(HOST)], seconds=60, limit=900)


def tsan():
    """Races between the threads of the core's torture test."""
    yield Job("tsan", "tsan", "exec make -C selftests/host --no-print-directory check-tsan jobs=1 'FILTER=torture*'",
              seconds=150, limit=1200)


def kunit():
    """The unit tests in a kernel: in modules, and built in; there, selftests without any module."""
    yield from (KERNEL, KUNIT, IN_TREE)
    yield Job("kunit", "modules", "exec selftests/vm/kunit build/kunit/damonxx{,_stat,_tier}.ko",
              needs=[key(KUNIT)], seconds=60)
    yield Job("kunit", "built-in", f"exec selftests/vm/kunit -k {IMAGE}", needs=[key(IN_TREE)], seconds=60)
    yield Job("kunit", "selftests", f"exec selftests/vm/built-in -s 10 {IMAGE} schemes.sh",
              needs=[key(IN_TREE)], seconds=120)
    yield Job("kunit", "parameters",
              f"exec selftests/vm/built-in -s 10 -a '{boot_arguments()}' {IMAGE} modules_boot.sh",
              needs=[key(IN_TREE)], seconds=60)


def upstream():
    yield MODULES
    yield Job("upstream", "upstream", "exec selftests/upstream/run -m build/vm/damonxx.ko", needs=[key(MODULES)],
              seconds=200)


def torture():
    yield MODULES
    yield Job("torture", "torture", "exec selftests/torture/run -s 20", needs=[key(MODULES)], seconds=45)


def vm():
    yield MODULES
    yield from machines("vm", ["-m", "build/vm/damonxx.ko"], [key(MODULES)])
    yield Job("vm", "observe", "exec selftests/observe/run -m build/vm/damonxx.ko", needs=[key(MODULES)], seconds=60)


def debug():
    yield from (KERNEL, DEBUG)
    yield from machines("debug", ["-D", "-m", "build/debug/damonxx.ko"], [key(DEBUG)])


def soak():
    """Races for minutes instead of seconds, with other seeds each time; and what the debug kernel takes too long for."""
    yield from (MODULES, KERNEL, DEBUG, KCSAN)
    modules_for = {"stock": MODULES, "debug": DEBUG, "kcsan": KCSAN}
    with open("selftests/soak", encoding="utf-8") as file:
        for number, line in enumerate(line for line in file if line.strip() and not line.startswith("#")):
            kernel, _, command = line.strip().partition(" ")
            yield Job("soak", str(number), command, needs=[key(modules_for[kernel])],
                      seconds=900, limit=7200)


def mutants():
    """The tests' own test."""
    yield from (MODULES, KERNEL)
    yield Job("mutants", "mutants", "exec selftests/mutants/run", needs=[key(MODULES), key(KERNEL)], seconds=9000,
              limit=36000)


def of_parts(parts):
    """The jobs of these parts, each once."""
    jobs = {}
    for part in parts:
        for job in globals()[part]():
            jobs.setdefault(key(job), job)
    return list(jobs.values())


def directory_of_the_tree():
    return os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
