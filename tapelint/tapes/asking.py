"""A gradient call as the program makes it: its arguments, its exceptions, its verdicts, its result."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import reduce
from operator import or_
from pathlib import PurePath
from typing import TYPE_CHECKING

from tapelint.flow import containers
from tapelint.flow.attempts import STAGING_ERROR
from tapelint.flow.core import UNFOLLOWED, Arguments, Core
from tapelint.flow.graph import ABSENT, SEVERAL, UPSTREAM, Edge, Node, Site
from tapelint.flow.outcomes import ANYTHING, FLOWS, IGNORANT, NONE, ZERO
from tapelint.flow.values import (
    NO_VALUE,
    UNBOUND,
    Cell,
    Const,
    Data,
    Flag,
    Library,
    Many,
    OneOf,
    Opaque,
    Tuple,
    Value,
    Variable,
    options,
)
from tapelint.libraries.keras import unseen
from tapelint.libraries.shapes import widths
from tapelint.libraries.structures import by_key, flattened, in_order
from tapelint.tapes import refusals, rows, second_order, sources, targets, watching
from tapelint.tapes.backprop import Answer, Question, connect
from tapelint.tapes.doubts import REFUSED, Doubts, failure
from tapelint.tapes.journal import NO_RECORDING, Execution, SourceResult, TapeInfo

if TYPE_CHECKING:
    from tapelint.tapes.tape import Tapes


def ask(tapes: Tapes, cell: Cell, method: str, args: Arguments, site: Site) -> Value:
    """Run one call: note its verdicts, give its value."""
    run = tapes.world.run
    execution = _begun(tapes, cell, method, args, site)
    tapes.executions.append(execution)
    info: TapeInfo = cell.info
    found = sources.listed(tapes, execution.asked, execution.sources_place)
    execution.error, execution.trouble = refusals.refusal(tapes, execution, found, args)
    if execution.recording in execution.active and info.persistent is False:
        tapes.leave(cell)
    _judge(tapes, execution, found)
    if not execution.error and execution.zeros and method != "batch_jacobian":
        execution.error, execution.trouble = refusals.of_zeros(tapes, execution), "no zeros"
    if not execution.error and (error := refusals.in_blocks(execution, args)):
        execution.error, execution.trouble = error, "misspelt argument"
    execution.error = _as_converted(execution, args)
    if (run.choosing or run.may_be_over) and execution.trouble == "spent tape" and not execution.error.startswith("?"):
        execution.error = f"?{execution.error}"
    is_known = tapes.is_one_recording(cell)
    changed = _finds_another(tapes, execution)
    trusted = is_known and not (execution.error or run.exhausted or run.run_twice or changed)
    if run.exhausted:
        _give_up(execution, f"the program is too large: given up after {int(run.limit):,} steps")
    elif run.state.get(UNFOLLOWED) is not UNBOUND:
        _give_up(execution, _unfollowed(tapes, site))
    elif changed:
        _give_up(execution, "what a gradient function reads has changed since")
    elif not is_known:
        _give_up(execution, "what the tape has recorded by now is not known")
    elif run.run_twice:
        _give_up(execution, "the function is run twice, once without tapes")
    if trusted:
        _trust(tapes, execution)
    if execution.error and not execution.error.startswith("?"):
        tapes.world.raised(execution.error, site, execution.trouble)
        execution.error = run.seen_as(execution.error)
    elif info.persistent is not True:
        run.state.set((cell.uid, "spent"), Flag(info.persistent is False))
    return _result(tapes, execution, found)


def _begun(tapes: Tapes, cell: Cell, method: str, args: Arguments, site: Site) -> Execution:
    """A call with its arguments, of which nothing has been found yet."""
    run = tapes.world.run
    word = "source" if method == "batch_jacobian" else "sources"
    recording = tapes.recording(cell)
    target = args.get(0, "target")
    return Execution(
        site,
        method,
        cell,
        recording if recording is not None else NO_RECORDING,
        chain=run.chain,
        dead=run.ended(),
        in_graph=run.graph_mode > 0,
        active=tuple(tapes.active()),
        assumed=bool(run.outside),
        after=len(tapes.events),
        target=target,
        leaves=tuple(flattened(tapes.world, target) or ()) if target is not UNBOUND else (),
        target_place=args.places.get(0, args.places.get("target")),
        asked=args.get(1, word),
        sources_place=args.places.get(1, args.places.get("sources", args.places.get("source"))),
        zeros=_zeros(args),
        output_gradients=args.get(2, "output_gradients") if method == "gradient" else UNBOUND,
    )


def _as_converted(execution: Execution, args: Arguments) -> str:
    """A Jacobian asks in code that AutoGraph converts, which turns exceptions that it does not know into another.

    What fails within a graph only is another failure for a tape outside.
    """
    if execution.error == "InternalError" and not execution.in_graph:
        return "ValueError"
    plain = execution.method == "gradient" or args.keywords.get("experimental_use_pfor") == Const(False)
    lookup = execution.trouble == "unregistered" and execution.error == "LookupError"
    return STAGING_ERROR if lookup and not plain and not execution.in_graph else execution.error


def _finds_another(tapes: Tapes, execution: Execution) -> bool:
    """Whether a gradient function on the way reads what has changed since it was made."""
    state, found = tapes.world.run.state, tapes.world.found_on_the_way_back
    behind = tapes.world.run.graph.ancestors(execution.targets) if found else ()
    read = ((state.get(key), old) for node in behind for key, old in found.get(node.id, {}).items())
    return any(now not in (old, UNBOUND) for now, old in read)  # what is not there belongs to another run


def _unfollowed(tapes: Tapes, site: Site) -> str:
    """Why nothing is said after a call that could not be followed; `site`: where a gradient is asked for."""
    run = tapes.world.run
    place = run.lost_at or run.lost_within
    if place is None or isinstance(place.node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return "a call before this could not be followed"
    line = place.span.start.line
    where = f"line {line}" if place.source is site.source else f"{PurePath(place.source.path).name}, line {line}"
    done = f"what `{place.text(50)}` does" if run.lost_at else f"something done in `{place.text(50)}`"
    return f"{done} ({where}) could not be followed"


def _give_up(execution: Execution, why: str) -> None:
    """Past the budget of steps, and where a call is not what it seems, nothing is claimed."""
    execution.why_unknown = why
    execution.error = execution.trouble = ""
    for source in execution.sources:
        source.outcome = ANYTHING


def _zeros(args: Arguments) -> bool:
    given = (*args.positional, args.get(3, "unconnected_gradients"))
    named = any(isinstance(v, Library) and v.name.endswith("UnconnectedGradients.ZERO") for v in given)
    return named or given[-1] == Const("zero")


# -- verdicts


def _judge(tapes: Tapes, execution: Execution, found: list[sources.Listed] | None) -> None:
    """Find the outcome of each source, and what raises on the way."""
    run = tapes.world.run
    execution.targets = targets.target_nodes(tapes, execution.target)
    execution.filled = tuple(node for leaf in execution.leaves for node in targets.assigned_to(tapes, leaf))
    if found is None:
        text = execution.sources_place
        expression = Site(execution.site.source, text).text() if text is not None else ""
        execution.sources.append(SourceResult(expression, UNBOUND, [], ANYTHING))
        return
    every: list[Node] = []
    rows: list[list[int]] = []
    for listed in found:
        nodes = source_nodes(listed.value)
        rows.append(list(range(len(every), len(every) + len(nodes))))
        every += nodes
    aliases = {index: aliases_of(node) for index, node in enumerate(every) if _is_other(node)}
    run.spend(len(run.graph.ancestors(execution.targets)) / 16)
    answer = _connected(tapes, execution, every, groups=list(aliases.values()))
    _doubt_aliases(answer, aliases, len(every))
    if answer.error and not execution.error:
        execution.error, execution.trouble = answer.error, "unregistered"
    elif answer.error and execution.trouble == "impossible target" and _is_of_a_graph(tapes, execution):
        execution.error = f"?{execution.error.lstrip('?')}"  # which asks for gradients when it is called
    elif answer.unsure_error and not execution.error:
        execution.error = "?LookupError"
    maybe = failure(tapes, execution, every)
    if execution.method == "batch_jacobian" and getattr(execution.target, "shape", None) is None:
        # Of a target without a batch axis nothing is asked.
        if answer.error:
            execution.error = f"?{execution.error.lstrip('?')}"
        elif not any(outcome & ~NONE for outcome in answer.outcomes):
            maybe = maybe or "ValueError"
    if maybe and (not execution.error or maybe == REFUSED):
        execution.error = f"?{execution.error.lstrip('?') or maybe}"
    doubts = Doubts(tapes, execution, answer)
    if doubts.refused and execution.error:
        execution.error = f"?{execution.error.lstrip('?')}"
    for listed, row in zip(found, rows, strict=True):
        outcome = reduce(or_, (answer.outcomes[index] for index in row), 0)
        mine = {index: every[index] for index in row}
        outcome = _of_several(execution, listed, mine, aliases, outcome)
        if _may_be_another(tapes, execution, listed, mine, outcome) or doubts.on(outcome, mine):
            outcome = ANYTHING
        nodes = list(mine.values())
        call = _used_in_part(tapes, execution, nodes) if outcome & FLOWS else None
        outcome = ANYTHING if call is not None else outcome
        found_for = SourceResult(listed.expression, listed.value, nodes, outcome or ANYTHING, part_of=call)
        execution.sources.append(found_for)
    behind = run.graph.ancestors(every)
    execution.watched = frozenset(n.id for n in behind if tapes.known(n, execution.recording) != NONE)
    execution.answer = answer


def _of_several(
    execution: Execution, listed: sources.Listed, nodes: Mapping[int, Node], aliases: Mapping[int, Sequence[Node]],
    outcome: int,
) -> int:  # fmt: skip
    """The outcome of a source that may stand for several, from theirs."""
    known = list(nodes.values())
    partly = len(known) > 1 or known[0].detail == unseen.PARTLY if known else False
    if outcome != FLOWS and partly and unseen.is_weights(listed.value):
        outcome = NONE if targets.ends_before_variables(execution.targets) else ANYTHING
    if outcome != FLOWS and any(node.detail == unseen.PARTLY for index in nodes for node in aliases.get(index, ())):
        return ANYTHING
    return ANYTHING if outcome == NONE and any(node.detail == ABSENT for node in known) else outcome


def _used_in_part(tapes: Tapes, execution: Execution, weights: Sequence[Node]) -> Node | None:
    """The call of an unseen model whose variables a source stands for, where a target is made of one of its results."""
    if not any(node.op == "weights" and node.detail != unseen.PARTLY for node in weights):
        return None
    behind = tapes.world.run.graph.ancestors(execution.targets)
    return next((call for node in weights if (call := unseen.used_in_part(behind, node)) is not None), None)


def _may_be_another(
    tapes: Tapes, execution: Execution, listed: sources.Listed, mine: Mapping[int, Node], outcome: int
) -> bool:
    """Whether the outcome of a source hangs on what is not known of the call."""
    if outcome in (NONE, ZERO) and _is_perhaps_no_target(execution):
        return True
    mixed = outcome & NONE and outcome & ~NONE
    if mixed and _may_be_there_alike(tapes, execution, listed.value, list(mine.values())):
        return True
    return listed.unknown


def _is_of_a_graph(tapes: Tapes, execution: Execution) -> bool:
    """Whether a target is computed in a graph function that is called outside of one."""
    return any(node.depth > 0 for node in tapes.world.run.graph.ancestors(execution.targets)) and not execution.in_graph


def _is_perhaps_no_target(execution: Execution) -> bool:
    """Whether a target is a number on one of the ways that lead to it, and the call raises there."""
    perhaps = [leaf for leaf in execution.leaves if isinstance(leaf, OneOf)]
    return any(refusals.bad_target(option, execution.method) for leaf in perhaps for option in leaf.options)


def _connected(
    tapes: Tapes,
    execution: Execution,
    nodes: Sequence[Node],
    certain: Collection[int] | None = None,
    groups: Sequence[Sequence[Node]] = (),
) -> Answer:
    """The answer for these sources; where `certain` ones are named, what comes from outside is differentiable."""
    recording = execution.recording
    question = Question(
        recording,
        execution.targets,
        nodes,
        known=lambda node: FLOWS if certain and node.id in certain else tapes.known(node, recording),
        since=lambda node: watching.since(tapes, recording, node),
        groups=groups,
        others=[rec for rec in tapes.active() if rec != recording or execution.info.persistent is True],
        summed=execution.method == "gradient",
        rereads=execution.info.watches is True,
        trusting=certain is not None,
        once=execution.info.persistent is False and len(tapes.active()) <= (recording in tapes.active()),
    )
    return connect(tapes.world.run, question)


def _trust(tapes: Tapes, execution: Execution) -> None:
    """Mark the sources that are not decided, and flow if what comes from outside is differentiable."""
    open_ones = [s for s in execution.sources if s.nodes and s.outcome & IGNORANT and s.part_of is None]
    if not open_ones or execution.dead:
        return
    outputs = [_outputs(tapes, execution, source) for source in open_ones]
    nodes = [node for source, own in zip(open_ones, outputs, strict=True) for node in (*source.nodes, *own)]
    behind = [n for n in tapes.world.run.graph.ancestors(execution.targets) if n.outside]
    if not any(outputs) and not behind:
        return
    certain = {node.id for own in outputs for node in own}
    if execution.info.watches is True:
        read = {e.node.id for n in behind if execution.recording in n.recorded for e in n.edges}
        variables = (s.value for s in open_ones if isinstance(s.value, Variable) and s.value.trainable is True)
        certain |= {v.node.id for v in variables} & read
    outcomes = iter(_connected(tapes, execution, nodes, certain).outcomes)
    for source, own in zip(open_ones, outputs, strict=True):
        found = {next(outcomes) for _ in source.nodes}
        source.trusted = FLOWS in [next(outcomes) for _ in own] or found == {FLOWS}


def _outputs(tapes: Tapes, execution: Execution, source: SourceResult) -> list[Node]:
    """What the model whose variables a source is, not all of which are seen, gave while the tape recorded."""
    model = tapes.world.partly.get(source.nodes[0].id) if len(source.nodes) == 1 else None
    return [node for node in tapes.world.outputs.get(model or 0, ()) if execution.recording in node.active]


def _may_be_there_alike(tapes: Tapes, execution: Execution, source: Value, nodes: Sequence[Node]) -> bool:
    """Whether a source, its tape or what is computed from it may be there on those ways only on which the target uses
    it.
    """
    perhaps = any(tapes.world.run.ways.has(node.id) for node in nodes)
    return perhaps or _is_chosen_with_its_tape(tapes, execution) or _is_chosen_alike(tapes, execution, source)


def _is_chosen_alike(tapes: Tapes, execution: Execution, source: Value) -> bool:
    """Whether a target is computed from one of those of which the source is one, all of which the tape knows: perhaps
    the same one. The choice may be made of them, or of what was computed from each.
    """
    nodes = source_nodes(source) if isinstance(source, OneOf) else []
    if not nodes or any(tapes.known(node, execution.recording) == NONE for node in nodes):
        return False
    bits = {node.id: 1 << place for place, node in enumerate({node.id: node for node in nodes}.values())}
    before = tapes.world.run.graph.ancestors(execution.targets)
    behind: dict[int, int] = {}
    for node in before:
        found = (behind.get(edge.node.id, 0) for edge in node.edges if edge.outcome != NONE)
        behind[node.id] = reduce(or_, found, bits.get(node.id, 0))

    def is_choice(join: Node) -> bool:
        ways = _ways(join)
        return len(ways) == len(bits) and {behind.get(way.id, 0) for way in ways} == set(bits.values())

    return any(node.op == "join" and is_choice(node) for node in before)


def _is_chosen_with_its_tape(tapes: Tapes, execution: Execution) -> bool:
    """Whether the tape is one of several, and the target one of what these recorded: perhaps what this one has."""
    if not tapes.world.run.choosing:
        return False
    joins = [node for node in tapes.world.run.graph.ancestors(execution.targets) if node.op == "join"]
    every = [[execution.recording in way.recorded for way in _ways(join)] for join in joins]
    return any(any(mine) and not all(mine) for mine in every)


def _ways(join: Node) -> list[Node]:
    """The nodes of which a join is one, those of joins within it one by one."""
    seen, todo, found = {join.id}, [join], list[Node]()
    while todo:
        fresh = [edge.node for edge in todo.pop().edges if edge.node.id not in seen]
        seen.update(node.id for node in fresh)
        todo += [node for node in fresh if node.op == "join"]
        found += [node for node in fresh if node.op != "join"]
    return found


def _is_other(node: Node) -> bool:
    """Whether a node stands for what is there under other nodes too: something unknown, or one of several tensors."""
    return node.opaque or (node.op == "join" and node.detail != "graph")


def aliases_of(source: Node) -> list[Node]:
    """What something unknown may be, of all that it was taken from."""
    found: dict[int, Node] = {}
    todo = [source]
    while todo:
        node = todo.pop()
        held = _is_other(node) or node.op in (unseen.PARTS, unseen.LISTED)
        for edge in node.edges if held else ():
            if edge.node.id not in found:
                found[edge.node.id] = edge.node
                todo.append(edge.node)
    return [found[key] for key in sorted(found)]


def _doubt_aliases(answer: Answer, aliases: Iterable[int], at: int) -> None:
    """A source that may be something which reaches the target may reach it too.

    From `at` on the answer has the outcomes of what they may be, a group for each of these sources.
    """
    for group, index in enumerate(aliases, at):
        if answer.outcomes[group] != NONE and answer.outcomes[index] != FLOWS:
            answer.outcomes[index] = ANYTHING


def source_nodes(value: Value) -> list[Node]:
    """The nodes that a source can be; a joined one is each of its parts as well."""
    found: list[Node] = []
    for option in options(value):
        if isinstance(option, Opaque) and option.node.op in (unseen.PARTS, unseen.LISTED):
            found += [edge.node for edge in option.node.edges]
        elif isinstance(option, (Data, Opaque, Variable)):
            found.append(option.node.innermost)
        elif isinstance(option, Many):
            found += source_nodes(option.element)
    return list({n.id: n for n in found}.values())


# -- results


def _result(tapes: Tapes, execution: Execution, found: list[sources.Listed] | None) -> Value:
    """What the call gives to the program: gradients in the structure of the sources."""
    run, asked = tapes.world.run, execution.asked
    if found is None:
        return _like(tapes, asked, [run.opaque(execution.site, [execution.target, asked])])
    only_rows = _only_rows(tapes, execution)
    nodes = _second_order(tapes, execution, only_rows)
    leaves: list[Value] = []
    for source, node in zip(execution.sources, nodes, strict=True):
        leaf = _gradient_value(tapes, execution, source, node or _unrecorded(tapes, execution, source, only_rows))
        leaves.append(leaf)
        for option in options(leaf):
            if isinstance(option, Data):
                tapes.gradients[option.node.id] = (execution, len(leaves) - 1)
    return _like(tapes, asked, leaves)


def _only_rows(tapes: Tapes, execution: Execution) -> Mapping[int, str]:
    """The sources' nodes whose gradients are no tensors but `IndexedSlices` or the like, and what they are."""
    every = [n for source in execution.sources for n in source.nodes]
    if execution.method != "gradient" or execution.answer is None:
        return {}
    return rows.looked_up(tapes.world.run, execution.recording, execution.targets, every)


