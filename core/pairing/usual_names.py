"""Usual names of predictions and of targets."""

from __future__ import annotations

import re

PREDICTIONS = re.compile(r"(?i:(?:y_?)?(?:preds?|predicted|predictions?|hat))", re.ASCII)
TARGETS = re.compile(r"(?i:y|(?:y_?)?true|targets?)", re.ASCII)
"""The most usual names of predictions and targets."""

_ALSO_PREDICTIONS = re.compile(
    r"(?i:(?:y_?)?pred\w*|forecasts?|fitted|estimat\w*|outputs?|models?)", re.ASCII
)
_ALSO_TARGETS = re.compile(
    r"(?i:truths?|gt|ground_?truths?|labels?|actuals?|obs|observed|observations?|refs?|references?"
    r"|gold|expected)",
    re.ASCII,
)

_ALSO_MODELS = re.compile(r"(?i:refs?|references?)", re.ASCII)
"""Names of targets that are also names of a model that others are compared with."""


def is_of_other_side(name: str, role: str) -> bool:
    """Whether a column's name is a usual one for the side that does not have a role.

    Args:
        name: The name.
        role: The role of the side: "target", or that of a side of predictions.
    """
    usual = (PREDICTIONS, _ALSO_PREDICTIONS) if role == "target" else (TARGETS, _ALSO_TARGETS)
    return any(pattern.fullmatch(name.strip()) for pattern in usual)


def is_of_a_side(word: str) -> bool:
    """Whether a word is a usual one for predictions or for targets."""
    return word.lower() in ("p", "t", "y") or any(
        is_of_other_side(word, of) for of in ("pred", "target")
    )


def is_of_its_side(name: str, role: str) -> bool:
    """Whether a column's name is a usual one for the side that has a role; see above."""
    return is_of_other_side(name, "pred" if role == "target" else "target")


def is_of_targets_only(name: str) -> bool:
    """Whether a name is a usual one for targets, and none for a model of a comparison."""
    return is_of_its_side(name, "target") and not _ALSO_MODELS.fullmatch(name.strip())
