"""JUnit's XML, for servers that show tests: a suite a file, a test a finding.

A finding that makes the run fail is a failure, a file that could not be analysed an error. Other findings pass, with
their text as output. Where nothing was found there is one test that passes: some servers take an empty report for a
broken one.
"""

from __future__ import annotations

import re
from typing import TextIO
from xml.etree import ElementTree as XML

from tapelint.diagnostic import Diagnostic
from tapelint.report import Options, Result
from tapelint.report.common import Paths, begins, closing_lines, told

# What XML 1.0 cannot hold, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(result: Result, stream: TextIO, options: Options) -> str:
    """The report, in ASCII."""
    root = XML.Element("testsuites", name="tapelint")
    paths = Paths(result.cwd, result.root or result.cwd)
    found: dict[str, list[Diagnostic]] = {}
    for one in result.diagnostics:
        found.setdefault(one.span.path, []).append(one)
    for path, diagnostics in found.items():
        _add_findings(root, result, paths, path, diagnostics)
    _add_errors(root, result, paths)
    if not len(root):
        XML.SubElement(_suite(root, "tapelint", 1), "testcase", _case(closing_lines(result)[0], "tapelint"))
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.attrib[count]) for suite in root)))
    XML.indent(root)
    report: bytes = XML.tostring(root, encoding="us-ascii", xml_declaration=True)
    return report.decode("ascii") + "\n"


def _add_findings(root: XML.Element, result: Result, paths: Paths, path: str, found: list[Diagnostic]) -> None:
    shown = paths.shown(path)
    suite = _suite(root, shown, len(found), failures=sum(map(result.fails, found)))
    for one in found:
        name = f"{one.code} {one.name} ({begins(result, one.span, one.cell)})"
        case = XML.SubElement(suite, "testcase", _case(name, shown))
        text = _legal("\n".join(told(result, one, paths)))
        if result.fails(one):
            XML.SubElement(case, "failure", type=one.level, message=_legal(one.message)).text = text
        else:
            XML.SubElement(case, "system-out").text = f"{one.level}: {text}"


def _add_errors(root: XML.Element, result: Result, paths: Paths) -> None:
    for error in result.errors:
        shown = paths.shown(error.path) or "tapelint"
        case = XML.SubElement(_suite(root, shown, 1, errors=1), "testcase", _case("analysis", shown))
        XML.SubElement(case, "error", type="not-analysed", message=_legal(error.message))


def _suite(root: XML.Element, name: str, tests: int, failures: int = 0, errors: int = 0) -> XML.Element:
    counts = {"tests": tests, "failures": failures, "errors": errors, "skipped": 0, "time": 0}
    return XML.SubElement(root, "testsuite", {"name": _legal(name), **{key: str(n) for key, n in counts.items()}})


def _case(name: str, classname: str) -> dict[str, str]:
    return {"name": _legal(name), "classname": _legal(classname), "time": "0"}


def _legal(text: str) -> str:
    return _FORBIDDEN.sub("?", text)
