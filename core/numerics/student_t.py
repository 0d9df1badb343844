"""Student's t distribution: two-sided p-values and quantiles, deep tails included.

With T of df degrees of freedom, a = df / 2 and

    z = t**2 / df      x = 1 / (1 + z)      y = 1 - x = z / (1 + z), never formed as 1 - x
    D = x**a * y**(1/2) / B(a, 1/2)

the masses outside and within [-t, t] are incomplete beta functions:

    P(|T| >= t) = I_x(a, 1/2) = D * F         F a continued fraction, fast for large t
    P(|T| <= t) = I_y(1/2, a) = 2 * D * S     S a series of positive terms, fast for small t

Each is computed where it is fast, the other is its complement. As t * dP/dt is -2 * D and 2 * D,
D gives Newton's steps as well, for log P over log t, which is concave for either mass.

Sources: DLMF 8.17(ii), 8.17.8, https://dlmf.nist.gov/8.17 (I_x and S); A. R. DiDonato,
A. H. Morris, "Algorithm 708: significant digit computation of the incomplete beta function
ratios", ACM Trans. Math. Softw. 18(3), 1992, doi:10.1145/131766.131776 (F: the even part of DLMF
8.17.22, which does not cancel for large a); I. J. Thompson, A. R. Barnett, "Coulomb and Bessel
functions of complex arguments and order", J. Comput. Phys. 64(2), 1986,
doi:10.1016/0021-9991(86)90046-X (Lentz's method, modified); DLMF 5.11.8 (the ratio of gamma
functions); M. Abramowitz, I. A. Stegun, "Handbook of Mathematical Functions", 1964, 26.7 (T).
"""

from __future__ import annotations

import math

_EPSILON = math.ulp(1.0)

_LEAST_DF = 1e-30
"""Below it, P(|T| <= t) is less than 1e-26 for every t of binary64."""

_MOST_DF = 1e25
"""Replaces larger df: here T is normal to the last bit, its tails off by 1 + t**4 / 4df."""

_GAMMA_RATIO = (1 / 8, -1 / 192, 1 / 640, -17 / 14336, 31 / 18432, -691 / 180224)
"""(1 - 4**-k) * B_2k / (k * (2k - 1)) for k = 1, 2, ..., the coefficients of a**(1 - 2k)."""


def two_sided_p(t: float, df: float) -> float:
    """The two-sided p-value of a t statistic, P(|T| >= |t|).

    Args:
        t: The statistic; its sign does not matter.
        df: Degrees of freedom, above 0, whole or not; infinite for the normal distribution.

    Returns:
        From 0 to 1; NaN where t or df is NaN.

    Raises:
        ValueError: df is not above 0.

    Example:
        >>> round(two_sided_p(2.0, 10.0), 6)
        0.073388
    """
    if math.isnan(t) or math.isnan(df):
        return math.nan
    return _masses(abs(t), df)[1]


def quantile(confidence: float, df: float) -> float:
    """The t that |T| stays within with a given probability, P(|T| <= t) = confidence.

    Newton's method for log t on the smaller mass, with bisection where it leaves the bracket.

    Args:
        confidence: Above 0 and below 1.
        df: Degrees of freedom, as for `two_sided_p`.

    Raises:
        ValueError: confidence is not between 0 and 1, or df is not above 0.

    Example:
        >>> round(quantile(0.95, 10.0), 6)
        2.228139
    """
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"a confidence lies between 0 and 1, not at {confidence}")
    if 0.0 < df < _LEAST_DF:
        return math.inf
    t, low, high = confidence, 0.0, math.inf
    for _ in range(200):  # about 10 are needed
        step = _newton_step(t, df, confidence)
        low, high = (t, high) if step > 0.0 else (low, t)
        ahead = t * math.exp(min(step, 700.0))
        if abs(step) < 1e-9:  # convergence is quadratic: the next step would change nothing
            return ahead
        t = ahead if low < ahead < high else math.sqrt(low) * math.sqrt(high)
    return t


def _newton_step(t: float, df: float, confidence: float) -> float:
    """The step of log t; infinite, towards the solution, if a mass has underflowed to 0."""
    inner, outer, front = _masses(t, df)
    sign, mass, goal = (1, inner, confidence) if confidence < 0.5 else (-1, outer, 1 - confidence)
    if mass == 0.0 or front == 0.0:
        return sign * math.inf
    return sign * math.log(goal / mass) * mass / (2.0 * front)


def _masses(t: float, df: float) -> tuple[float, float, float]:
    """P(|T| <= t), P(|T| >= t) and D, for t >= 0."""
    if not df > 0.0:
        raise ValueError(f"degrees of freedom are above 0, not {df}")
    if math.isinf(t):
        return 1.0, 0.0, 0.0
    if df < _LEAST_DF:  # nearly all of T lies beyond any number of binary64
        return (1.0, 0.0, 0.0) if t == math.inf else (0.0, 1.0, 0.0)
    df = min(df, _MOST_DF)
    a, root, z = df / 2.0, math.sqrt(df), t * t / df
    log_x = -math.log1p(z) if z < 1e300 else 2.0 * math.log(root / t)
    scale = _gamma_ratio(a) / (math.sqrt(math.pi) * math.hypot(root, t))
    front = math.exp(a * log_x) * (t * scale)  # in another order a factor could be subnormal
    if t * t < 3.0 * min(df, 1.0):  # the mass outside is above 1/13: 1 - inner loses few bits
        inner = 2.0 * front * _series(a, z / (1.0 + z))
        return inner, 1.0 - inner, front
    outer = front * _fraction(a, 1.0 / (1.0 + z), 1.0 / (1.0 + 1.0 / z))
    return 1.0 - outer, outer, front


def _gamma_ratio(a: float) -> float:
    """Gamma(a + 1/2) / Gamma(a), without the cancellation of two large lgamma."""
    if a < 20.0:  # from here on the series is good to the last bit
        return math.gamma(a + 0.5) / math.gamma(a)
    series = sum(c / a ** (2 * k + 1) for k, c in enumerate(_GAMMA_RATIO))
    return math.sqrt(a) * math.exp(-series)


def _series(a: float, y: float) -> float:
    """S = sum of (a + 1/2)_n / (3/2)_n * y**n."""
    term, total, n = 1.0, 1.0, 0
    while term > _EPSILON / 8.0 * total:  # y is at most 3/4
        term *= (a + n + 0.5) * y / (n + 1.5)
        total += term
        n += 1
    return total


def _fraction(a: float, x: float, y: float) -> float:
    """F = 1 / (b_0 + c_1 / (b_1 + c_2 / (b_2 + ...))), where nothing comes near 0."""
    lead = a * y - x / 2.0 + 1.0
    value = numerator = a / (a + 1.0) * lead
    inverse = 0.0
    for n in range(1, 1000):  # fewer than 100 are needed
        m = a + 2 * n
        weight = n * (0.5 - n) * x / (m - 1.0)
        c = weight * x * (a + n - 1.0) * ((a + n - 0.5) / (m - 1.0))
        b = n + weight + (a + n) / (m + 1.0) * (lead + n * (1.0 + y))
        inverse = 1.0 / (b + c * inverse)
        numerator = b + c / numerator
        value *= numerator * inverse
        if abs(numerator * inverse - 1.0) < 2.0 * _EPSILON:
            break
    return 1.0 / value
