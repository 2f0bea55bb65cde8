"""Games along the paths of agents, against closed forms."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from wellposed.train import fit
from wellposed.transport import (
    KL,
    Congestion,
    Entropy,
    FreshCrowds,
    Gaussian,
    LagrangianLoss,
    MeanFieldGame,
    Potential,
    PotentialMap,
    Preference,
    bump,
    crowd,
    payments,
    penalised_gaussian,
    ring,
    settle,
)

HERE, THERE = (Gaussian.isotropic(jnp.array([x, 0.0]), 0.5) for x in (0.0, 2.0))
GAME = MeanFieldGame(HERE, (KL(2.0, THERE),))
KEY = jax.random.key(0)


def moving(speed):
    """Phi = -speed x_1 + speed^2 t / 2: every agent moves by `speed`, and the HJB equation holds exactly."""
    phi = jax.tree.map(jnp.zeros_like, Potential.random(2, 4, jax.random.key(0)))
    linear = jnp.array([-speed, 0.0, speed**2 / 2])
    return Potential(**{**{name: getattr(phi, name) for name in phi.__dataclass_fields__}, "linear": linear})


def test_a_translation_costs_what_it_costs():
    """Kinetic 1.5^2 / 2; the divergence of two normal densities 0.5 apart, (0.5^2 / 0.5) / 2 by its weight."""
    paid = settle(moving(1.5), GAME, jax.random.key(1), n=20_000, steps=2)
    assert paid.kinetic.mean == pytest.approx(1.125, rel=1e-5)
    assert paid.hjb.mean == pytest.approx(0.0, abs=1e-5)
    assert paid.terminal.low < 0.5 < paid.terminal.high
    assert paid.total.mean == pytest.approx(paid.kinetic.mean + paid.terminal.mean, rel=1e-5)


def test_running_costs_are_those_of_the_density_on_the_way():
    """int rho log rho of N(., 0.5 I) is -log(2 pi e 0.5), int rho^2 / 2 is 1 / (8 pi 0.5), wherever the crowd is."""
    game = MeanFieldGame(HERE, (KL(2.0, THERE),), (Entropy(1.0),))
    entropy = settle(moving(1.0), game, jax.random.key(1), n=20_000, steps=2).running
    assert entropy.low < -np.log(np.pi * np.e) < entropy.high
    crowded = MeanFieldGame(HERE, (KL(2.0, THERE),), (Congestion(1.0),))
    price = settle(moving(1.0), crowded, jax.random.key(1), n=20_000, steps=2).running
    assert price.low < 1 / (8 * np.pi * 0.5) < price.high


def test_a_crowd_that_contracts_knows_its_density():
    """Phi = |x|^2 / 4: x(t) = e^(-t/2) x, so int rho log rho grows by t, and the end is a known normal density."""
    still = moving(0.0)
    root = jnp.pad(jnp.sqrt(0.5) * jnp.eye(2), ((0, len(still.quadratic) - 2), (0, 1)))
    phi = Potential(**{**{name: getattr(still, name) for name in still.__dataclass_fields__}, "quadratic": root})
    end = Gaussian.isotropic(jnp.zeros(2), 0.5 * np.exp(-1.0))
    game = MeanFieldGame(HERE, (KL(2.0, end),), (Entropy(1.0),))
    paid = settle(phi, game, jax.random.key(1), n=20_000, steps=16)
    assert paid.running.low < 0.5 - np.log(np.pi * np.e) < paid.running.high
    assert paid.terminal.mean == pytest.approx(0.0, abs=1e-3)


def test_an_obstacle_is_paid_for_along_the_way():
    wall = Preference(bump(3.0, jnp.array([1.0, 0.0]), jnp.array([0.2, 0.2])))
    game = MeanFieldGame(HERE, (KL(2.0, THERE),), (wall,))
    agent = crowd(game, jax.random.key(0), 1)._replace(x=jnp.zeros((1, 2)))
    paid = payments(moving(2.0), game, agent, 64).running[0]
    ts = np.linspace(0, 1, 4001)
    heights = 3.0 / (2 * np.pi * 0.2) * np.exp(-((2 * ts - 1) ** 2) / 0.4)
    assert float(paid) == pytest.approx(np.trapezoid(heights, ts), rel=1e-3)


def test_training_reaches_the_optimum_of_the_penalised_problem():
    """Within 3 % in some 200 steps; the optimal translation stops at 1.6 of 2."""
    loss = LagrangianLoss(GAME, steps=2, hjb=1.0, hjb_end=1.0)
    phi = Potential.random(2, 8, jax.random.key(3))
    rate = optax.cosine_decay_schedule(0.05, 250)
    batches = FreshCrowds(GAME, 256)
    fitted = fit(phi, loss, batches, optax.adam(rate), steps=250, key=jax.random.key(0), average=0.98)
    found = settle(fitted.model, GAME, jax.random.key(1), n=20_000, steps=8)
    optimum = penalised_gaussian(HERE, THERE, 2.0)
    assert found.total.mean == pytest.approx(float(optimum.objective), rel=0.03)
    move = PotentialMap(fitted.model)
    shift = jax.vmap(move)(crowd(GAME, jax.random.key(2), 500).x) - crowd(GAME, jax.random.key(2), 500).x
    np.testing.assert_allclose(shift.mean(0), [1.6, 0.0], atol=0.1)


def test_a_potential_that_breaks_the_hjb_equation_is_seen():
    """Without the term in t the residual is speed^2 / 2 all along."""
    phi = moving(1.0)
    wrong = Potential(**{**{n: getattr(phi, n) for n in phi.__dataclass_fields__}, "linear": jnp.array([-1.0, 0, 0])})
    assert settle(wrong, GAME, jax.random.key(1), n=1000, steps=2).hjb.mean == pytest.approx(0.5, rel=1e-5)


def test_the_map_goes_there_and_back():
    move = PotentialMap(Potential.random(3, 6, jax.random.key(0)), steps=16)
    x = jnp.array([0.5, -1.0, 0.2])
    assert float(jnp.abs(move.inverse(move(x)) - x).max()) < 1e-4
    np.testing.assert_allclose(move.trajectory(x)[-1], move(x), rtol=1e-5)


def test_bad_input_is_a_sentence():
    with pytest.raises(ValueError, match=r"game without diffusion, got nu = 0\.1"):
        LagrangianLoss(MeanFieldGame(HERE, (KL(2.0, THERE),), nu=0.1), steps=2)
    with pytest.raises(ValueError, match="expects a terminal cost, got none"):
        MeanFieldGame(HERE, ())
    with pytest.raises(ValueError, match=r"expects kinetic above 0, got -1\.0"):
        MeanFieldGame(HERE, (KL(2.0, THERE),), kinetic=-1.0)
    with pytest.raises(ValueError, match="moments of a Gaussian, got Mixture"):
        FreshCrowds(MeanFieldGame(ring(8, 4.0, 0.3), (KL(2.0, THERE),)), 8, matched=True)


def test_a_translation_costs_the_same_in_every_batch_with_matched_moments():
    """Its costs are quadratic: what independent batches scatter by, matched ones do not."""
    loss = LagrangianLoss(GAME, steps=2)
    scatter = {}
    for matched in (False, True):
        batches = FreshCrowds(GAME, 16, matched)
        values = [float(loss(moving(1.5), batches(jax.random.key(i), jnp.asarray(i)), KEY)[0]) for i in range(4)]
        scatter[matched] = np.std(values)
    assert scatter[True] < 1e-4
    assert scatter[False] > 1e-2
