"""What each network is worth on the test meshes: as they lie, and turned at random."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import equinox as eqx
import jax
import numpy as np
from jaxtyping import Float
from scipy.stats import special_ortho_group

from wellposed.metrics import FieldErrors, field_errors

from .arteries import Artery
from .inputs import Sample
from .networks import StressMap

_TIMED = 7  # predictions of one mesh, of which the median counts


@dataclass(frozen=True)
class Judged:
    """One network or predictor.

    Attributes:
        plain: errors on the test meshes as they lie.
        turned: on the same meshes, each turned by a random rotation.
        found: the predicted stress on them as they lie, in Pa.
        seconds: of one prediction, compiled before, with its inputs at hand; None for predictors.
    """

    plain: FieldErrors
    turned: FieldErrors
    found: list[Float[np.ndarray, "vertices 3"]]
    seconds: float | None


def rotations(count: int, seed: int) -> list[Float[np.ndarray, "3 3"]]:
    """Random rotations, uniform on SO(3)."""
    return list(special_ortho_group(3, seed=seed).rvs(count).reshape(count, 3, 3))


def judge_network(
    model: StressMap,
    test: Sequence[Artery],
    turned: Sequence[Artery],
    samples: Sequence[Sample],
    turned_samples: Sequence[Sample],
) -> Judged:
    """Predict on both kinds of meshes."""
    predict = eqx.filter_jit(lambda wall: model(wall))
    plain, other = (
        [np.asarray(predict(sample.wall))[: artery.mesh.vertices] for artery, sample in zip(some, of, strict=True)]
        for some, of in ((test, samples), (turned, turned_samples))
    )
    clocks = []
    for _ in range(_TIMED):
        clock = time.perf_counter()
        jax.block_until_ready(predict(samples[0].wall))
        clocks.append(time.perf_counter() - clock)
    return Judged(errors(test, plain), errors(turned, other), plain, float(np.median(clocks)))


def judge_predictor(
    predict: Callable[[Artery], np.ndarray], test: Sequence[Artery], turned: Sequence[Artery]
) -> Judged:
    """The same for a plain predictor."""
    plain, other = ([predict(artery) for artery in some] for some in (test, turned))
    return Judged(errors(test, plain), errors(turned, other), plain, None)


def errors(arteries: Sequence[Artery], found: Sequence[np.ndarray]) -> FieldErrors:
    """Over the vertices that count."""
    return field_errors([a.stress for a in arteries], found, [a.mask for a in arteries])


COLUMNS: Mapping[str, tuple[str, float]] = {
    "nmae": ("NMAE (%)", 100.0),
    "epsilon": ("ε (%)", 100.0),
    "largest": ("Δmax (Pa)", 1.0),
    "mean": ("Δmean (Pa)", 1.0),
}
"""field of `FieldErrors` -> the talk's heading, and what it is multiplied by"""


def summary(errors: FieldErrors) -> dict[str, dict[str, float]]:
    """Mean, median and 75th percentile over the meshes, in the talk's units."""
    return {
        name: {
            "mean": factor * float(np.mean(values)),
            "median": factor * float(np.median(values)),
            "75th": factor * float(np.percentile(values, 75)),
        }
        for name, (_, factor) in COLUMNS.items()
        for values in (getattr(errors, name),)
    }
