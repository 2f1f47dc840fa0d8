"""`--watch`: a run for every change of the files, until it is interrupted."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, NoReturn

from tapelint.config import NAMES
from tapelint.files import NoSuchPath, is_code
from tapelint.gitignore import NAME

if TYPE_CHECKING:
    from watchfiles import Change


class CannotWatch(Exception):
    """Watching needs something that is not there; one line."""


def watch(paths: Sequence[str], look: Callable[[], object]) -> NoReturn:
    """Call `look` now, and again whenever a file at or below `paths` has changed. Ends with KeyboardInterrupt only.

    Raises CannotWatch where watchfiles is not installed, NoSuchPath.
    """
    try:
        import watchfiles
    except ImportError:
        raise CannotWatch("--watch needs watchfiles: pip install 'tapelint[watch]'") from None
    for path in paths:
        if not os.path.exists(path):
            raise NoSuchPath(path)
    _again(look, "")
    for changed in _changes(watchfiles, paths):
        _again(look, changed)
    raise KeyboardInterrupt


def _changes(watchfiles: ModuleType, paths: Sequence[str]) -> Iterator[str]:
    """What has changed, in a few words, each time."""
    ignored = watchfiles.DefaultFilter(ignore_entity_patterns=(), ignore_paths=())

    def matters(change: Change, path: str) -> bool:
        name = os.path.basename(path)
        return (is_code(name) or name in (*NAMES, NAME)) and ignored(change, path)

    for changes in watchfiles.watch(*paths, watch_filter=matters, raise_interrupt=True):
        names = sorted({os.path.relpath(path) for _, path in changes})
        yield names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def _again(look: Callable[[], object], changed: str) -> None:
    if sys.stdout.isatty():
        sys.stdout.write("\x1b[H\x1b[2J\x1b[3J")
    if changed:
        print(f"tapelint: {changed} changed", file=sys.stderr)
    look()
    sys.stdout.flush()
    print("tapelint: watching for changes (Ctrl-C ends it)", file=sys.stderr, flush=True)
