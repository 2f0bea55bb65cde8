"""BFGS against the closed form of a penalised translation."""

import jax
import jax.numpy as jnp
import pytest

from wellposed.train import Progress
from wellposed.transport import (
    KL,
    Gaussian,
    LagrangianLoss,
    MeanFieldGame,
    Potential,
    penalised_gaussian,
    quasi_newton,
    settle,
)

HERE, THERE = (Gaussian.isotropic(jnp.array([x, 0.0]), 0.5) for x in (0.0, 2.0))


def test_it_reaches_the_optimum_of_the_penalised_problem():
    game = MeanFieldGame(HERE, (KL(2.0, THERE),))
    loss = LagrangianLoss(game, steps=2, hjb=1.0, hjb_end=1.0)
    start = Potential.random(2, 6, jax.random.key(0))
    quiet = Progress(shown=False)
    phi, losses = quasi_newton(start, loss, jax.random.key(1), rounds=8, size=256, progress=quiet)
    found = settle(phi, game, jax.random.key(2), n=20_000, steps=8).total.mean
    assert losses[-1] < losses[0]
    assert found == pytest.approx(float(penalised_gaussian(HERE, THERE, 2.0).objective), rel=0.03)


def test_a_loss_that_breaks_down_is_an_error():
    game = MeanFieldGame(HERE, (KL(2.0, THERE),))
    broken = jax.tree.map(lambda a: jnp.full_like(a, jnp.nan), Potential.random(2, 6, jax.random.key(0)))
    with pytest.raises(FloatingPointError, match="the loss is nan after round 1"):
        quasi_newton(broken, LagrangianLoss(game, steps=2, hjb=1.0, hjb_end=1.0), jax.random.key(1), rounds=8, size=256)
