"""Regular expressions that are compiled when they are first used.

A run imports many modules whose expressions it never needs. Compiling them all was near a tenth of
the processor instructions of a small run.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, Generic, cast


def lazy_pattern(expression: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What `re.compile` returns, but compiled when a method or an attribute is first asked for.

    Functions of `re` do not take it in place of an expression: call its own methods.

    Args:
        expression: The regular expression. An error in it is raised when it is compiled.
        flags: As in `re.compile`.
    """
    return cast("re.Pattern[AnyStr]", LazyPattern(expression, flags))


class LazyPattern(Generic[AnyStr]):
    """What `lazy_pattern` returns."""

    def __init__(self, expression: AnyStr, flags: int) -> None:
        self.pattern: AnyStr = expression
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        """An attribute of the compiled expression, which is kept: it is found here next time."""
        if name.startswith("_"):
            raise AttributeError(name)
        compiled = re.compile(self.pattern, self._flags)
        value = self.__dict__[name] = getattr(compiled, name)
        return value
