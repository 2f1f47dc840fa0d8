"""What library functions do to a gradient: one experiment a line, in the text files of this folder.

    facts = Facts.load()
    fact = facts.fact("tensorflow.math.log")
    fact.effect({}).inputs["x"].outcome       # "flows"

README.md in this folder describes the form of the files.
"""

from tapelint.facts.choose import GIVEN, TENSOR, operands
from tapelint.facts.parse import NUMPY
from tapelint.facts.table import (
    Facts,
    always_of,
    asks_list,
    dtypes,
    fits,
    gives_several,
    ignores_dtype,
    is_there,
    keeps_whole,
    looked_at,
    looks_up_rows,
    made_of_truths,
    nature_of,
    of_none,
    of_stranger,
    positional,
    refused,
    refused_ranks,
    settings,
    unlike,
    whose_backward_pass,
)
from tapelint.facts.values import Effect, Fact, FactError, Input, Parameter, Replacement, Result, Singular, Weight

__all__ = [
    "GIVEN",
    "NUMPY",
    "TENSOR",
    "Effect",
    "Fact",
    "FactError",
    "Facts",
    "Input",
    "Parameter",
    "Replacement",
    "Result",
    "Singular",
    "Weight",
    "always_of",
    "asks_list",
    "dtypes",
    "fits",
    "gives_several",
    "ignores_dtype",
    "is_there",
    "keeps_whole",
    "looked_at",
    "looks_up_rows",
    "made_of_truths",
    "nature_of",
    "of_none",
    "of_stranger",
    "operands",
    "positional",
    "refused",
    "refused_ranks",
    "settings",
    "unlike",
    "whose_backward_pass",
]
