"""Arguments that classes of Keras 3 do not take. Keras 2 takes some of them, so that nobody can tell what follows."""

from __future__ import annotations

from dataclasses import replace

from tapelint.facts import Fact
from tapelint.flow.core import Arguments
from tapelint.flow.values import NO_VALUE, UNBOUND, Cell, Const, Data, Tuple, Value, is_tensor, options

from ..arguments import Given, bind, misfit
from ..names import OLD_KERAS
from ..natures import form, is_regularizer
from ..refusals import fitting
from ..shapes import widths
from ..world import Libraries

OF_LAYERS = frozenset("activity_regularizer autocast dtype input_dim input_shape name trainable".split())  # noqa: SIM905
"""What every layer takes besides its own."""

OF_BEFORE = {
    "keras.layers.LeakyReLU": frozenset(["alpha"]),
    "keras.layers.Embedding": frozenset(["input_length"]),
    "keras.layers.LSTM": frozenset(["implementation"]),
    "keras.layers.GRU": frozenset(["implementation"]),
}
"""What some layers still take as Keras 2 had it."""

OF_OPTIMIZERS = frozenset(
    "adam_beta_1 adam_beta_2 adam_lr_ratio adam_weight_decay amsgrad beta beta_1 beta_2 beta_2_decay centered "  # noqa: SIM905
    "clip_threshold clipnorm clipvalue decay dynamic_growth_steps ema_momentum "
    "ema_overwrite_frequency epsilon epsilon_1 epsilon_2 exclude_embeddings exclude_layers global_clipnorm "
    "gradient_accumulation_steps initial_accumulator_value initial_scale inner_optimizer l1_regularization_strength "
    "l2_regularization_strength l2_shrinkage_regularization_strength learning_rate learning_rate_power "
    "loss_scale_factor momentum muon_a muon_b muon_c name nesterov ns_steps optimizer_map relative_step rho "
    "rms_rate use_ema warmup_steps weight_decay".split()
)
"""What the optimizers take."""


def note_made(world: Libraries, name: str, fact: Fact | None, args: Arguments) -> None:
    """An object of Keras is made with these arguments."""
    if name.startswith(OLD_KERAS) or args.rest is not None:
        return
    if ".optimizers." in name:
        taken: bool = args.keywords.keys() <= OF_OPTIMIZERS and ".legacy." not in name
        taken = taken and not any(_is_no_rate(world, option) for option in options(args.get(0, "learning_rate")))
    else:
        taken = fact is None or not fact.parameters or _fits(fact, args)
        taken = taken and (fact is None or not fitting.is_oddly_set(world, fact, _but_for_reduction(fact, args)))
    tensors = [value for value in args.every() if is_tensor(value) and not is_regularizer(value)]
    if not taken or tensors:  # some objects take one for a number, some refuse it
        world.run.lose_track()


SIZES = ("units", "filters", "input_dim", "output_dim", "num_heads", "n")
"""What Keras 3 wants to be a positive number, in all layers that have it."""

OF_PYTHON = {
    "keras.layers.Dense": ("units",),
    "keras.layers.Embedding": ("input_dim", "output_dim"),
    "keras.layers.GroupNormalization": ("groups",),
    "keras.layers.MultiHeadAttention": ("num_heads", "key_dim"),
    "keras.layers.RepeatVector": ("n",),
}
"""What must be a whole number of Python's, and is none where NumPy or TensorFlow computes it."""


def refused_size(name: str, fact: Fact | None, args: Arguments) -> str:
    """The exception for a size with which a layer of Keras 3 cannot be made, or ""."""
    if fact is None or args.rest is not None:
        return ""
    given = bind(fact.parameters, args)
    sizes = [given.get(each) for each in SIZES]
    if any(isinstance(value, Const) and type(value.value) is int and value.value <= 0 for value in sizes):
        return "ValueError"
    if any(_is_computed(given.get(each)) for each in OF_PYTHON.get(name, ())):
        return "TypeError" if name.endswith(".RepeatVector") else "ValueError"
    return ""


def _is_computed(value: Value) -> bool:
    return isinstance(value, Data) and value.kind in ("numpy", "tensor") and value.dtype != "?" and not form(value)


def reduction_of(fact: Fact | None, args: Arguments) -> Value:
    """What a loss is told to make of its numbers; None where it is told nothing."""
    given = UNBOUND if fact is None else bind(fact.parameters, args).get(REDUCTION)
    return NO_VALUE if given is UNBOUND else given


REDUCTION = "reduction"


def _but_for_reduction(fact: Fact, args: Arguments) -> Given:
    """Arguments without the one of which it is known what a loss takes for it."""
    given = bind(fact.parameters, args)
    return replace(given, values={name: value for name, value in given.values.items() if name != REDUCTION})


def _is_no_rate(world: Libraries, value: Value) -> bool:
    """Whether a value is certainly no float of Python's, and nothing to call: no rate of learning."""
    if isinstance(value, Const):
        return value.value is not None and not isinstance(value.value, float)
    if isinstance(value, Data) and value.kind == "numpy":
        return bool(value.shape) or widths.of(world, value) == "float32"
    is_list = isinstance(value, Tuple) or (isinstance(value, Cell) and value.kind in ("list", "dict"))
    return is_list or is_tensor(value)


def _fits(fact: Fact, args: Arguments) -> bool:
    known = {p.name for p in fact.parameters} | OF_LAYERS | OF_BEFORE.get(fact.name, frozenset())
    return not misfit(fact.parameters, args) and (fact.kind != "layer" or args.keywords.keys() <= known)


def note_called(world: Libraries, fact: Fact, args: Arguments) -> None:
    """A layer of Keras is called with more than it takes."""
    taken = [p for p in fact.call_parameters if not p.keyword_only]
    if len(args.positional) > len(taken) and not any(p.star for p in taken):
        world.run.lose_track()
