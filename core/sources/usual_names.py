"""Usual names of predictions and of targets."""

from __future__ import annotations

import re

from smoothl1.lazy_patterns import lazy_pattern

PREDICTIONS = lazy_pattern(r"(?i:(?:y_?)?(?:preds?|predicted|predictions?|hat))", re.ASCII)
TARGETS = lazy_pattern(r"(?i:y|(?:y_?)?true|targets?)", re.ASCII)
"""The most usual names of predictions and targets."""

_ALSO_PREDICTIONS = lazy_pattern(
    r"(?i:(?:y_?)?pred\w*|forecasts?|fitted|estimat\w*|outputs?|models?)", re.ASCII
)
_ALSO_TARGETS = lazy_pattern(
    r"(?i:truths?|gt|ground_?truths?|labels?|actuals?|obs|observed|observations?|refs?|references?"
    r"|gold|expected|y_?real)",
    re.ASCII,
)

_WORD = lazy_pattern(r"[A-Za-z]+")
_TRUE = lazy_pattern(r"(?i:(?:y_?)?true)", re.ASCII)
_TARGET_WORD = lazy_pattern(r"(?i:true|targets?)")

_ALSO_MODELS = lazy_pattern(r"(?i:refs?|references?)", re.ASCII)
"""Names of targets that are also names of a model that others are compared with."""


SPLITS = {
    "train": "train",
    "training": "train",
    "test": "test",
    "testing": "test",
    "holdout": "test",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "dev": "val",
}
"""Words for the parts of a data set, and which of them mean the same."""

THE_SPLIT = "the split"
"""What a name says if it has such a word."""

_OF_SPLIT = "|".join(SPLITS)
_BESIDE = lazy_pattern(rf"(?i:\A(?:{_OF_SPLIT})[-_. ]|[-_. ](?:{_OF_SPLIT}|values?)\Z)", re.ASCII)
"""What a usual name may begin or end with: `y_test`, `test_labels`, `actual.value`."""

_USUAL = {
    "pred": (PREDICTIONS, _ALSO_PREDICTIONS),
    "target": (TARGETS, _ALSO_TARGETS),
}


def usual_side(name: str) -> str:
    """The side that a name of a column or a file is a usual one for: "pred", "target", or ""."""
    name = name.strip()
    names = (name, _BESIDE.sub("", name))
    for side, patterns in _USUAL.items():
        if any(pattern.fullmatch(some) for pattern in patterns for some in names):
            return side
    return ""


def without_side(name: str) -> str:
    """A name without the usual one of a side as its last word: `depth_mm` of `depth_mm_pred`."""
    name = name.strip()
    for between in "_ .":
        rest, _, last = name.rpartition(between)
        if rest and usual_side(last):
            return rest
    return name


def is_called_predictions(name: str) -> bool:
    """Whether a word of a name says that it is of predictions, and none that it is of targets."""
    words = _WORD.findall(name)
    return any(map(PREDICTIONS.fullmatch, words)) and not any(
        pattern.fullmatch(word) for word in words for pattern in (_TARGET_WORD, _ALSO_TARGETS)
    )


def is_called_true(name: str) -> bool:
    """Whether a name of targets says nothing but that they are true: `y_true`."""
    return _TRUE.fullmatch(name.strip()) is not None


def side_of_role(role: str) -> str:
    """The side that has a role: "target", or "pred" for all models."""
    return "target" if role == "target" else "pred"


def is_of_a_side(word: str) -> bool:
    """Whether a word is a usual one for predictions or for targets."""
    return word.lower() in ("p", "t", "y") or usual_side(word) != ""


def may_be_model(name: str) -> bool:
    """Whether a name of targets is also one of a model that others are compared with."""
    return _ALSO_MODELS.fullmatch(name.strip()) is not None
