"""The signatures of functions that take settings as keywords, as `help` and notebooks show them."""

from __future__ import annotations

from inspect import Parameter, signature
from typing import TYPE_CHECKING

from smoothl1.settings import Choices, EvalSettings

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def show_settings(function: Callable[..., Any]) -> None:
    """Name each setting that a function takes as a keyword in its signature.

    Args:
        function: A function that ends in `**choices: Unpack[Choices]`.
    """
    plain = signature(function)
    defaults = EvalSettings()
    settings = [
        Parameter(
            name,
            Parameter.KEYWORD_ONLY,
            default=getattr(defaults, name),
            annotation=getattr(kind, "__forward_arg__", kind),
        )
        for name, kind in Choices.__annotations__.items()
    ]
    others = [one for name, one in plain.parameters.items() if name != "choices"]
    shown = plain.replace(parameters=[*others, *settings])
    function.__dict__["__signature__"] = shown