def _unrecorded(tapes: Tapes, execution: Execution, source: SourceResult, only_rows: Mapping[int, str]) -> Node | None:
    """A gradient that no other tape has seen being computed; None where there is none."""
    if not source.outcome & ~NONE and not (execution.zeros or execution.method == "batch_jacobian"):
        return None
    edges = [Edge(t, FLOWS, "other") for t in execution.targets]
    edges += [Edge(n, FLOWS, "linear") for n in tapes.world.run.nodes_in(execution.output_gradients)]
    node = tapes.world.run.node("gradient", edges, execution.site, dtype="f")
    node.recorded.clear()
    node.detail = _detail(source, only_rows)
    return node


def _detail(source: SourceResult, only_rows: Mapping[int, str]) -> str:
    if any(isinstance(each, (Opaque, Many)) for each in options(source.value)):
        return SEVERAL  # who is given a list gives a list
    return only_rows.get(source.nodes[0].id, "") if len(source.nodes) == 1 else ""


def _gradient_value(tapes: Tapes, execution: Execution, source: SourceResult, node: Node | None) -> Value:
    outcome = source.outcome
    if execution.zeros or execution.method == "batch_jacobian":
        outcome = outcome & ~NONE | (ZERO if outcome & NONE else 0)
    if outcome == NONE or node is None:
        return NO_VALUE
    shape = getattr(source.value, "shape", None) if execution.method == "gradient" else None
    data = Data(node, "tensor", "f", shape, width=widths.of(tapes.world, source.value))
    return OneOf((NO_VALUE, data)) if outcome & NONE else data


