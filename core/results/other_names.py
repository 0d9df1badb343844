"""The numbers of tables, and what terminals and other software call them."""

from __future__ import annotations

OTHER_NAMES = {
    "count": ("n", "elements", "size", "support"),
    "df": ("dof", "degrees of freedom"),
    "difference": ("diff", "delta", "b - a", "b-a", "change"),
    "high": ("to", "upper", "ci_high"),
    "a_better": ("wins", "wins_a"),
    "b_better": ("wins_b",),
    "low": ("from", "lower", "interval", "ci", "ci_low", "95% from"),
    "loss": ("error",),
    "max": ("largest", "maximum"),
    "mean": ("average", "value", "loss"),
    "mean_a": ("mean a",),
    "mean_b": ("mean b",),
    "metrics": ("quantile", "quantiles", "within", "share_within"),
    "min": ("smallest", "minimum"),
    "model": ("name",),
    "p_value": ("p", "pvalue", "p-value"),
    "pred": ("prediction", "y_pred"),
    "stderr": (
        "se",
        "sem",
        "std",
        "error",
        "std_err",
        "std_error",
        "std. error",
        "standard error",
        "interval",
        "ci",
    ),
    "t": ("statistic", "t_stat", "t_value"),
    "ties": ("draws", "equal"),
    "top": ("worst", "worst_rows", "largest_losses"),
}
"""The other names of each, in lower case."""
