"""The two steps against the linear-quadratic game without interaction, whose value function is known."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.errors import InputError
from wellposed.train import Progress
from wellposed.transport import (
    Entropy,
    Gaussian,
    Grid,
    MeanFieldGame,
    Preference,
    Quadratic,
    QuadraticValue,
    Region,
    ValueFunction,
    ValueTask,
    fit_value,
    hjb_residual,
    largest_residual,
    primal_dual,
)

NU, G = 0.2, 1.0
TASK = ValueTask(steps=80, spread=150, along=60, worst=8, redraw=10, snapshots=3)


def end():
    return Quadratic(G, jnp.zeros(1))


def lq_game():
    return MeanFieldGame(Gaussian.isotropic(jnp.array([1.0]), 0.2), (Preference(end()),), nu=NU)


def blind(phi):
    """The value function whose base is Psi itself: nothing of the solution is given."""
    return ValueFunction(phi.network, lambda x, t: end()(x), phi.region, phi.horizon)


@pytest.fixture(scope="module")
def fitted():
    with jax.enable_x64(True):
        game = lq_game()
        region = Region(jnp.zeros(1), jnp.array([4.0]), 0.6)
        start = blind(ValueFunction.random(game, region, 8, jax.random.key(0)))
        crowd = jnp.linspace(0.0, 1.5, 10)[:, None, None] * jnp.linspace(1.0, 0.5, 5)[None, :, None]
        return game, fit_value(game, start, crowd, TASK, jax.random.key(1), progress=Progress(shown=False))


def test_the_known_value_function_solves_the_equation():
    with jax.enable_x64(True):
        game = lq_game()
        exact = QuadraticValue(end(), game.kinetic, game.nu, game.horizon)
        assert abs(float(hjb_residual(game, exact, jnp.array([0.7]), jnp.array(0.3)))) < 1e-12


def test_the_value_function_is_learned_within_one_percent(fitted):
    game, found = fitted
    with jax.enable_x64(True):
        exact = QuadraticValue(end(), game.kinetic, game.nu, game.horizon)
        for x in (0.0, 1.0, 1.5):
            for t in (0.0, 0.5):
                place = jnp.array([x]), jnp.array(t)
                np.testing.assert_allclose(found.value(*place), exact(*place), rtol=0.01, atol=0.002)


def test_a_checkpoint_of_another_fit_is_refused(tmp_path):
    with jax.enable_x64(True):
        game = lq_game()
        start = blind(ValueFunction.random(game, Region(jnp.zeros(1), jnp.array([4.0])), 2, jax.random.key(0)))
        crowd, quiet = jnp.ones((3, 4, 1)), Progress(shown=False)
        task = ValueTask(steps=1, spread=8, along=4, worst=2, snapshots=1)
        ended = fit_value(game, start, crowd, task, jax.random.key(1), tmp_path, quiet)
        again = fit_value(game, start, crowd, task, jax.random.key(1), tmp_path, quiet)
        np.testing.assert_array_equal(again.losses, ended.losses)
        with pytest.raises(InputError, match=r"value\.checkpoint: it was saved with other settings"):
            fit_value(game, start, 2 * crowd, task, jax.random.key(1), tmp_path, quiet)


def test_snapshots_are_states_of_the_training(fitted):
    _, found = fitted
    with jax.enable_x64(True):
        place = jnp.array([0.8]), jnp.array(0.2)
        assert float(found.at(-1)(*place)) == float(found.value(*place))
        assert float(found.at(0)(*place)) != float(found.value(*place))


def test_a_wrong_sign_in_the_equation_is_seen():
    with jax.enable_x64(True):
        game = lq_game()
        exact = QuadraticValue(end(), game.kinetic, game.nu, game.horizon)
        turned = lambda x, t: -exact(x, t)
        assert abs(float(hjb_residual(game, turned, jnp.array([0.7]), jnp.array(0.3)))) > 0.1


def test_the_exact_value_has_no_gap_and_a_wrong_one_has():
    with jax.enable_x64(True):
        game = lq_game()
        exact = QuadraticValue(end(), game.kinetic, game.nu, game.horizon)
        grid, region = Grid(((-3.0, 4.0),), (60,), 12), Region(jnp.zeros(1), jnp.array([2.0]))
        key = jax.random.key(0)
        bound = primal_dual(game, exact, grid, region, key, samples=1024)
        J = 1.0 / (1 + G) / 2 * (1.0 + 0.2) + NU * np.log(1 + G)  # E phi(x, 0)
        np.testing.assert_allclose([bound.primal, bound.dual], J, rtol=2e-3)
        np.testing.assert_allclose(bound.primal_by_sums, J, rtol=1e-2)
        assert abs(float(bound.relative_gap)) < 1e-6
        bent = Bent(exact)
        worse = primal_dual(game, bent, grid, region, key, samples=1024)
        assert float(worse.dual) < J - 0.01 < float(worse.primal) + 1e-3
        assert float(worse.relative_gap) > 0.02


class Bent(QuadraticValue):
    """A bump is added before the end."""

    def __init__(self, exact):
        self.cost, self.kinetic, self.nu, self.horizon = exact.cost, exact.kinetic, exact.nu, exact.horizon

    def __call__(self, x, t):
        return super().__call__(x, t) + 0.1 * (self.horizon - t) * jnp.exp(-jnp.sum((x - 1) ** 2))


def test_the_largest_residual_is_found_between_samples():
    with jax.enable_x64(True):
        game = lq_game()
        phi = Bent(QuadraticValue(end(), game.kinetic, game.nu, game.horizon))
        region = Region(jnp.zeros(1), jnp.array([2.0]))
        found = largest_residual(game, phi, region, jax.random.key(3), samples=1024, worst=16)
        x, t = jnp.meshgrid(jnp.linspace(-4.0, 6.0, 801), jnp.linspace(0.0, 1.0, 101))
        dense = jax.vmap(lambda x, t: hjb_residual(game, phi, x[None], t))(x.ravel(), t.ravel()).max()
        np.testing.assert_allclose(found.value, dense, rtol=1e-3)


def test_a_cost_that_needs_the_density_is_refused():
    game = MeanFieldGame(lq_game().initial, (Entropy(0.1),))
    with pytest.raises(ValueError, match=r"linear in the density, .*got Entropy: .*solve this game on a grid"):
        ValueFunction.random(game, Region(jnp.zeros(1), jnp.ones(1)), 4, jax.random.key(0))(
            jnp.zeros(1), jnp.array(0.5)
        )


def test_a_task_without_steps_is_refused():
    with pytest.raises(ValueError, match="steps of at least 1, got 0"):
        ValueTask(steps=0)
