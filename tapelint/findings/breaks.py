"""Where the way from a source to the target breaks: an operation without a gradient, or one that no tape saw."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tapelint.findings.cuts import Cuts, makes_variable
from tapelint.findings.paths import Hop, chain_sites, gives_function, place_of, seen_from
from tapelint.flow.graph import CAPTURED, CARRIES_NOTHING, CONVERTED, Chain, Node, Site
from tapelint.flow.outcomes import FLOWS, NONE
from tapelint.flow.values import Cell
from tapelint.libraries.names import EXTERNAL, PYTHONS_NUMBERS, root, shown
from tapelint.tapes.journal import Entered, Execution
from tapelint.views import Cut, Place, Reason

CASTS = ("cast", "saturate_cast", "convert_image_dtype", "to_int32", "to_int64")
PICKING = ("gather", "gather_nd", "operator []", "take", "embedding_lookup")
ASSIGNMENTS = ("Variable.assign", "Variable.scatter", "Variable.load")
MAKING = ("__init__", "__post_init__", "build", "setup")
"""Functions that are run when an object is made, or a layer gets its weights."""


@dataclass(slots=True)
class Breaks(Cuts):
    """Finds the break of a way."""

    def first_break(self, execution: Execution, hops: Sequence[Hop]) -> Cut | None:
        """The first break on a way that tells why; None where every edge flows."""
        rec = execution.recording
        for index, hop in enumerate(hops):
            node = hop.node
            if node.is_transparent:
                continue
            if hop.edge.outcome == NONE:
                return self._lost(execution, hops, self._out_of_sight(hops, index))
            if not hop.edge.outcome & FLOWS:
                if hop.edge.linearity != "filled" and _ends(hops[index + 1 :], rec):
                    continue  # zeros would come of this, not None
                return self._zero(execution, hops, index)
            if not node.recorded.get(rec):
                told = self._telling(hops, self._out_of_sight(hops, index), rec)
                if hops[told].edge.outcome == NONE:
                    return self._lost(execution, hops, told)
                return self._unrecorded(execution, hops, told)
        return None  # every edge of the way flows: it is taken on some ways through only

    def _out_of_sight(self, hops: Sequence[Hop], index: int) -> int:
        """The place of the `tf.numpy_function` in whose body, in a graph, a break lies; or of the break itself."""
        later = range(index, len(hops))
        return next((i for i in later if hops[i].edge.linearity == CAPTURED and _is_numpy_function(hops[i])), index)

    def _telling(self, hops: Sequence[Hop], index: int, rec: int) -> int:
        """Of several breaks the one that explains, not what led there: a data set, an assignment, an inner gradient."""
        for later, hop in enumerate(hops[index:], index):
            if hop.node.op.startswith("tensorflow.data.") or hop.node.kind == "written":
                return later
            if later > index and hop.node.op == "gradient" and not hop.node.recorded.get(rec):
                return later if hops[index].node.recorded else index
        return index

    def _lost(self, execution: Execution, hops: Sequence[Hop], index: int) -> Cut:
        """An operation that has no gradient for its input, or that leaves TensorFlow."""
        hop = hops[index]
        node = hop.node
        reason: Reason = "operation"
        if node.op.startswith("tensorflow.data."):
            reason = "outside"
        elif node.op == "custom gradient":
            reason = "custom gradient"
        elif node.kind in ("numpy", "python", "object"):
            knows_none = root(node.op) in EXTERNAL or root(node.op) in PYTHONS_NUMBERS
            reason = "external" if knows_none else "detached"
        elif node.dtype in CARRIES_NOTHING and node.op.rpartition(".")[2] in CASTS:
            reason = "integer"
        elif node.op == "gradient" and node.detail:
            reason = "zero"
        message = _lost_message(node, reason)
        if hop.edge.linearity == CAPTURED and not _is_numpy_function(hop):
            message = "the path ends: what a `tf.py_function` captures is not recorded"
            return replace(self.at_hop(execution, hops, index, "operation", message), detail="captured")
        made = self.at_hop(execution, hops, index, reason, message)
        if reason == "outside":
            return replace(made, detail="dataset loop" if node.op.endswith(".reduce") else "dataset")
        if reason == "operation" and _against_noise(hop):
            return replace(made, detail="noise")
        if reason == "operation" and _looks_up(hop):
            return replace(made, detail="looked up")
        if reason == "operation" and (part := self.tapes.world.known.parts.get(node.id)):
            return replace(made, detail=f"part {part}")
        if reason == "integer" and node.detail == CONVERTED:
            return replace(made, detail="converted")
        return replace(made, detail="index") if reason == "integer" and self._is_index(hops, index) else made

    def _is_index(self, hops: Sequence[Hop], index: int) -> bool:
        """Whether the integer is used to pick from a table."""
        after = next((h.node for h in hops[index + 1 :] if not h.node.is_transparent), None)
        return after is not None and after.op.rpartition(".")[2] in PICKING

    def _zero(self, execution: Execution, hops: Sequence[Hop], index: int) -> Cut:
        node = hops[index].node
        name = node.detail if node.op == "gradient" and node.detail else node.op
        reason: Reason = "constant" if node.detail == "constant" else "zero"
        made = self.at_hop(execution, hops, index, reason, f"the gradient of {shown(name)} is always zero")
        if hops[index].edge.linearity == "filled":
            return self._beside_a_loop(hops, index, made)
        only_now = reason == "constant" and self._is_trained_away(execution, hops[index])
        again = "again" if node.op == "gradient" and node.detail else made.detail
        return replace(made, call=name, detail="start" if only_now else again)

    def _beside_a_loop(self, hops: Sequence[Hop], index: int, cut: Cut) -> Cut:
        """A loop or a branch of a graph gives zeros for all that it uses, to each of its results."""
        reading = next((h.edge.argument for h in hops[index + 1 :] if isinstance(h.edge.argument, ast.expr)), None)
        site = hops[index].node.site
        result = Site(site.source, reading).text(40) if site is not None and reading is not None else cut.result
        return replace(cut, detail="beside", result=result)

    def _is_trained_away(self, execution: Execution, hop: Hop) -> bool:
        """Whether it is a source that lets nothing through, by the zeros that it holds, and its own gradient flows."""
        factors = [e.node for e in hop.node.edges if e.linearity == "bilinear" and e.node is not hop.edge.node]
        variables = [v for f in factors for v in (f, *(e.node for e in f.edges)) if v.kind == "variable"]
        learned = [node for source in execution.sources if source.outcome == FLOWS for node in source.nodes]
        return bool(variables) and all(variable in learned for variable in variables)

    def _unrecorded(self, execution: Execution, hops: Sequence[Hop], index: int) -> Cut | None:
        """A differentiable operation that the tape did not see."""
        node = hops[index].node
        rec = execution.recording
        if node.kind == "written":
            made = self.at_hop(execution, hops, index, "operation", "what is assigned to a variable leaves the path")
            return replace(made, detail="filled") if self._fills_a_new_one(hops[index:], rec) else made
        if rec in node.active:
            return self.at_hop(execution, hops, index, "operation", f"{shown(node.op)} is not recorded")
        detail = self._when(execution, node)
        message = {
            "before": "computed before the tape records", "after": "computed after the tape has stopped",
            "stopped": "computed while recording is stopped", "reset": "the tape forgot this in `reset`",
            "other tape": "another tape records this", "no tape": "computed where no tape records",
            "inner gradient": "this gradient is taken outside the outer tape",
        }[detail]  # fmt: skip
        made = self.at_hop(execution, hops, index, "outside", message)
        made = replace(made, detail=detail)
        return self._moved(execution, made, node, detail)

    def _fills_a_new_one(self, hops: Sequence[Hop], rec: int) -> bool:
        """Whether what is written goes into a `tf.Variable` that was made for it while the tape records."""
        read = next((hop.node for hop in hops if hop.node.kind != "written"), None)
        variables = [edge.node for edge in read.edges if edge.node.kind == "variable"] if read is not None else []
        return bool(variables) and all(rec in node.active and self._is_no_weight(node.site) for node in variables)

    def _is_no_weight(self, site: Site | None) -> bool:
        """Whether a variable is made at a place, and not one that an object has for good."""
        if site is None or not makes_variable(site):
            return False
        return getattr(self.syntax.function(site), "name", "") not in MAKING

    def _moved(self, execution: Execution, cut: Cut, node: Node, detail: str) -> Cut:
        """Say it in the code that owns the tape, where a call from there led to the place."""
        owner = self.owner(execution)
        site: Site | None
        if detail == "reset":
            site = self._reset_site(execution)
        elif detail == "other tape":
            site = execution.site
        else:
            site = seen_from(node.chain, owner.chain, node.site) if owner is not None else node.site
            if site is node.site and site is not None and owner is not None and node.chain is not owner.chain:
                site = self._where_called(site, node.chain, owner.chain)
            if detail == "stopped":
                site = self._inside_stop(node) or site
            if node.site is not None and self._while_making(node, owner):
                site, detail = node.site, "no tape"
                cut = replace(cut, detail=detail, rest=(*cut.rest, ("once", place_of(site))))
        if site is None:
            return cut
        asks = self.syntax.statement(site) is self.syntax.statement(execution.site)
        if detail in ("before", "after", "no tape") and not asks:
            site = self.syntax.assigned(site)
        rest = cut.rest
        if owner is not None:
            rest = (*rest, ("with", Place(owner.site.span, "")))
        if detail == "other tape" and (other := self._recorder_of(node)) is not None:
            rest = (*rest, ("tape", place_of(other)))
        return replace(
            cut,
            place=place_of(site),
            statement=self.syntax.statement_span(site),
            result=self.syntax.name(site),
            rest=rest,
        )

    def _where_called(self, site: Site, chain: Chain | None, owner: Chain | None) -> Site:
        """The call of the model or layer, by code that is none, in whose `call` a place stands; or the place itself."""
        while chain is not None and chain is not owner:
            if getattr(self.syntax.function(site), "name", "") not in ("call", "__call__"):
                break
            site, chain = chain.site, chain.outer
        return site

    def _while_making(self, node: Node, owner: Entered | None) -> bool:
        """Whether an operation runs once, when an object or a closure is made: in `__init__`, or called from there."""
        places = [node.site, *chain_sites(node.chain)]
        functions = [self.syntax.function(site) for site in places if site is not None]
        own = self.syntax.function(owner.site) if owner is not None else None
        return any(getattr(f, "name", "") in MAKING or (f is not own and gives_function(f)) for f in functions)

    def _inside_stop(self, node: Node) -> Site | None:
        """Of an operation and the calls that led to it the outermost that stands under `stop_recording`."""
        places = [*chain_sites(node.chain)[::-1], *([node.site] if node.site is not None else [])]
        return next((site for site in places if self.syntax.under(site, "stop_recording")), None)

    def _when(self, execution: Execution, node: Node) -> str:
        """When, seen from the tape, an operation ran."""
        rec = execution.recording
        cell = self.tapes.recordings.get(rec)
        mine = [r for r in node.recorded if self.tapes.recordings.get(r) is cell]
        if mine:
            return "reset"
        if node.op == "gradient":
            return "inner gradient"
        if node.recorded:
            return "other tape"
        spans = [e for e in self.tapes.entered if e.recording == rec]
        if not spans:
            return "no tape"
        if node.chain is None and node.site is not None and node.site.source is not spans[0].site.source:
            return "no tape"
        first = min(e.at for e in spans)
        last = max(e.until for e in spans)
        if node.id < first:
            owner = spans[0]
            same = seen_from(node.chain, owner.chain, node.site) is not node.site or node.chain is owner.chain
            return "before" if same else "no tape"
        return "after" if node.id >= last else "stopped"

    def _reset_site(self, execution: Execution) -> Site:
        for event in self.tapes.events:
            if event.word == "reset" and event.recording == execution.recording:
                return event.site
        return execution.site

    def _recorder_of(self, node: Node) -> Site | None:
        for rec in node.recorded:
            cell = self.tapes.recordings.get(rec)
            if isinstance(cell, Cell):
                return cell.site
        return None


def _ends(hops: Sequence[Hop], rec: int) -> bool:
    """Whether nothing at all comes back along the rest of a way."""
    return any(h.edge.outcome == NONE or not h.node.recorded.get(rec) for h in hops if not h.node.is_transparent)


def _looks_up(hop: Hop) -> bool:
    """Whether a value is only a place in a table: the ids that an embedding or a `gather` is given."""
    last = hop.node.op.rpartition(".")[2]
    tables = {edge.argument for edge in hop.node.edges if edge.outcome & FLOWS}
    return last.endswith("Embedding") or (last in PICKING and hop.edge.argument not in tables)


def _is_numpy_function(hop: Hop) -> bool:
    return hop.node.op == "tensorflow.numpy_function"


def _against_noise(hop: Hop) -> bool:
    """Whether a comparison sets a value against random numbers: what comes out is drawn by chance."""
    if hop.node.dtype != "b":
        return False
    others = [edge.node for edge in hop.node.edges if edge is not hop.edge]
    return any(".random." in node.op for node in (*others, *(e.node for n in others for e in n.edges)))


def _lost_message(node: Node, reason: Reason) -> str:
    name = shown(node.op)
    if reason == "detached":
        kind = "array" if node.kind == "numpy" else "number"
        if node.op == "numpy.ndarray.__setitem__":
            return "the path ends: the array takes the number, not its history"
        if node.op.startswith("numpy."):
            return "the path ends: NumPy returns a plain array"
        return f"the path ends: {name} returns a plain {kind}"
    if reason == "external":
        return f"the path ends: {name} knows no tensors"
    if reason == "integer":
        return "the path ends: integers carry no gradient"
    if reason == "custom gradient":
        return "the path ends: the custom gradient returns None for this"
    if node.op == "tensorflow.data.Dataset.reduce":
        return "the path ends: AutoGraph makes a `reduce` of a loop over a data set, which has no gradient"
    if node.op.startswith("tensorflow.data."):
        return "the path ends: what comes out of a data set is new to the tape"
    if node.op.startswith(ASSIGNMENTS) or node.kind == "written":
        return "the path ends: the variable takes the value, not its history"
    if node.kind == "variable":
        return "the path ends: a new variable begins here"
    if node.op == "gradient":
        what = shown(node.detail) if node.detail else "it"
        return f"the path ends: the gradient of {what} cannot be differentiated again"
    return f"the path ends: {name} has no gradient"
