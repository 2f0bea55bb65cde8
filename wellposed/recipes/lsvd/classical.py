"""The parameters of the classical methods, chosen on the validation slab."""

from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from wellposed.inverse import FBP, TSVD, Tikhonov, TotalVariation, discrepancy, gcv, l_curve, oracle
from wellposed.metrics import relative_error

from .methods import invertible
from .score import reconstruct
from .scanner import Scanner

WINDOWS = (("ramp", 1.0), ("hann", 1.0), ("hann", 0.7), ("hann", 0.5), ("hann", 0.35))
TV_PICTURES = 8


class Classical(NamedTuple):
    """The chosen parameters, and what the rules that need no truth would have chosen.

    Attributes:
        fbp: filtered back-projection with the best of a few windows; None for an operator from a file.
        alpha: Tikhonov's parameter.
        cut: how many singular values TSVD keeps.
        weight: of the total variation.
        rules: rule -> (Tikhonov's alpha on the first validation picture, its relative error).
    """

    fbp: FBP | None
    alpha: float
    cut: int
    weight: float
    rules: dict[str, tuple[float, float]]


def choose(scanner: Scanner, x: Float[Array, "n *signal"], y: Float[Array, "n *data"]) -> Classical:
    """The parameters of least error on validation pictures x with data y."""
    svd = scanner.svd
    alphas = np.geomspace(1e-5, 1e-1, 33, dtype=np.float32)
    tikhonov = oracle(lambda alpha: Tikhonov(svd, alpha), alphas, y, x)
    ranks = np.unique(np.geomspace(4, svd.rank, 40).astype(int))
    truncated = oracle(lambda rank: TSVD(svd, rank), ranks, y, x)
    few = slice(0, TV_PICTURES)
    weights = np.geomspace(0.05, 5.0, 9, dtype=np.float32) * float(scanner.noise.level * scanner.noise.rms)
    variation = oracle(lambda weight: TotalVariation(scanner.operator, weight), weights, y[few], x[few])
    return Classical(
        _best_window(scanner, x, y),
        float(tikhonov.parameter),
        int(truncated.parameter),
        float(variation.parameter),
        _rules(scanner, x[0], y[0], alphas),
    )


def _best_window(scanner: Scanner, x: Array, y: Array) -> FBP | None:
    if scanner.radon is None or not invertible(scanner.radon):
        return None
    maps = [FBP(scanner.radon, window, cutoff, scanner.scale) for window, cutoff in WINDOWS]
    return min(maps, key=lambda f: float(np.mean((reconstruct(f, y) - np.asarray(x)) ** 2)))


def _rules(scanner: Scanner, x: Array, y: Array, alphas: np.ndarray) -> dict[str, tuple[float, float]]:
    """What a user without the truth can do, on one picture."""
    build: Any = lambda alpha: Tikhonov(scanner.svd, alpha)
    noise = jnp.linalg.norm(y - scanner.operator.mv(x))
    chosen = {
        "least error (needs the truth)": oracle(build, alphas, y[None], x[None]),
        "discrepancy principle (needs the noise level)": discrepancy(build, alphas, scanner.operator, y, noise),
        "generalised cross-validation": gcv(build, alphas, scanner.operator, y),
        "L-curve": l_curve(build, alphas, scanner.operator, y),
    }
    error = lambda choice: float(relative_error(choice.map(y), x))
    return {rule: (float(choice.parameter), error(choice)) for rule, choice in chosen.items()}
