"""What is done with pairs that have no loss, as users choose it by a name."""

from __future__ import annotations

from typing import NamedTuple


class NanPolicy(NamedTuple):
    """The treatment of a pair in which a side is NaN, or missing (an empty cell, a null).

    Attributes:
        name: The name that users write.
        omits_target: Whether a pair is left out if its target is NaN or missing.
        omits_pred: Whether a pair is left out if a prediction is NaN or missing.
        is_error: Whether a NaN loss ends the run.
        accepts_missing: Whether a value may be missing; if not, a missing value ends the run.
        warns: Whether a NaN loss gives a warning.
        ignored: Targets that stand for no value: pairs with one of them are left out.
        counts_weightless: Whether pairs of weight 0 count, but for those that are left out.
    """

    name: str
    omits_target: bool = False
    omits_pred: bool = False
    is_error: bool = False
    accepts_missing: bool = False
    warns: bool = True
    ignored: tuple[float, ...] = ()
    counts_weightless: bool = False

    def accepting_missing(self) -> NanPolicy:
        """The policy with missing values accepted; who accepts them expects NaN, too."""
        return self._replace(accepts_missing=True, warns=self.omits_target or self.is_error)


NAN_POLICIES = {
    policy.name: policy
    for policy in (
        NanPolicy("propagate"),
        NanPolicy("error", is_error=True),
        NanPolicy("omit", omits_target=True, omits_pred=True, accepts_missing=True),
        NanPolicy("omit-target", omits_target=True, accepts_missing=True),
    )
}
"""The policies by their names."""
