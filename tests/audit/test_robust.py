import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.audit import Problem, robust, worst_perturbation
from wellposed.operators import Matrix

KEY = jax.random.key(0)


def test_the_worst_perturbation_of_an_affine_map_is_its_leading_singular_vector():
    M = np.random.default_rng(0).standard_normal((8, 6))
    found = worst_perturbation(lambda y: jnp.asarray(M) @ y + 3, jnp.ones(6), 0.1, KEY, steps=8)
    np.testing.assert_allclose(found.change, 0.1 * np.linalg.norm(M, 2), rtol=1e-6)
    np.testing.assert_allclose(jnp.linalg.norm(found.perturbation), 0.1, rtol=1e-12)


@pytest.mark.parametrize("radius", [0.3, 1.5])
def test_the_worst_perturbation_of_a_curved_map_is_that_of_a_search(radius):
    def f(y):
        return jnp.array([jnp.sin(2 * y[0]) + y[1] ** 2, jnp.tanh(y[0] * y[1])])

    y = jnp.array([0.4, -0.2])
    angle = jnp.linspace(0, 2 * jnp.pi, 2000)
    circle = radius * jnp.stack([jnp.cos(angle), jnp.sin(angle)], axis=1)
    searched = jnp.linalg.norm(jax.vmap(f)(y[None] + circle) - f(y)[None], axis=1).max()
    found = worst_perturbation(f, y, radius, KEY, steps=40, restarts=4)
    np.testing.assert_allclose(found.change, searched, rtol=0.02)


def test_the_change_is_that_of_the_perturbation(toy):
    def f(y):
        return jnp.tanh(toy.tikhonov(1e-2)(y))

    y = toy.problem().clean[0]
    found = worst_perturbation(f, y, 0.2, KEY)
    np.testing.assert_allclose(found.change, jnp.linalg.norm(f(y + found.perturbation) - f(y)), rtol=1e-10)


def test_the_ratio_of_a_linear_map_has_a_closed_form(toy):
    f = toy.tikhonov(1e-2)
    answer = robust.ask(f, toy.problem(), KEY, attacked=6, steps=8, draws=200)
    expected = np.sqrt(15) * np.linalg.norm(f.R, 2) / np.linalg.norm(f.R)
    assert abs(answer.number / expected - 1) < 0.05  # the mean norm is a little below the root mean square
    assert answer.low < answer.number < answer.high


def test_the_slope_of_an_exact_inverse_of_the_identity_is_one():
    x = 1 + jnp.arange(24.0).reshape(2, 12)
    problem = Problem(
        Matrix(2 * jnp.eye(12)),
        x,
        2 * x + 0.1,
        2 * x,
        0.1,
        lambda key, x, s: 2 * x + s * jax.random.normal(key, (12,)),
    )
    answer = robust.ask(lambda y: y / 2, problem, KEY)
    np.testing.assert_allclose(answer.details["slope_relative_error_per_relative_noise"], 1, rtol=1e-10)
    np.testing.assert_allclose(answer.curves["error"], answer.curves["noise"], atol=1e-12)
    np.testing.assert_allclose(answer.number, 1, rtol=1e-10)  # no direction is worse than another


def test_a_robust_map_passes_and_the_naive_inverse_is_flagged(toy):
    problem = toy.problem(level=0.02)
    stable, naive = (robust.ask(f, problem, KEY) for f in (toy.tikhonov(1e-2), toy.filtered(1 / toy.s)))
    assert stable.holds
    assert not naive.holds
    assert (
        naive.details["slope_relative_error_per_relative_noise"]
        > 5 * (stable.details["slope_relative_error_per_relative_noise"])
    )


def test_a_map_that_breaks_down_is_flagged(toy):
    answer = robust.ask(lambda y: jnp.sqrt(y[:3, :1] - 1e9) * jnp.ones((3, 4)), toy.problem(), KEY)
    assert not answer.holds
    assert "not finite" in answer.verdict