def _second_order(tapes: Tapes, execution: Execution, only_rows: Mapping[int, str]) -> list[Node | None]:
    """The inner backward pass on the tapes that still record, a node a source."""
    run = tapes.world.run
    answer = execution.answer
    others = [r for r in tapes.active() if r != execution.recording or tapes.recordings[r].info.persistent]
    if answer is None or not (others or tapes.world.on_the_way_back):
        return [None] * len(execution.sources)
    given = run.node_of(execution.output_gradients) if execution.output_gradients is not UNBOUND else None
    upstream = given or run.graph.add(UPSTREAM)
    summed = execution.method == "gradient"
    first = len(run.graph.nodes)
    _read_on_the_way_back(tapes, answer, execution.site)
    made = second_order.backward(run, answer, upstream)
    if not summed:
        second_order.loosen(run.graph.nodes[first:])
    at = 0
    results: list[Node | None] = []
    for source in execution.sources:
        mine = [m for m in made[at : at + len(source.nodes)] if m is not None]
        at += len(source.nodes)
        inner = run.phi(mine) if mine else None
        if inner is None or source.outcome == NONE:
            doubted = (*execution.targets, *source.nodes) if source.outcome & IGNORANT else ()
            apart = run.node("gradient", [Edge(n, ANYTHING) for n in doubted], execution.site, dtype="f")
            apart.detail = _detail(source, only_rows)
            results.append(apart)
            continue
        # A Jacobian is computed in a graph of its own, from which zeros may come back where nothing would.
        filled = not summed and (len(execution.sources) > 1 or _is_through_graphs(run, execution))
        around = [Edge(t, ZERO | NONE, "filled") for t in execution.targets] if filled else []
        last = run.node("gradient", [Edge(inner, FLOWS, "linear"), *around], execution.site, dtype="f")
        last.detail = _detail(source, only_rows)
        if source.outcome & IGNORANT:
            last = run.node("gradient", [Edge(inner, ANYTHING, "other")], execution.site, dtype="f")
            last.detail = _detail(source, only_rows)
        results.append(last)
    return results


