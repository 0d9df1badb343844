"""The gate of a comparison: whether the second model is worse, or not better, than the first.

A margin says how much worse B may be than A, and yet do. `--fail-if worse` then fails only what is
shown to be worse by more: the whole interval of B - A is above the margin. B is shown to be not
worse by more than the margin, which is called non-inferior, if the whole interval is below it; then
alone `--fail-if maybe-worse` passes.

Source: G. Piaggio et al., "Reporting of noninferiority and equivalence randomized trials: extension
of the CONSORT 2010 statement", JAMA 308(24), 2012, pages 2594 to 2604,
doi:10.1001/jama.2012.87802.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.checks import check_confidence
from smoothl1.errors import SettingsError
from smoothl1.number_texts import as_typed
from smoothl1.results.gates import Verdict
from smoothl1.results.increase import as_float
from smoothl1.results.model_names import pair_of
from smoothl1.tallies.group import Group

if TYPE_CHECKING:
    from smoothl1.results.comparison import Comparison
    from smoothl1.results.difference import Difference
    from smoothl1.results.increase import Increase
    from smoothl1.results.model_names import Pair

NOTHING = "there are no groups, so there is nothing to compare"


class Rule(NamedTuple):
    """The rule that judges a comparison.

    Attributes:
        confidence: The confidence level of the intervals that decide.
        condition: "worse" fails if B is worse, "maybe-worse" fails unless B is shown to be no
            worse, "not-better" fails if B is not better; None fails nothing.
        margin: With the first two, how much worse B may be without failing; a percentage is a share
            of the mean loss of A, which is taken as fixed.
    """

    confidence: float
    condition: str | None = None
    margin: Increase | None = None

    @property
    def gate(self) -> str:
        """The name of the gate."""
        more = "" if self.margin is None else f" by more than {self.margin.text}"
        return f"fail-if {self.condition}{more}"


def check_rule(rule: Rule) -> Rule:
    """Refuse a rule whose parts contradict each other; return any other.

    Raises:
        SettingsError: There is a margin, and no gate for it; or the confidence is out of range.
    """
    check_confidence(rule.confidence)
    if rule.margin is not None and rule.condition is None:
        raise SettingsError(
            "--margin needs --fail-if worse or maybe-worse",
            hint=f"--fail-if worse --margin {rule.margin.text}",
        )
    if rule.margin is not None and rule.condition == "not-better":
        raise SettingsError(
            f"--margin says how much worse B may be, and --fail-if {rule.condition} is about "
            "a B that is better",
            hint="--fail-if worse or maybe-worse, or no --margin",
        )
    return rule


def check(found: Comparison, rule: Rule) -> list[Verdict]:
    """Judge the second model, B.

    Args:
        found: The comparison that is judged.
        rule: The rule. Without a condition nothing is judged.

    Returns:
        A verdict for each beta and group; if there is no group, one that fails.
    """
    if rule.condition is None:
        return []
    entries = list(found.entries)
    if not entries:
        return [_nothing(found.settings.betas[0], rule)]
    verdicts, pair = [], pair_of(found.inputs)
    for beta, group, difference in entries:
        subject = _subject(beta, group, pair, several=len(entries) > 1)
        verdicts.append(_verdict(beta, group, difference, rule, subject, pair))
    return verdicts


def is_beyond_margin(found: Difference, rule: Rule) -> bool | None:
    """Whether B is worse than A by more than the margin; None if neither is shown.

    Args:
        found: The difference of the models.
        rule: The rule. Without a margin it is 0.
    """
    low, high = _exact_interval(found, rule.confidence)
    limit = _limit(found, rule)
    return True if low > limit else False if high <= limit else None


def _subject(beta: float, group: Group, pair: Pair, *, several: bool) -> str:
    where = [f"of {phrase}" for phrase in group.phrases()]
    where += [f"at beta {as_typed(beta)}"] if several else []
    return " ".join([f"the difference {pair.difference}", *where])


def _verdict(
    beta: float, group: Group, found: Difference, rule: Rule, subject: str, pair: Pair
) -> Verdict:
    """The verdict on one difference.

    The interval is judged in a unit in which it neither over- nor underflows. So the scale of the
    data does not change on which side of the limit it lies. The printed interval may over- or
    underflow.
    """
    low, high = _exact_interval(found, rule.confidence)
    limit = _limit(found, rule)
    if rule.condition == "worse":
        passed = low <= limit
    else:  # what equals A, or the margin, is no worse, and not better
        passed = high <= limit if rule.condition == "maybe-worse" else high < limit
    reason = _reason(found, rule, pair, passed=passed)
    value = found.estimate.value
    message = f"{subject} is {value!r}, {reason}"
    return Verdict(passed, beta, group, rule.gate, value, as_float(limit), message)


def _nothing(beta: float, rule: Rule) -> Verdict:
    """The verdict on a comparison without any group."""
    return Verdict(
        passed=False,
        beta=beta,
        group=Group(),
        gate=rule.gate,
        value=math.nan,
        limit=math.nan,
        message=NOTHING,
    )


def _reason(found: Difference, rule: Rule, pair: Pair, *, passed: bool) -> str:
    """How the interval of a difference relates to the rule."""
    if not found.a.n:
        return "of no elements: there is nothing to compare"
    low, high = found.estimate.interval(rule.confidence)
    is_known = not math.isnan(low)
    if rule.condition == "not-better":
        words = "better" if passed else "not better" if is_known else "not known to be better"
    elif rule.condition == "maybe-worse":
        words = "no worse" if passed else "not shown to be no worse"
    elif passed:
        words = "not shown to be worse"
    else:
        words = "worse" if is_known else "not known to be no worse"
    if rule.margin is not None:
        words += f" by more than --margin {rule.margin.text}"
        if rule.margin.is_relative:
            words += f" ({as_float(_limit(found, rule))!r})"
    return f"its interval {low!r} to {high!r}: {pair.b} is {words}"


def _limit(found: Difference, rule: Rule) -> Fraction | float:
    """The difference that the interval is compared with, exact."""
    return Fraction(0) if rule.margin is None else found.allowed(rule.margin)


def _exact_interval(
    found: Difference, confidence: float
) -> tuple[Fraction | float, Fraction | float]:
    """The bounds as exact numbers; NaN if there is no interval, or infinite."""
    estimate = found.estimate
    unit = Fraction(2) ** estimate.in_unit.exponent
    low, high = (
        Fraction(bound) * unit if math.isfinite(bound) else bound
        for bound in estimate.interval_in_unit(confidence)
    )
    return low, high
