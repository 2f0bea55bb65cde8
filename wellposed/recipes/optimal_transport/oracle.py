"""Gaussian to Gaussian, whose optimum is known: the method's own test, by continuation in the terminal weight."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import jax
import jax.numpy as jnp

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

STAGES = ((5.0, 0.01), (50.0, 0.003), (200.0, 0.002))
"""Weight of the divergence, learning rate."""
_STEPS, _SHIFT, _BATCH, _PENALTY = 2, 4.0, 128, 0.1
_SPARE = 14  # neurons beyond one for each dimension: a quadratic form in all of them is to be learned
_QUIET = 0.01  # of the published start: in many dimensions that one moves agents far, and the wrong way
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


def start(d: int, seed: int) -> Potential:
    """A potential that moves agents little at first, with as many neurons that push as that pull."""
    width = d + _SPARE
    phi = Potential.random(d, width, jax.random.fold_in(jax.random.key(seed), d), rank=d + 1)
    signs = jnp.where(jnp.arange(width) % 2 == 0, _QUIET, -_QUIET)
    return dataclasses.replace(phi, quadratic=_QUIET * phi.quadratic, weight=signs)


def oracle(d: int, iterations: int, seed: int, folder: Path | None, progress: Progress) -> Oracle:
    """Learn the transport in d dimensions, the terminal weight growing from stage to stage.

    Batches have the moments of the initial density: what is left of their noise is small, even in 50 dimensions.
    """
    a, b = ends(d)
    phi = start(d, seed)
    stages, seconds = [], 0.0
    for weight, rate in STAGES:
        game = MeanFieldGame(a, (KL(weight, b),))
        fitted = fit(
            phi,
            LagrangianLoss(game, _STEPS, _PENALTY * weight, _PENALTY * weight),
            FreshCrowds(game, _BATCH, matched=True),
            falling(_SOAP, rate, iterations),
            steps=iterations,
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