def _is_through_graphs(core: Core, execution: Execution) -> bool:
    """Whether a graph is on the way to the targets, or something whose derivative has none itself, or is unknown."""
    nodes = core.graph.ancestors(execution.targets)
    within = any(n.depth > core.graph_depth or n.opaque or n.op == "join" for n in nodes)
    return within or any(edge.again or edge.on is not None or edge.afresh for n in nodes for edge in n.edges)


def _read_on_the_way_back(tapes: Tapes, answer: Answer, site: Site) -> None:
    """Gradient functions read variables when they are run: the tapes that record now watch these."""
    if not tapes.world.read_on_the_way_back:
        return
    for node, certain in second_order.met(tapes.world.run, answer):
        for variable in tapes.world.read_on_the_way_back.get(node.id, ()):
            if certain:
                tapes.world.use(variable, site)
                continue
            for rec in tapes.active():
                watches = variable.trainable is not False and tapes.recordings[rec].info.watches is not False
                if watches and not tapes.tracked(variable.node, rec):
                    tapes.set_watched(rec, variable.node, False)


def _like(tapes: Tapes, asked: Value, leaves: list[Value]) -> Value:
    """The results in the structure of the sources."""
    queue = list(leaves)

    def build(value: Value) -> Value:
        if isinstance(value, Cell) and value.kind == "dict":
            known = containers.pairs(tapes.world.run, value)
            if known is not None:
                made = {key: build(item) for key, item in by_key(tapes.world, value) or known}
                return containers.make_dict(tapes.world.run, [(key, made[key]) for key, _ in known])
        items = in_order(tapes.world.run, value)
        if isinstance(items, Tuple):
            parts = Tuple(tuple(build(item) for item in items.items))
            return containers.make_list(tapes.world.run, parts) if isinstance(value, Cell) else parts
        if isinstance(items, Many):
            return Many(queue.pop(0) if queue else NO_VALUE)
        if isinstance(value, Opaque) and value.node.op in ("weights", unseen.PARTS):
            return Many(queue.pop(0) if queue else NO_VALUE)
        if isinstance(value, Opaque) and value.node.op == unseen.LISTED:
            return Many(tapes.world.run.join_all([queue.pop(0) for _ in value.node.edges if queue]))
        return queue.pop(0) if queue else NO_VALUE

    return build(asked)
