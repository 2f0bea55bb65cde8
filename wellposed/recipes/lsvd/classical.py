"""The parameters of the classical methods, chosen on the validation slab."""

from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from wellposed.inverse import (
    FBP,
    RESULTS,
    TSVD,
    Choice,
    Tikhonov,
    TotalVariation,
    discrepancy,
    gcv,
    l_curve,
    oracle,
)
from wellposed.metrics import relative_error

from .methods import CENTRED, TIKHONOV, TRUNCATED, VARIATION, invertible, tikhonov_about, total_variation
from .scanner import Scanner
from .score import reconstruct

WINDOWS = (("ramp", 1.0), ("hann", 1.0), ("hann", 0.7), ("hann", 0.5), ("hann", 0.35))
TV_PICTURES = 16


class Rule(NamedTuple):
    """What a rule of parameter choice did on one picture."""

    alpha: float
    relative_error: float
    note: str


class Classical(NamedTuple):
    """The chosen parameters, and what the rules that need no truth would have chosen.

    Attributes:
        fbp: filtered back-projection with the best of a few windows; None where there is none.
        alpha: Tikhonov's parameter.
        alpha_centred: that of Tikhonov's method about the training means.
        cut: how many singular values TSVD keeps.
        weight: of the total variation.
        gap: largest relative primal-dual gap of the total variation on a few pictures, after its fixed steps.
        edges: methods whose best parameter lies at an end of its grid, so that a better one may lie beyond.
        rules: what the rules chose for Tikhonov on the first validation picture.
    """

    fbp: FBP | None
    alpha: float
    alpha_centred: float
    cut: int
    weight: float
    gap: float
    edges: tuple[str, ...]
    rules: dict[str, Rule]


def choose(
    scanner: Scanner, means: tuple[Array, Array], x: Float[Array, "n *signal"], y: Float[Array, "n *data"]
) -> Classical:
    """The parameters of least error on validation pictures x with data y; grids move with the noise."""
    svd, operator = scanner.svd, scanner.operator
    louder = float(scanner.noise.level) / 0.05
    alphas = np.geomspace(1e-5, 1e-1, 33, dtype=np.float32) * np.float32(louder**2)
    tikhonov = oracle(lambda alpha: Tikhonov(svd, alpha), alphas, y, x)
    centred = oracle(lambda alpha: tikhonov_about(svd, means, alpha), alphas, y, x)
    truncated = oracle(lambda rank: TSVD(svd, rank), np.unique(np.geomspace(2, svd.rank, 48).astype(int)), y, x)
    few = slice(0, TV_PICTURES)
    vary = lambda weights: oracle(lambda weight: total_variation(operator, weight), weights, y[few], x[few])
    noise = float(scanner.noise.level * scanner.noise.rms)
    rough = vary(np.geomspace(0.02, 8.0, 9, dtype=np.float32) * np.float32(noise))
    fine = vary(np.geomspace(0.55, 1.8, 8, dtype=np.float32) * np.float32(rough.parameter))
    choices = {TIKHONOV: tikhonov, CENTRED: centred, TRUNCATED: truncated, VARIATION: rough}
    return Classical(
        _best_window(scanner, x, y),
        float(tikhonov.parameter),
        float(centred.parameter),
        int(truncated.parameter),
        float(fine.parameter),
        _gap(total_variation(operator, fine.parameter), y[:2]),
        tuple(name for name, choice in choices.items() if choice.result == RESULTS.at_the_edge),
        _rules(scanner, x[0], y[0], alphas),
    )


def _gap(f: TotalVariation, y: Array) -> float:
    found = [f.solve(one, throw=False).stats for one in y]
    return max(float(stats["relative_gap"]) for stats in found)


def _best_window(scanner: Scanner, x: Array, y: Array) -> FBP | None:
    if scanner.radon is None or not invertible(scanner.radon):
        return None
    maps = [FBP(scanner.radon, window, cutoff, scanner.scale) for window, cutoff in WINDOWS]
    return min(maps, key=lambda f: float(np.mean((reconstruct(f, y) - np.asarray(x)) ** 2)))


def _rules(scanner: Scanner, x: Array, y: Array, alphas: np.ndarray) -> dict[str, Rule]:
    """What a user without the truth can do, on one picture."""
    build: Any = lambda alpha: Tikhonov(scanner.svd, alpha)
    A, noise = scanner.operator, jnp.linalg.norm(y - scanner.operator.mv(x))
    chosen = {
        "least error (needs the truth)": oracle(build, alphas, y[None], x[None], throw=False),
        "discrepancy principle (needs the noise level)": discrepancy(build, alphas, A, y, noise, throw=False),
        "generalised cross-validation": gcv(build, alphas, A, y, throw=False),
        "L-curve": l_curve(build, alphas, A, y, throw=False),
    }
    return {rule: _judged(choice, x, y) for rule, choice in chosen.items()}


def _judged(choice: Choice, x: Array, y: Array) -> Rule:
    note = "" if choice.result == RESULTS.successful else str(RESULTS[choice.result])
    return Rule(float(choice.parameter), float(relative_error(choice.map(y), x)), note)
