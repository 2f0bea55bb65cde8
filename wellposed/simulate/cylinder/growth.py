"""Growth rates of a small oscillation, and the parameter at which they vanish."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float


class Growth(NamedTuple):
    """The oscillation `exp(rate t) cos(frequency t + phase)`.

    Attributes:
        rate: per unit of time.
        frequency: in radians per unit of time.
        residual: what the fit leaves, relative to the signal.
    """

    rate: float
    frequency: float
    residual: float


def growth(signal: Float[np.ndarray, " times"], interval: float) -> Growth:
    """Fit one growing or decaying oscillation to samples at equal intervals.

    Such samples obey `s[k + 1] = 2 cos(w h) exp(g h) s[k] - exp(2 g h) s[k - 1]` exactly (de Prony's recurrence, 1795);
    its two factors are found by least squares, the samples weighted so that early and late periods count alike. A mean
    other than 0 must be taken off before.

    Args:
        signal: the samples.
        interval: h, between them; a quarter of a period at most.

    Returns:
        The factor that decays least; its frequency is 0 where the signal does not oscillate.

    Raises:
        ValueError: fewer than five samples.

    Example:
        >>> t = 0.1 * np.arange(200)
        >>> found = growth(np.exp(0.05 * t) * np.cos(2.0 * t + 0.3), 0.1)
        >>> round(found.rate, 6), round(found.frequency, 6)
        (0.05, 2.0)
    """
    if signal.size < 5:
        raise ValueError(f"growth expects at least five samples, got {signal.size}: look at the signal for longer.")
    known = np.stack([signal[1:-1], signal[:-2]], axis=1)
    size = np.sqrt(np.sum(known**2, axis=1) + signal[2:] ** 2)
    known, last = known / size[:, None], signal[2:] / size
    (first, second), *_ = np.linalg.lstsq(known, last)
    turns = np.log(np.roots([1.0, -first, -second]).astype(complex)) / interval
    turn = turns[turns.real.argmax()]
    residual = np.sqrt(np.mean((known @ np.asarray([first, second]) - last) ** 2))
    return Growth(float(turn.real), float(abs(turn.imag)), float(residual))


def onset(parameters: Float[np.ndarray, " n"], rates: Float[np.ndarray, " n"]) -> float:
    """Where the growth rate changes its sign, by linear interpolation between the two nearest parameters.

    Args:
        parameters: increasing.
        rates: the growth rates.

    Raises:
        ValueError: no two neighbours have a decaying and a growing oscillation.

    Example:
        >>> round(onset(np.asarray([40.0, 45.0, 50.0]), np.asarray([-0.3, -0.1, 0.1])), 3)
        47.5
    """
    change = np.flatnonzero((rates[:-1] < 0) & (rates[1:] >= 0))
    if change.size == 0:
        raise ValueError(
            f"onset expects rates that change from decay to growth, got {rates.tolist()}: widen the range."
        )
    k = change[0]
    share = rates[k] / (rates[k] - rates[k + 1])
    return float(parameters[k] + share * (parameters[k + 1] - parameters[k]))
