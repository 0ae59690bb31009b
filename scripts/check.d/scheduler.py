# SPDX-License-Identifier: GPL-2.0
"""Runs jobs, a fixed number at a time, those on the longest path first, until all have ended or the time is over."""

import os
import signal
import subprocess
import time

# What a job gets to scan logs and to clean up when it is told to end.
GRACE_S = 20


class Job:
    """A shell command; it starts when the jobs it needs have ended well.

    @seconds is a guess, for the order only; after @limit seconds it hangs.  A job that only makes what others need
    shows no tests (@makes).  @retry is a command that runs the tests in "$@" once more, if one may be tried again.
    """

    def __init__(self, part, name, command, *, needs=(), seconds=30, limit=1800, makes=False, retry=None):
        self.part, self.name, self.command, self.needs = part, name, command, tuple(needs)
        self.seconds, self.limit, self.makes, self.retry = seconds, limit, makes, retry
        self.ended = None  # "done", "cut off, ...", "left out, ..."
        self.status = None
        self.took = 0
        self.log = None
        self.process = None
        self.began = None

    def __str__(self):
        return self.part if self.name == self.part else f"{self.part} {self.name}"

    @property
    def is_good(self):
        return self.ended == "done" and self.status == 0

    def start(self, directory, environment):
        self.log = os.path.join(directory, f"{self.part}-{self.name}.log")
        self.began = time.monotonic()
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(["bash", "-c", self.command], stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=subprocess.STDOUT, env=environment, start_new_session=True)

    def poll(self):
        self.took = time.monotonic() - self.began
        self.status = self.process.poll()
        return self.status is not None

    def end_now(self, grace=GRACE_S):
        """Asks the job itself first, so that virtual machines hand over their console; then ends all of its session."""
        kill(self.process.pid, signal.SIGTERM)
        self.wait(lambda: self.process.poll() is None, grace)
        for sign in (signal.SIGTERM, signal.SIGKILL):
            for pid in session(self.process.pid):
                kill(pid, sign)
            self.wait(lambda: self.process.poll() is None or session(self.process.pid), 5)

    @staticmethod
    def wait(goes_on, seconds):
        until = time.monotonic() + seconds
        while goes_on() and time.monotonic() < until:
            time.sleep(0.1)


def kill(pid, sign):
    try:
        os.kill(pid, sign)
    except ProcessLookupError:
        pass


def session(leader):
    """The living processes of the session: what jobs start has process groups of its own, but no sessions."""
    members = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[0] not in "ZX" and int(fields[3]) == leader:
            members.append(int(name))
    return members


class Scheduler:
    def __init__(self, jobs, directory, *, slots=2, until=None, environment=None, started=print, ended=print,
                 beat=None):
        self.waiting, self.running = list(jobs), []
        self.directory, self.slots, self.until = directory, slots, until
        self.environment = environment
        self.started, self.ended, self.beat = started, ended, beat
        self.by_name = {(job.part, job.name): job for job in jobs}
        self.path = {}
        for job in jobs:
            self.longest_path(job)

    def longest_path(self, job):
        """Seconds from the beginning of @job to the end of the last one that needs it."""
        if job not in self.path:
            self.path[job] = job.seconds + max(
                (self.longest_path(other) for other in self.by_name.values() if (job.part, job.name) in other.needs),
                default=0)
        return self.path[job]

    def run(self):
        last_beat = time.monotonic()
        try:
            while self.waiting or self.running:
                self.start_what_can()
                if self.running:
                    time.sleep(0.2)
                self.end_what_has_ended()
                if self.until and time.time() >= self.until:
                    self.stop("as the time is over")
                if self.beat and time.monotonic() - last_beat >= 60:
                    last_beat = time.monotonic()
                    self.beat(self.running)
        except BaseException:
            for job in self.running:
                job.end_now(2)
            raise

    def start_what_can(self):
        for job in sorted(self.waiting, key=lambda job: -self.path[job]):
            needed = [self.by_name[name] for name in job.needs]
            lacking = [each for each in needed if each.ended and not each.is_good]
            if lacking:
                self.give_up(job, f"left out, as it needs '{lacking[0]}'")
            elif len(self.running) < self.slots and all(each.ended for each in needed):
                self.waiting.remove(job)
                self.running.append(job)
                job.start(self.directory, self.environment)
                self.started(job)

    def end_what_has_ended(self):
        for job in list(self.running):
            if job.poll():
                self.finish(job, "done")
            elif job.took > job.limit:
                job.end_now()
                self.finish(job, f"cut off, as it took longer than {job.limit} s")

    def stop(self, why):
        for job in list(self.running):
            job.end_now()
            self.finish(job, f"cut off, {why}")
        for job in list(self.waiting):
            self.give_up(job, f"left out, {why}")

    def finish(self, job, how):
        job.ended = how
        self.running.remove(job)
        self.ended(job)

    def give_up(self, job, why):
        job.ended = why
        self.waiting.remove(job)
        self.ended(job)
