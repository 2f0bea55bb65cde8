"""Gaussian to Gaussian, whose optimum is known: a test of loss and potential, by continuation in the weight at the end.

The start is made for it, and batches have the moments of the initial density: see `start` and `FreshCrowds`.
"""

from dataclasses import dataclass
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Key

from wellposed.metrics import Interval
from wellposed.train import Progress, falling, fit, soap
from wellposed.transport import (
    KL,
    FreshCrowds,
    Gaussian,
    LagrangianLoss,
    MeanFieldGame,
    Potential,
    bures_wasserstein,
    penalised_gaussian,
    settle,
)

# weight of the divergence, share of the iterations, learning rate
STAGES = ((5.0, 1, 0.004), (50.0, 1, 0.001), (200.0, 2, 0.0003))
_SPARE, _STEPS, _SHIFT, _BATCH, _PENALTY = 14, 2, 4.0, 128, 0.5  # some neurons more than directions
_QUIET, _LOUD = 0.01, 50.0  # of weights inside and outside; 1 and 200 outside did worse in 50 dimensions
_AGENTS = 65536
_SOAP = soap(1.0)


@dataclass(frozen=True)
class Stage:
    """What was reached at one weight.

    Attributes:
        weight: of the divergence at the end.
        objective: J of the learned transport.
        optimum: of the same penalised problem, in closed form.
        transport_cost: int int |v|^2 rho of the learned transport.
        divergence: KL(end | target).
    """

    weight: float
    objective: Interval
    optimum: float
    transport_cost: float
    divergence: float


@dataclass(frozen=True)
class Oracle:
    """The stages in one dimension, and W2^2 in closed form."""

    stages: tuple[Stage, ...]
    distance: float
    seconds: float


def ends(d: int) -> tuple[Gaussian, Gaussian]:
    """N(0, I) and a normal density elsewhere, with variances 0.5 and 1.5 in turn."""
    variances = jnp.where(jnp.arange(d) % 2 == 0, 0.5, 1.5)
    there = Gaussian(jnp.zeros(d).at[0].set(_SHIFT), jnp.diag(jnp.sqrt(variances)))
    return Gaussian.isotropic(jnp.zeros(d), 1.0), there


def start(d: int, key: Key[Array, ""]) -> Potential:
    """A potential from which quadratic ones are near, as those between Gaussians are.

    sigma bends like a parabola near 0 alone. With small weights inside and large ones of both signs outside, its
    neurons stay there while the potential gets its curvature, in directions that shrink and in those that stretch; the
    part s' A'A s / 2 alone can only shrink.
    """
    phi = Potential.random(d, d + _SPARE, key, rank=d + 1)
    signs = jnp.where(jnp.arange(d + _SPARE) % 2 == 0, _LOUD, -_LOUD)
    quiet = jax.tree.map(lambda leaf: _QUIET * leaf, phi)
    return eqx.tree_at(lambda p: p.weight, quiet, signs)


def oracle(d: int, iterations: int, seed: int, folder: Path | None, progress: Progress) -> Oracle:
    """Learn the transport in d dimensions, the terminal weight growing from stage to stage."""
    a, b = ends(d)
    phi = start(d, jax.random.fold_in(jax.random.key(seed), d))
    stages, seconds = [], 0.0
    for weight, share, rate in STAGES:
        game = MeanFieldGame(a, (KL(weight, b),))
        fitted = fit(
            phi,
            LagrangianLoss(game, _STEPS, _PENALTY, _PENALTY),
            FreshCrowds(game, max(_BATCH, 2 * d), matched=True),
            falling(_SOAP, rate, share * iterations),
            steps=share * iterations,
            key=jax.random.key(seed),
            average=0.995,
            folder=folder,
            name=f"gaussian-{d}-{weight:g}",
            settings={"iterations": iterations, "seed": seed},
            resume=True,
            progress=progress,
        )
        phi, seconds = fitted.model, seconds + fitted.seconds
        paid = settle(phi, game, jax.random.fold_in(jax.random.key(seed), 3), _AGENTS, 8 * _STEPS)
        optimum = float(penalised_gaussian(a, b, weight).objective)
        stages.append(Stage(weight, paid.total, optimum, 2 * paid.kinetic.mean, paid.terminal.mean / weight))
    return Oracle(tuple(stages), float(bures_wasserstein(a, b)), seconds)
