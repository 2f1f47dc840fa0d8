"""A bar on standard error for a run that takes its time, where somebody sits before a terminal."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

AFTER = 1.0  # seconds: what is over sooner needs no bar


class Bar:
    """Told after each file how many of how many are done. It is gone from the screen when it is closed.

    It works without a thread: processes are forked, which only a program with one thread can do safely.
    """

    def __init__(self, wanted: bool, color: bool | None = None) -> None:
        """`wanted`, if there is a terminal; `color` None: as the environment says."""
        self._color = color
        self._wanted = wanted and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._begun = time.monotonic()
        self._bar: Progress | None = None

    def __call__(self, done: int, total: int) -> None:
        """`done` of `total` files are done."""
        if not self._wanted or time.monotonic() - self._begun < AFTER:
            return
        if self._bar is None:
            self._bar = _made(total, self._color)
        self._bar.update(self._bar.task_ids[0], completed=done, total=total)
        self._bar.refresh()

    def close(self) -> None:
        """Take it off the screen."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def _made(total: int, color: bool | None) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("Checking"), BarColumn(), MofNCompleteColumn(), TextColumn("files"), TimeRemainingColumn())
    bar = Progress(
        *columns,
        console=Console(stderr=True, no_color=None if color is None else not color),
        auto_refresh=False,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    bar.add_task("", total=total)
    bar.start()
    return bar
