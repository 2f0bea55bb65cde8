"""The closed form beside its equations, solved by Runge-Kutta steps, and beside simulated agents."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.transport import Gaussian, LinearQuadraticGame


def a_game(q=0.8, nu=0.2, alpha=1.3):
    initial = Gaussian(jnp.array([0.5, -1.0]), jnp.array([[0.6, 0.0], [0.2, 0.4]]))
    return LinearQuadraticGame(initial, jnp.array([1.0, 2.0]), g=1.5, q=q, nu=nu, alpha=alpha)


@pytest.mark.parametrize("q", [0.0, 0.8])
def test_the_value_obeys_hamilton_jacobi_bellman(q):
    with jax.enable_x64(True):
        game = a_game(q)
        for x, t in [(jnp.array([0.3, 0.9]), 0.2), (jnp.array([-2.0, 1.0]), 0.7)]:
            slope, rate = jax.grad(game.phi)(x, t), jax.grad(game.phi, 1)(x, t)
            curved = jnp.trace(jax.hessian(game.phi)(x, t))
            left = -rate - game.nu * curved + slope @ slope / (2 * game.alpha)
            assert float(left) == pytest.approx(float(q * jnp.sum((x - game.mean(t)) ** 2) / 2), abs=1e-10)
            np.testing.assert_allclose(game.velocity(x, t), -slope / game.alpha, rtol=1e-10)
        end = 1.5 * jnp.sum((x - game.goal) ** 2) / 2
        assert float(game.phi(x, 1.0)) == pytest.approx(float(end), rel=1e-12)


@pytest.mark.parametrize("q", [0.0, 0.8])
def test_mean_and_covariance_follow_the_agents(q):
    """m' = v(m), S' = -2 P S / alpha + 2 nu I."""
    with jax.enable_x64(True):
        game = a_game(q)
        for t in (0.1, 0.6):
            np.testing.assert_allclose(jax.jacfwd(game.mean)(t), game.velocity(game.mean(t), t), rtol=1e-10)
            rate = -2 * game.curvature(t) * game.covariance(t) / game.alpha + 2 * game.nu * jnp.eye(2)
            np.testing.assert_allclose(jax.jacfwd(game.covariance)(t), rate, rtol=1e-9)
        np.testing.assert_allclose(game.covariance(0.0), game.initial.covariance, rtol=1e-12)


def test_the_published_solution_without_interaction():
    """P = g / (1 + g tau), and the noise costs nu d log(1 + g T)."""
    with jax.enable_x64(True):
        game = LinearQuadraticGame(Gaussian.isotropic(jnp.zeros(3), 0.5), jnp.zeros(3), g=2.0, nu=0.3)
        assert float(game.curvature(0.25)) == pytest.approx(2 / 2.5, rel=1e-12)
        x = jnp.array([1.0, 2.0, -1.0])
        assert float(game.phi(x, 0.25)) == pytest.approx(0.4 * 6 + 0.9 * np.log(2.5), rel=1e-12)


def test_simulated_agents_pay_the_cost():
    game, steps = a_game(), 100
    keys = jax.random.split(jax.random.key(0), steps + 1)
    x = game.initial.sample(keys[0], 20_000)

    def step(x, now):
        t, key = now
        v = jax.vmap(lambda x: game.velocity(x, t))(x)
        paid = game.alpha * jnp.sum(v**2, 1) / 2 + game.q * jnp.sum((x - game.mean(t)[None]) ** 2, 1) / 2
        return x + v / steps + jnp.sqrt(2 * game.nu / steps) * jax.random.normal(key, x.shape), paid / steps

    x, paid = jax.lax.scan(step, x, ((jnp.arange(steps) + 0.5) / steps, keys[1:]))
    total = paid.sum(0) + game.g * jnp.sum((x - game.goal[None]) ** 2, 1) / 2
    assert float(total.mean()) == pytest.approx(float(game.cost()), rel=0.01)
    np.testing.assert_allclose(jnp.cov(x.T), game.covariance(1.0), atol=0.02)


def test_bad_input_is_a_sentence():
    initial = Gaussian.isotropic(jnp.zeros(2), 1.0)
    with pytest.raises(ValueError, match=r"goal of shape \(2,\) as the density has, got \(3,\)"):
        LinearQuadraticGame(initial, jnp.zeros(3))
    with pytest.raises(ValueError, match="got g=-1"):
        LinearQuadraticGame(initial, jnp.zeros(2), g=-1.0)
