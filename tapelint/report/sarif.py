"""SARIF 2.1.0, as GitHub's code scanning and editors read it.

Paths are relative to the repository, or to the working directory where there is none, with symlinks resolved. The
steps stand in `codeFlows` and in `relatedLocations`, which the message links to. What passes the limits of code
scanning is left out (the middle of a path, the least grave findings), and a notification says so.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from json import dumps
from pathlib import Path
from typing import Any, TextIO, TypeVar
from urllib.parse import quote
from zlib import compress

from tapelint.diagnostic import Diagnostic, Fix, Span, Step
from tapelint.report import FileError, Options, Result, RuleInfo, about
from tapelint.report.common import Paths, gravest_first, is_gradient_call, message_with_cell, plain, plural, text_of
from tapelint.report.fingerprint import line_hashes
from tapelint.report.notebook import FilePlaces

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "SRCROOT"
# What code scanning accepts or keeps: past these it rejects the file, or drops what it likes.
_PACKED = 10_000_000
_RESULTS = 25_000
_SHOWN = 5_000
_RELATED = 100
_FLOW_STEPS = 1_000
_LINKS = 10
_DESCRIPTION = 1_024
_TAGS = 10
_SEMANTIC = re.compile(r"\d+\.\d+\.\d+")

_SEVERITY = {"error": "error", "warning": "warning", "note": "recommendation"}

Object = dict[str, Any]
T = TypeVar("T")


def render(result: Result, stream: TextIO, options: Options) -> str:
    """One run as a SARIF log, in ASCII: with as many findings as code scanning takes."""
    run = _Run(result, options)
    limit = _RESULTS
    while True:
        text = dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run.object(limit)]}) + "\n"
        size = _packed(text)
        if size <= _PACKED or limit == 0:
            return text
        limit = min(limit, len(result.diagnostics)) * _PACKED // size * 9 // 10


def _packed(text: str) -> int:
    """The size of a log as it is uploaded, or an upper bound that is small enough."""
    return len(text) if len(text) < _PACKED else len(compress(text.encode("ascii")))


def ends(items: Sequence[T], limit: int) -> list[T]:
    """At most `limit` of `items`: where there are more, the middle is left out."""
    if len(items) <= limit:
        return list(items)
    first = limit // 2
    return [*items[:first], *items[len(items) - (limit - first) :]]


class _Run:
    """The objects of one run."""

    def __init__(self, result: Result, options: Options) -> None:
        self.result = result
        self.options = options
        self.base = Path(os.path.realpath(result.root or result.cwd))
        self.paths = Paths(result.cwd, self.base)
        self.rules = _rules(result)
        self.index = {rule.code: number for number, rule in enumerate(self.rules)}
        self.hashes: dict[str, list[str]] = {}
        self.places = FilePlaces(result)
        self.locations: dict[str, Object] = {}

    def object(self, limit: int) -> Object:
        """The run, with at most `limit` findings."""
        found = self.result.diagnostics
        kept = gravest_first(found)[:limit] if len(found) > min(limit, _SHOWN) else found
        return {
            "tool": {"driver": self.driver()},
            "automationDetails": {"id": f"{self.options.category}/"},
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {_ROOT: {"uri": _folder_uri(self.base)}},
            "invocations": [self.invocation(len(found), len(kept))],
            "results": [self.finding(found) for found in kept],
        }

    def driver(self) -> Object:
        version, page = self.options.version or about.version(), about.page()
        driver: Object = {"name": "tapelint", "version": version, "rules": [_rule(rule) for rule in self.rules]}
        if _SEMANTIC.fullmatch(version):
            driver["semanticVersion"] = version
        return {**driver, "informationUri": page} if page else driver

    def invocation(self, found: int, kept: int) -> Object:
        notes = [self.notification(error) for error in self.result.errors]
        if kept < found:
            text = f"{plural(found - kept, 'finding')} more: code scanning takes {_RESULTS} a run, and 10 MB packed."
            notes.append({"level": "warning", "message": {"text": text}})
        if kept > _SHOWN:
            text = f"Code scanning shows {_SHOWN} of {kept} findings: the gravest come first."
            notes.append({"level": "note", "message": {"text": text}})
        invocation: Object = {"executionSuccessful": not self.result.errors}
        return {**invocation, "toolExecutionNotifications": notes} if notes else invocation

    def notification(self, error: FileError) -> Object:
        shown: Object = {"level": "error", "message": {"text": _message(error.message)}}
        if error.path:
            shown["locations"] = [{"physicalLocation": {"artifactLocation": self.artifact(error.path)}}]
        return shown

    def finding(self, found: Diagnostic) -> Object:
        related = ends([step for step in found.steps if step.span != found.span], _RELATED)
        shown: Object = {
            "ruleId": found.code,
            "ruleIndex": self.index[found.code],
            "level": found.level,
            "message": {"text": self.message(found, related)},
            "locations": [{"physicalLocation": self.primary(found.span)}],
        }
        fingerprint = self.fingerprint(found.span)
        if fingerprint:
            shown["partialFingerprints"] = {"primaryLocationLineHash": fingerprint}
        if related:
            shown["relatedLocations"] = [self.location(step, number) for number, step in enumerate(related, 1)]
        if found.steps:
            shown["codeFlows"] = [self.flow(found)]
        if found.fixes:
            shown["fixes"] = [self.fix(fix) for fix in found.fixes]
        return shown

    def message(self, found: Diagnostic, related: Sequence[Step]) -> str:
        """The message with a link to each place on the way, and the advice in words."""
        links = []
        numbers = {id(step): number for number, step in enumerate(found.steps, 1)}
        for target, step in enumerate(related[:_LINKS], 1):
            word = "the gradient call" if is_gradient_call(self.result, step) else f"step {numbers[id(step)]}"
            links.append(f"[{word}]({target})")
        text = _message(message_with_cell(self.result, found))
        if links:
            text += f" See {', '.join(links)}."
        return f"{text} {_message(found.help)}" if found.help and not found.fixes else text

    def flow(self, found: Diagnostic) -> Object:
        steps = []
        for number, step in enumerate(ends(found.steps, _FLOW_STEPS), 1):
            importance = "essential" if step.span == found.span else "important"
            steps.append({"location": self.location(step), "executionOrder": number, "importance": importance})
        return {"threadFlows": [{"locations": steps}]}

    def fix(self, fix: Fix) -> Object:
        changes: dict[str, list[Object]] = {}
        for edit in fix.edits:
            text = edit.replacement
            if edit.span.path.endswith(".ipynb"):
                text = dumps(text)[1:-1]
            replacement = {"deletedRegion": self.region(edit.span), "insertedContent": {"text": text}}
            changes.setdefault(edit.span.path, []).append(replacement)
        way = "safe: --fix applies it" if fix.safe else "unsafe: --fix --unsafe-fixes applies it"
        return {
            "description": {"text": _message(f"{fix.message} ({way})")},
            "artifactChanges": [
                {"artifactLocation": self.artifact(path), "replacements": replacements}
                for path, replacements in changes.items()
            ],
        }

    def location(self, step: Step, number: int | None = None) -> Object:
        shown: Object = {} if number is None else {"id": number}
        return {
            **shown,
            "physicalLocation": self.physical(step.span),
            "message": {"text": _message(step.message)},
        }

    def physical(self, span: Span) -> Object:
        return {"artifactLocation": self.artifact(span.path), "region": self.region(span)}

    def primary(self, span: Span) -> Object:
        """The place of the finding, with its text for viewers that do not have the file."""
        physical = self.physical(span)
        text = text_of(self.result, span)
        if text and not span.path.endswith(".ipynb"):
            physical["region"] = {**physical["region"], "snippet": {"text": text}}
        return physical

    def region(self, span: Span) -> Object:
        start, end = self.places.position(span.path, span.start), self.places.position(span.path, span.end)
        return {"startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column}

    def artifact(self, path: str) -> Object:
        known = self.locations.get(path)
        if known is None:
            known = self.locations[path] = self._artifact(self.paths.shown(path))
        return known

    def _artifact(self, shown: str) -> Object:
        if os.path.isabs(shown):
            return {"uri": "file://" + _uri(shown if shown.startswith("/") else f"/{shown}")}
        return {"uri": _uri(shown), "uriBaseId": _ROOT}

    def fingerprint(self, span: Span) -> str:
        """The hash of the line on which the finding begins; "" where the file has no such line."""
        known = self.hashes.get(span.path)
        if known is None:
            known = self.hashes[span.path] = line_hashes(self.places.text(span.path))
        line = self.places.position(span.path, span.start).line
        return known[line - 1] if line <= len(known) else ""


def _rules(result: Result) -> list[RuleInfo]:
    """The rules that ran, and a bare entry for whatever else reported."""
    rules = {rule.code: rule for rule in result.rules}
    for found in result.diagnostics:
        if found.code not in rules:
            rules[found.code] = RuleInfo(found.code, found.name, found.name.replace("-", " "), level=found.level)
    return sorted(rules.values(), key=lambda rule: rule.code)


def _rule(rule: RuleInfo) -> Object:
    summary = _cut(_sentence(rule.summary))
    description = rule.description.strip() or summary
    shown: Object = {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": summary},
        "fullDescription": {"text": _cut(_sentence(_first_words(description)))},
        "help": {"text": plain(description), "markdown": description},
        "defaultConfiguration": {"level": rule.level},
        "properties": {
            "precision": rule.precision,
            "problem.severity": _SEVERITY[rule.level],
            "tags": list(rule.tags[:_TAGS]),
        },
    }
    return {**shown, "helpUri": rule.url} if rule.url else shown


def _first_words(markdown: str) -> str:
    """The paragraphs before the first example, list, table or heading that follows them, on one line.

    One that ends with a colon belongs to what it introduces.
    """
    paragraphs: list[str] = []
    for paragraph in markdown.split("\n\n"):
        if paragraph.startswith("#") and not paragraphs:
            continue
        if paragraph.startswith(("```", "~~~", "#", "|", "- ", "* ", "    ")) or paragraph.rstrip().endswith(":"):
            break
        paragraphs.append(" ".join(paragraph.split()))
    return " ".join(paragraphs) or " ".join(markdown.split())


def _cut(text: str) -> str:
    """`text` within the length that descriptions may have, cut at a word."""
    if len(text) <= _DESCRIPTION:
        return text
    return text[: _DESCRIPTION - 4].rsplit(" ", 1)[0] + " ..."


def _message(text: str) -> str:
    """A sentence in which nothing is a link, as `f[0](1)` would be one to the first related place."""
    return _sentence(text).replace("](", "] (")


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if text.rstrip("`)]}\"'")[-1:] in (".", "!", "?", "") else f"{text}."


def _uri(path: str) -> str:
    return quote(path, safe="/!$&'()*+,;=@~", errors="surrogateescape")


def _folder_uri(folder: Path) -> str:
    path = folder.as_posix().rstrip("/")
    return "file://" + _uri(path if path.startswith("/") or not path else f"/{path}") + "/"
