"""The way from a source to a target through the graph: which one to tell, and its steps in words."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from tapelint.diagnostic import Span, Step
from tapelint.flow.functions import own_nodes
from tapelint.flow.graph import CARRIES_NOTHING, Chain, Edge, Graph, Node, Site
from tapelint.flow.outcomes import FLOWS
from tapelint.libraries.names import shown
from tapelint.source import Source, below, last_name
from tapelint.views import Place

MOST_STEPS = 4
OF_SHAPE = frozenset(["size", "shape", "shape_n", "rank", "zeros_like", "ones_like", "ndim", "dtype"])
BESIDE, ABOUT_SHAPE = 3, 4
"""So many cuts count for one: where a loop gives zeros for what it uses, and where only a shape is asked for."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One edge of a way, from `edge.node` to `node`."""

    edge: Edge
    node: Node


def way(graph: Graph, rec: int, source: Node, targets: Sequence[Node]) -> list[Hop] | None:
    """The hops from a source to a target with the fewest cuts, then the fewest steps; None where there is no way."""
    best: dict[int, tuple[int, int]] = {source.id: (0, 0)}
    last: dict[int, Edge] = {}
    for node in graph.ancestors(targets):
        if node.id == source.id:
            continue
        for edge in node.edges:
            before = best.get(edge.node.id)
            if before is None:
                continue
            cut = 0
            if is_cut(edge, node, rec) and _carries(edge.node):
                cut = ABOUT_SHAPE if is_about_shape(node) else BESIDE if edge.linearity == "filled" else 1
            cost = (before[0] + cut, before[1] + (not node.is_transparent))
            if node.id not in best or cost < best[node.id]:
                best[node.id] = cost
                last[node.id] = edge
    ends = [t for t in targets if t.id in best]
    if not ends:
        return None
    at = min(ends, key=lambda t: best[t.id])
    hops: list[Hop] = []
    while at.id != source.id:
        hops.append(Hop(last[at.id], at))
        at = last[at.id].node
    return hops[::-1]


def _carries(node: Node) -> bool:
    """Whether a value could carry a gradient; what is cut already is not cut again."""
    return node.kind not in ("numpy", "python", "object") and node.dtype not in CARRIES_NOTHING


def is_about_shape(node: Node) -> bool:
    """Whether an operation says nothing of its input's numbers: such a way explains little."""
    return node.op.rpartition(".")[2] in OF_SHAPE


def is_cut(edge: Edge, node: Node, rec: int) -> bool:
    """Whether a gradient on this recording ends between a node and its input.

    What is not recorded while the tape runs comes after a cut, or after a source that is not watched: that is no cut.
    """
    if node.is_transparent or (node.kind == "written" and edge.outcome & FLOWS):
        return False  # what is written ends where it is read
    return not edge.outcome & FLOWS or (not node.recorded.get(rec) and rec not in node.active)


RAISING = ("assertRaises", "assert_raises", "raises")
"""How the names of functions begin that test that something raises."""


class Syntax:
    """Where expressions stand in their files: the statement around one, the name that it is given."""

    def __init__(self) -> None:
        self._parents: dict[int, dict[int, ast.AST]] = {}

    def _of(self, source: Source) -> dict[int, ast.AST]:
        known = self._parents.get(id(source))
        if known is None:
            known = {id(child): node for node in source.nodes for child in below(node)}
            self._parents[id(source)] = known
        return known

    def parent(self, site: Site) -> ast.AST | None:
        """The node around a node."""
        return self._of(site.source).get(id(site.node))

    def is_meant_to_raise(self, site: Site) -> bool:
        """Whether a test asks that what stands here raises: `with self.assertRaises(...)`, `pytest.raises(...)`."""
        parents, node = self._of(site.source), site.node
        while id(node) in parents:
            inner, node = node, parents[id(node)]
            calls = [node] if isinstance(node, ast.Call) and inner is not node.func else []
            if isinstance(node, (ast.With, ast.AsyncWith)) and inner in node.body:
                calls = [item.context_expr for item in node.items if isinstance(item.context_expr, ast.Call)]
            if any(last_name(call.func).startswith(RAISING) for call in calls):
                return True
        return False

    def statement(self, site: Site) -> ast.AST:
        """The statement that a node stands in; a compound one's header counts as a whole."""
        parents = self._of(site.source)
        node = site.node
        while not isinstance(node, (ast.stmt, ast.Module)) and id(node) in parents:
            node = parents[id(node)]
        return node

    def statement_span(self, site: Site) -> Span:
        """The span of that statement."""
        node = self.statement(site)
        return site.source.span(node) if hasattr(node, "lineno") else site.span

    def name(self, site: Site) -> str:
        """What the user calls the value of an expression: the name it is assigned to, else its own text."""
        statement = self.statement(site)
        if isinstance(statement, ast.Assign) and statement.value is site.node and len(statement.targets) == 1:
            target = statement.targets[0]
            if isinstance(target, (ast.Name, ast.Attribute, ast.Subscript)):
                return Site(site.source, target).text(40)
        if isinstance(statement, (ast.AnnAssign, ast.AugAssign)) and statement.value is site.node:
            return Site(site.source, statement.target).text(40)
        return site.text(40)

    def assigned(self, site: Site) -> Site:
        """The whole of what a statement gives a name, where a place is a part of that; else the place itself."""
        statement = self.statement(site)
        is_name = isinstance(statement, ast.Assign) and isinstance(statement.targets[0], (ast.Name, ast.Attribute))
        if not isinstance(statement, ast.Assign) or not is_name or len(statement.targets) > 1:
            return site
        return Site(site.source, statement.value)

    def under(self, site: Site, method: str) -> bool:
        """Whether a node stands in a with block that is entered by a call of this method."""
        parents = self._of(site.source)
        node = parents.get(id(site.node))
        while node is not None:
            if isinstance(node, ast.With) and any(
                isinstance(item.context_expr, ast.Call)
                and isinstance(item.context_expr.func, ast.Attribute)
                and item.context_expr.func.attr == method
                for item in node.items
            ):
                return True
            node = parents.get(id(node))
        return False

    def function(self, site: Site) -> ast.AST | None:
        """The function around a node."""
        parents = self._of(site.source)
        node: ast.AST | None = parents.get(id(site.node))
        while node is not None and not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            node = parents.get(id(node))
        return node


