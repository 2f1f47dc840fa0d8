"""Edits by name: what a rule asks for with `context.fix("drop_method_call", ...)`.

Every builder takes the source and the span of a node, as `Source.span` gives it, then what it needs besides. It finds
the node in the CST of its definition and gives edits by span, so that all other formatting stays. It gives none where
the edit cannot be made for sure: the node is not what it should be, a comment would be lost, or the result would not
parse. Names that begin with `tensorflow.`, `numpy.`, `keras.` or `tf_keras.` in a text are said as the file says them,
and imported where it does not.
"""

from tapelint.fix.calls import (
    add_call,
    add_keyword,
    call_instead_of_predict,
    drop_attribute,
    drop_method_call,
    integers_to_floats,
    minimize_with_tape,
    remove_argument,
    rename_method,
    replace_callee,
    swap_arguments,
    unwrap_call,
    zip_arguments,
)
from tapelint.fix.edits import Edits, apply, parses
from tapelint.fix.expressions import add_epsilon, operator_to_call, replace, wrap_argument
from tapelint.fix.functions import py_function
from tapelint.fix.imports import ensure_import, spell
from tapelint.fix.statements import (
    assign_in_place,
    delete_statement,
    insert_after,
    insert_before,
    insert_first_in_block,
    move_statement_into_block,
    move_statement_to_end_of_block,
    replace_and_delete,
    replace_statement,
)

__all__ = [
    "Edits",
    "add_call",
    "add_epsilon",
    "add_keyword",
    "apply",
    "assign_in_place",
    "call_instead_of_predict",
    "delete_statement",
    "drop_attribute",
    "drop_method_call",
    "ensure_import",
    "insert_after",
    "insert_before",
    "insert_first_in_block",
    "integers_to_floats",
    "minimize_with_tape",
    "move_statement_into_block",
    "move_statement_to_end_of_block",
    "operator_to_call",
    "parses",
    "py_function",
    "remove_argument",
    "rename_method",
    "replace",
    "replace_and_delete",
    "replace_callee",
    "replace_statement",
    "spell",
    "swap_arguments",
    "unwrap_call",
    "wrap_argument",
    "zip_arguments",
]
