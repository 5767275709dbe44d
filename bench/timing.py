"""Taking turns: what is compared runs A B A B … in one process, so that a busy machine slows both alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

FEWEST = 5


def nothing() -> None:
    """No preparation needed."""


@dataclass
class Job:
    """One of the things compared. ``before`` and ``after`` are not timed."""

    name: str
    run: Callable[[], object]
    before: Callable[[], object] = nothing
    after: Callable[[], object] = nothing
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def once(self) -> None:
        """Run and note wall time and CPU time."""
        self.before()
        wall, cpu = time.perf_counter(), time.thread_time()
        self.run()
        self.cpu.append(time.thread_time() - cpu)
        self.seconds.append(time.perf_counter() - wall)
        self.after()

    def warm(self, times: int = 2) -> None:
        """Run without noting, so that caches of either side are filled."""
        for _n in range(times):
            self.before()
            self.run()
            self.after()

    @property
    def median(self) -> float:
        """The median wall time in seconds."""
        return statistics.median(self.seconds)

    @property
    def p95(self) -> float:
        """The wall time in seconds that one run in twenty exceeds."""
        return sorted(self.seconds)[max(0, len(self.seconds) * 95 // 100 - 1)]

    @property
    def cpu_median(self) -> float:
        """The median CPU time of this process in seconds."""
        return statistics.median(self.cpu)


def interleave(jobs: Iterable[Job], *, rounds: int, limit: float) -> None:
    """Run the jobs in turn, ``rounds`` times or until ``limit`` seconds have passed; a few times at least."""
    jobs, end = list(jobs), time.monotonic() + limit
    for turn in range(rounds):
        if turn >= FEWEST and time.monotonic() > end:
            return
        for job in jobs:
            job.once()


def ratio(job: Job, floor: Job) -> float:
    """How many times the CPU of its floor the middle run of ``job`` takes.

    CPU first: wall time holds whatever else the machine does meanwhile.
    """
    return job.cpu_median / floor.cpu_median


def told(job: Job) -> str:
    """Median and 95th percentile of the wall time in milliseconds, and the CPU of it."""
    return f"p50 {job.median * 1e3:.2f} ms, p95 {job.p95 * 1e3:.2f} ms, CPU {job.cpu_median * 1e3:.2f} ms"
