"""The static plan between samples of both sides, beside the learned transport."""

from dataclasses import dataclass

import jax

from wellposed.recipes.crowd.sides import Sides
from wellposed.transport import plan


@dataclass(frozen=True)
class Static:
    """W2^2 between samples.

    Attributes:
        cost: of the entropic plan, above W2^2.
        lower: what W2^2 is not below, by duality.
        samples: of each side.
        iterations: of Sinkhorn.
        result: how it ended.
    """

    cost: float
    lower: float
    samples: int
    iterations: int
    result: str


def static(sides: Sides, samples: int, seed: int) -> Static:
    """The plan between so many samples of each side: those of the tables where there are some."""
    keys = jax.random.split(jax.random.fold_in(jax.random.key(seed), 4))
    drawn = []
    for side, points, key in zip((sides.initial, sides.target), sides.points, keys, strict=True):
        some = None if points is None else jax.random.permutation(key, points)[:samples]
        drawn.append(side.sample(key, samples) if some is None else some)
    found = plan(*drawn, throw=False)
    count = min(len(points) for points in drawn)
    return Static(float(found.cost), float(found.lower), count, int(found.iterations), found.result.name)
