"""IPython's own syntax as Python of as many lines, and back.

What a magic or a shell line does is not followed. Those that neither bind a name nor run code of the program become
`pass`; any other may do both, and becomes an `exec` of something unknown. `%time` and its like run the statement
behind them, which keeps its columns. A cell that is no Python does not run, and becomes `pass`, too. The line as it was
is kept in a comment behind what stands for it.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import dedent

_UNKNOWN = "exec(get_ipython())"
_KEPT = re.compile(r"^(\s*)(?:pass  |exec\(get_ipython\(\)\)  |(.*?\S\s*=\s*)get_ipython\(\)  )?# ipython: (.*)$")
_RUN = re.compile(r"^(\s*)pass;( .*)  # ipython: (%\w+)$")

_ESCAPE = re.compile(r"\s*[%!?/,;]")
_HELP = re.compile(r"[\w*\]]\?\??\s*$")
_ASSIGNED = re.compile(r"(\s*[\w.,:\[\]'\" *]+?\s*=\s*)([%!].*)")
_PROMPT = re.compile(r"^(?:>>>|\.\.\.|In \[\d+\]:|\s*\.{3,}:) ?", re.MULTILINE)
_MAGIC = re.compile(r"\s*(%{1,2})(\w+)(.*)", re.DOTALL)
_TOKEN = re.compile(r"'''|\"\"\"|'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|#.*|[()\[\]{}]")

# As long as `pass;`: what stands behind them stays in its columns.
_RUN_A_LINE = frozenset({"time", "prun"})
_RUN_A_CELL = frozenset({"time", "prun", "capture", "debug"})
# These show, set up or write something; no name of the program is bound by them, and none of its code is run.
_HARMLESS = """
    alias autoreload bookmark cat cd clear cls colors conda config cp dhist dirs env gui hist history install_ext ldir
    less lf lk ll load_ext ls lsmagic lx magic mamba man matplotlib mkdir more mv page pdb pdef pdoc pfile pinfo pinfo2
    pip popd precision psearch psource pushd pwd quickref rehashx reload_ext rm rmdir save set_env system sx tb
    tensorboard tensorflow_version unalias unload_ext uv watermark who whos xmode
    """
# The text of such a cell is no program of this process.
_OTHER_CELLS = """
    HTML SVG bash cmd file html javascript js latex markdown perl powershell pypy python python2 python3 ruby script sh
    svg sx system writefile
    """


@dataclass(frozen=True, slots=True)
class Translation:
    """The Python that a cell stands for; where the cell is neither, `line` of it (from 1, 0: none) and `reason`."""

    text: str
    line: int = 0
    reason: str = ""


def python(cell: str) -> Translation:
    """A cell (its lines end with LF) as Python with as many lines."""
    if _problem(cell) is None:
        return Translation(cell)
    lines = cell.split("\n")
    first = next((at for at, line in enumerate(lines) if line.strip() and not line.startswith("#")), 0)
    magic = _MAGIC.fullmatch(lines[first])
    if magic and lines[first].startswith("%%"):
        if magic[2] not in _RUN_A_CELL:
            return Translation("\n".join(_set_aside(lines, first, _cell_stands_for(magic[2], magic[3]))))
        lines[first] = f"pass  # ipython: {lines[first]}"
    elif lines[first].startswith("%%!"):
        return Translation("\n".join(_set_aside(lines, first, "pass")))
    text = "\n".join(_plain_lines(lines))
    problem = _problem(text)
    if problem is None:
        return Translation(text)
    # IPython runs what is indented as a whole, or was copied with prompts; here its columns could not be kept.
    plain = dedent(_PROMPT.sub("", cell))
    runs = plain != cell and not python(plain).reason
    aside = "\n".join(_set_aside(cell.split("\n"), first, _UNKNOWN if runs else "pass"))
    return Translation(aside) if runs else Translation(aside, *problem)


def restored(line: str) -> str:
    """A line as it was in the cell, from the Python that stands for it."""
    run = _RUN.match(line)
    if run:
        return f"{run[1]}{run[3]}{run[2]}"
    kept = _KEPT.match(line)
    return f"{kept[1]}{kept[2] or ''}{kept[3]}" if kept else line


def _cell_stands_for(name: str, words: str) -> str:
    return "pass" if name in _OTHER_CELLS.split() and not re.search(r"--(?:out|err|proc)\b", words) else _UNKNOWN


def _set_aside(lines: list[str], first: int, instead: str) -> Iterator[str]:
    """Lines that are not followed; what stands for all of them stands at the first."""
    for at, line in enumerate(lines):
        if at < first or not line.strip():
            yield line
        else:
            yield f"{instead if at == first else 'pass'}  # ipython: {line}"


def _plain_lines(lines: list[str]) -> Iterator[str]:
    quote, depth, joined, in_magic = "", 0, False, False
    for line in lines:
        is_start = not quote and not depth and not joined
        if in_magic:
            indent = line[: len(line) - len(line.lstrip())]
            yield f"{indent}# ipython: {line[len(indent) :]}"
            in_magic = line.endswith("\\")
        elif is_start and (_ESCAPE.match(line) or _is_help(line)):
            yield _line(line)
            in_magic = line.endswith("\\")
        elif is_start and (assigned := _ASSIGNED.fullmatch(line)):
            yield f"{assigned[1]}get_ipython()  # ipython: {assigned[2]}"
            in_magic = line.endswith("\\")
        else:
            quote, depth = _state(line, quote, depth)
            joined = line.endswith("\\")
            yield line


def _line(line: str) -> str:
    """A statement in IPython's syntax."""
    indent = line[: len(line) - len(line.lstrip())]
    code = line[len(indent) :]
    magic = _MAGIC.fullmatch(code)
    if _is_help(code) or code[0] in "!?" or (magic and magic[1] == "%" and magic[2] in _HARMLESS.split()):
        return f"{indent}pass  # ipython: {code}"
    if magic and magic[1] == "%" and magic[2] in _RUN_A_LINE and re.match(r"\s+[^\s-]", magic[3]):
        run = f"{indent}pass;{magic[3]}  # ipython: %{magic[2]}"
        if _problem(run.lstrip()) is None:
            return run
    return f"{indent}{_UNKNOWN}  # ipython: {code}"


def _is_help(line: str) -> bool:
    return _HELP.search(line) is not None and not any(token[0] == "#" for token in _TOKEN.findall(line))


def _state(line: str, quote: str, depth: int) -> tuple[str, int]:
    """The triple quote and the number of brackets that are open after a line."""
    at = 0
    while at < len(line):
        found = re.compile(rf"\\.|{quote}").search(line, at) if quote else _TOKEN.search(line, at)
        if found is None:
            break
        at, token = found.end(), found.group()
        if token == quote:
            quote = ""
        elif not quote and token in ("'''", '"""'):
            quote = token
        elif not quote and token in "()[]{}":
            depth = max(depth + (1 if token in "([{" else -1), 0)
    return quote, depth


def _problem(text: str) -> tuple[int, str] | None:
    """The line and the reason where a text does not parse."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as error:
        return error.lineno or 1, error.msg
    except (ValueError, RecursionError, MemoryError) as error:
        return 1, str(error) or "nested too deeply"
    return None
