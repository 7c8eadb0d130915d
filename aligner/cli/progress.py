"""A progress bar on standard error, for a person who waits."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Progress, TaskID

PATIENCE = 2.0  # seconds without a word; a bar that flashes up and goes tells nobody anything


class ProgressBar:
    """Call it as ``progress(stage, done, total)``; it shows itself on a terminal, once the work lasts.

    With the rate, in sentences or documents, and the time that is left.
    """

    def __init__(self, quiet: bool = False) -> None:
        self._wanted = not quiet and sys.stderr is not None and sys.stderr.isatty()
        self._start = time.monotonic()
        self._bar: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._starts: dict[tuple[str, int], tuple[float, int]] = {}  # when a stage was first seen, how far it was then

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show how far a stage has come."""
        if not self._wanted or time.monotonic() - self._start < PATIENCE:
            return
        if self._bar is None:
            self._bar = _bar()
            self._bar.start()
        if stage not in self._tasks:
            self._tasks[stage] = self._bar.add_task(stage.capitalize(), total=total, rate="")
        start, before = self._starts.setdefault((stage, total), (time.monotonic(), done))
        speed = (done - before) / (time.monotonic() - start) if done > before else 0.0
        rate = f"{speed:,.{int(speed < 10)}f}/s" if speed else ""
        self._bar.update(self._tasks[stage], completed=done, total=total, rate=rate)


def _bar() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=Console(stderr=True), transient=True)