def place_of(site: Site) -> Place:
    """An expression with its text."""
    return Place(site.span, site.text())


def depth(chain: Chain | None) -> int:
    """How many calls deep a place is."""
    count = 0
    while chain is not None:
        count, chain = count + 1, chain.outer
    return count


def chain_sites(chain: Chain | None) -> list[Site]:
    """The calls that led to a place, innermost first."""
    found: list[Site] = []
    while chain is not None:
        found.append(chain.site)
        chain = chain.outer
    return found


def seen_from(node_chain: Chain | None, owner: Chain | None, site: Site | None) -> Site | None:
    """The expression that stands for a place in the code of one call: the place itself, or the call that led there."""
    at = node_chain
    if at is owner:
        return site
    while at is not None:
        if at.outer is owner:
            return at.site
        at = at.outer
    return site


def calls_between(before: Chain | None, after: Chain | None) -> list[Site]:
    """The calls that are made on the way from one place to the next, outermost first."""
    known = set()
    at = before
    while at is not None:
        known.add(id(at))
        at = at.outer
    new: list[Site] = []
    at = after
    while at is not None and id(at) not in known:
        new.append(at.site)
        at = at.outer
    return new[::-1]


def steps_along(hops: Sequence[Hop], stop: Hop | None, message: str, start: Chain | None) -> list[Step]:
    """What happens to the value on the way up to the break: calls into other functions, a few operations, the break."""
    steps: list[Step] = []
    chain = start
    plain: list[tuple[int, Step]] = []
    for hop in hops:
        node = hop.node
        if node.site is None or node.is_transparent:
            if hop is stop:
                break
            continue
        for call in calls_between(chain, node.chain):
            if call.span != node.site.span:
                steps.append(Step(call.span, f"`{_callee(call)}` is called here"))
        chain = node.chain
        if hop is stop:
            steps.append(Step((node.blame or node.site).span, message))
            break
        if node.recorded:
            step = Step(node.site.span, f"recorded: {shown(node.op)}" if node.op.startswith("keras") else "recorded")
            plain.append((len(steps), step))
            steps.append(step)
    return _thinned(_unique(steps), [s for _, s in plain])


def _callee(call: Site) -> str:
    return Site(call.source, call.node.func).text(40) if isinstance(call.node, ast.Call) else call.text(40)


def _unique(steps: Sequence[Step]) -> list[Step]:
    found: dict[Span, Step] = {}
    for step in steps:
        found[step.span] = step
    return list(found.values())


def _thinned(steps: list[Step], plain: list[Step]) -> list[Step]:
    """Not every recorded operation: the first ones and the last."""
    recorded = [s for s in steps if s in plain]
    if len(recorded) <= MOST_STEPS:
        return steps
    dropped = {id(s) for s in recorded[1:-1]}
    return [s for s in steps if id(s) not in dropped]


def operand(expression: ast.AST) -> ast.expr | None:
    """The name in `name[0]`, `f(name)`, `name.f()` or `-name`."""
    found: object = None
    if isinstance(expression, ast.Subscript):
        found = expression.value
    elif isinstance(expression, ast.Call):
        found = expression.args[0] if expression.args else getattr(expression.func, "value", None)
    elif isinstance(expression, ast.UnaryOp):
        found = expression.operand
    return found if isinstance(found, (ast.Name, ast.Attribute)) else None


def gives_function(function: ast.AST | None) -> bool:
    """Whether a function returns one that is defined inside it."""
    if not isinstance(function, ast.FunctionDef):
        return False
    nodes = own_nodes(function)
    inner = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    given = [node.value for node in nodes if isinstance(node, ast.Return)]
    return any(isinstance(v, ast.Lambda) or (isinstance(v, ast.Name) and v.id in inner) for v in given)
