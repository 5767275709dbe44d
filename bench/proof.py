"""The register itself: how long it takes to fill, and to prove intact (REG-05)."""

from __future__ import annotations

import time

from customers import registers

from . import databases
from .figures import Figure
from .pages import Scene

now = time.perf_counter


def filling(lines: int, seconds: float) -> Figure:
    """How long the test data took; no goal."""
    return Figure(f"filling {lines:,} lines", seconds, "s")


def verified(scene: Scene) -> Figure:
    """How long the proof takes; a fault is an error of the benchmark."""
    databases.use(scene.database)
    began = now()
    fault = registers.fault(scene.place.office)
    if fault:
        raise RuntimeError(f"the register is not intact: {fault}")
    return Figure(
        f"verify_register, {scene.lines:,} lines", now() - began, "s", most=10 * max(1, scene.lines / 100_000)
    )
