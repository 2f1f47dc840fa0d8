"""What is asked of a run before Python does something that some values refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .graph import Site
from .values import Value

if TYPE_CHECKING:
    from .core import Arguments


class Doubting:
    """The questions; see `attempts` and `refused` for the answers."""

    def may_raise(self, error: str, surely: bool = False) -> None:
        """An exception of Python's may leave here, or does: to the handlers around it, if there are any."""
        raise NotImplementedError

    def before_write(self, base: Value) -> None:
        """Something is about to be set in a module or in what one holds: imports that came before have read it."""
        raise NotImplementedError

    def finish_imports(self) -> None:
        """Run the bodies of all modules that were imported, and not run as nothing was asked of them."""
        raise NotImplementedError

    def asked(self, value: Value, name: str, site: Site | None = None) -> None:
        """An operation asks a value for a method; where it has none a TypeError may leave."""
        raise NotImplementedError

    def refused_operands(self, op: str, left: Value, right: Value) -> None:
        """An operator is asked for that no class has run; where the sides do not fit each other it may raise."""
        raise NotImplementedError

    def refused_attribute(self, base: Value, site: Site) -> None:
        """`base.name = value`, which Python's own containers and constants have no room for."""
        raise NotImplementedError

    def not_found(self, base: Value, key: Value, error: str, site: Site) -> Value:
        """What is not in a container."""
        raise NotImplementedError

    def hashed(self, key: Value, site: Site) -> None:
        """A value becomes a key, which some cannot be."""
        raise NotImplementedError

    def doubtful_call(self, callee: Value, args: Arguments) -> None:
        """A call is made that the callee's class may refuse."""
        raise NotImplementedError
