"""What a terminal is for: completion, a bar for long runs, runs for each change, an interrupt."""

from __future__ import annotations

import os
import pty
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from stub import engine
from test_run import BAD, write

from tapelint import progress
from tapelint.cli import run, tapelint
from tapelint.watching import watch

__all__ = ["engine"]


def offered(*words: str) -> list[str]:
    *before, last = words
    found = ShellComplete(tapelint, {}, "tapelint", "_TAPELINT_COMPLETE").get_completions(before, last)
    return [f"{item.type}:{item.value}" if item.type != "plain" else str(item.value) for item in found]


# ------------------------------------------------------------------------ completion


def test_the_first_word_is_a_command_or_a_path() -> None:
    assert offered("") == ["check", "completion", "config", "explain", "rules", "trace", "file:"]
    assert offered("ex") == ["explain", "file:ex"]
    assert "--select" in offered("--se") and "--version" in offered("--v")
    assert offered("src", "--force") == ["--force-exclude"]
    assert offered("src", "") == ["file:"]
    assert offered("--config", "py") == ["file:py"]
    assert offered("--format", "g") == ["github", "gitlab"]


@pytest.mark.parametrize("before", [("explain",), ("--select",), ("check", "--ignore"), ("src", "--extend-select")])
def test_rules_are_offered(before: tuple[str, ...]) -> None:
    assert offered(*before, "numpy-c") == ["numpy-call"]
    assert offered(*before, "TL50") == ["TL501", "TL502", "TL503"]
    assert offered(*before, "numpy-call,singular-l") == ["numpy-call,singular-log"]
    assert "numpy-call" in offered(*before, "") and "TL101" not in offered(*before, "")
    assert "TL1" in offered(*before, "T") and offered(*before, "AL") == ["ALL"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_one_that_the_shell_reads(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    if shell == "bash" and shutil.which("bash") is None:
        pytest.skip("no bash")
    assert run(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert "_TAPELINT_COMPLETE" in script
    if shutil.which(shell):
        subprocess.run([shell, "-n" if shell != "fish" else "--no-execute"], input=script, text=True, check=True)


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_bash_asks_and_is_answered() -> None:
    environment = {**os.environ, "_TAPELINT_COMPLETE": "bash_complete", "COMP_WORDS": "tapelint explain numpy-c"}
    environment["COMP_CWORD"] = "2"
    done = subprocess.run(
        [sys.executable, "-m", "tapelint"], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "plain,numpy-call\n"


# --------------------------------------------------------------------- a real terminal


class Terminal:
    """A command of which every stream is a terminal, or standard error alone."""

    def __init__(self, arguments: list[str], only_errors: bool = False, **environment: str) -> None:
        self.leader, follower = pty.openpty()
        out = subprocess.PIPE if only_errors else follower
        signal.signal(signal.SIGINT, signal.default_int_handler)  # jobs in the background ignore it
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            stdin=follower,
            stdout=out,
            stderr=follower,
            env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", **environment},
            start_new_session=True,
        )
        os.close(follower)
        self.seen = ""

    def until(self, text: str, seconds: float = 20) -> str:
        """Read until `text` was seen."""
        end = time.monotonic() + seconds
        while text not in self.seen:
            assert time.monotonic() < end, self.seen
            if select.select([self.leader], [], [], 0.1)[0] and not self._read():
                assert text in self.seen, self.seen
        return self.seen

    def rest(self) -> str:
        """Read to the end."""
        while self._read():
            pass
        return self.seen

    def _read(self) -> bool:
        try:
            data = os.read(self.leader, 65536)
        except OSError:  # how Linux says that the other side is closed
            return False
        self.seen += data.decode("utf-8", "replace")
        return bool(data)


SLOW = """
import sys, time
from tapelint import progress
progress.AFTER = 0.0
from tapelint.cli import run
sys.exit(run(sys.argv[1:]))
"""


@pytest.fixture
def many(tmp_path: Path) -> Iterator[Path]:
    write(tmp_path, **{f"f{number}": BAD for number in range(6)})
    yield tmp_path


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_bar_for_a_long_run(many: Path, jobs: str) -> None:
    command = ["-c", SLOW, "--isolated", "--no-cache", "--jobs", jobs, "--format", "json", str(many)]
    terminal = Terminal(command, only_errors=True)
    assert terminal.process.stdout is not None
    out = terminal.process.stdout.read().decode()
    seen = terminal.rest()
    assert terminal.process.wait(10) == 0
    assert "Checking" in seen and "6/6" in seen
    assert out.startswith("{") and "Checking" not in out and "\x1b" not in out


@pytest.mark.parametrize("command", [[SLOW, "--quiet"], [SLOW.replace("AFTER = 0.0", "AFTER = 600.0")]])
def test_no_bar_where_none_is_wanted(many: Path, command: list[str]) -> None:
    more = ["--isolated", "--no-cache", "--format", "json", str(many)]
    terminal = Terminal(["-c", *command, *more], only_errors=True)
    assert "Checking" not in terminal.rest()
    assert terminal.process.wait(10) == 0


def test_no_bar_without_a_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "AFTER", 0.0)
    bar = progress.Bar(wanted=True)
    bar(1, 2)
    bar.close()
    assert capsys.readouterr() == ("", "")


# ------------------------------------------------------------------------- watching


def test_a_run_for_each_change(tmp_path: Path) -> None:
    pytest.importorskip("watchfiles")
    path = tmp_path / "a.py"
    path.write_text("x = 1\n")
    terminal = Terminal(["-m", "tapelint", "--isolated", "--no-cache", "--watch", str(tmp_path)])
    terminal.until("watching for changes")
    time.sleep(0.3)
    (tmp_path / "notes.txt").write_text("nothing to see")
    path.write_text("tape = tf.GradientTape(\n")
    seen = terminal.until("never closed")
    assert "a.py changed" in seen and "notes.txt" not in seen
    terminal.process.send_signal(signal.SIGINT)
    assert "Traceback" not in terminal.rest()
    assert terminal.process.wait(10) == 130


def test_what_watching_needs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["--watch", "-"]) == 2
    assert "standard input (-) cannot be watched" in capsys.readouterr().err
    assert run(["--watch", str(tmp_path / "nowhere")]) == 2
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    assert run(["--watch", str(tmp_path)]) == 2
    assert capsys.readouterr().err.endswith("--watch needs watchfiles: pip install 'tapelint[watch]'\n")


def test_a_mistake_does_not_end_the_watch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watchfiles = pytest.importorskip("watchfiles")
    monkeypatch.setattr(watchfiles, "watch", lambda *_, **__: iter([{(1, str(tmp_path / "a.py"))}] * 2))
    looks: list[int] = []
    with pytest.raises(KeyboardInterrupt):
        watch([str(tmp_path)], lambda: looks.append(1))
    assert len(looks) == 3


# ------------------------------------------------------------------------ interrupts


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interrupt_ends_all_processes_without_a_word(tmp_path: Path, jobs: str) -> None:
    write(tmp_path, a="GradientTape", b="GradientTape", c="GradientTape", d="GradientTape")
    code = (
        "import sys, time; import tapelint.run as r;\n"
        "def look(self, file):\n    print('looking', file=sys.stderr, flush=True); time.sleep(30)\n"
        "r.Analyst.look = look\n"
        "from tapelint.cli import main; main(sys.argv[1:])"
    )
    terminal = Terminal(["-c", code, "--isolated", "--no-cache", "--jobs", jobs, str(tmp_path)])
    terminal.until("looking")
    time.sleep(0.2)
    begun = time.monotonic()
    os.killpg(terminal.process.pid, signal.SIGINT)  # as a terminal does
    seen = terminal.rest().replace("looking", "").split()
    assert terminal.process.wait(10) == 130
    assert seen == [] and time.monotonic() - begun < 5


# ---------------------------------------------------------------------------- colours


@pytest.mark.parametrize("command", [["explain", "numpy-call"], ["--isolated", "--no-cache", "{folder}"]])
@pytest.mark.parametrize(
    ("environment", "options", "coloured"),
    [
        ({}, [], True),
        ({"NO_COLOR": "1"}, [], False),
        ({"TERM": "dumb"}, [], False),
        ({}, ["--color", "never"], False),
        ({"NO_COLOR": "1"}, ["--color", "always"], True),
    ],
)
def test_colours_in_a_terminal(
    command: list[str], environment: dict[str, str], options: list[str], coloured: bool, tmp_path: Path
) -> None:
    words = [word.format(folder=tmp_path) for word in command]
    terminal = Terminal(["-m", "tapelint", *words, *options], **environment)
    assert ("\x1b[" in terminal.rest()) == coloured


@pytest.mark.parametrize("command", [["explain", "numpy-call"], ["--isolated", "--no-cache", "--quiet", "a.py"]])
@pytest.mark.parametrize(
    ("environment", "coloured"),
    [({}, False), ({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False)],
)
def test_colours_in_a_pipe(command: list[str], environment: dict[str, str], coloured: bool, tmp_path: Path) -> None:
    text = "import numpy as np\nimport tensorflow as tf\nx = tf.Variable(1.0)\nwith tf.GradientTape() as t:\n"
    (tmp_path / "a.py").write_text(f"{text}    y = tf.add(np.square(x), 1.0)\nt.gradient(y, x)\n")
    done = subprocess.run(
        [sys.executable, "-m", "tapelint", *command],
        cwd=tmp_path,
        env={**os.environ, "TERM": "xterm-256color", **environment},
        capture_output=True,
        text=True,
    )
    assert ("\x1b[" in done.stdout) == coloured, done.stdout
