"""Plans against exact answers: the assignment problem, sorted samples, translations."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from wellposed.transport import plan, wasserstein

X = np.asarray(jax.random.normal(jax.random.key(0), (40, 2)))
Y = np.asarray(jax.random.normal(jax.random.key(1), (40, 2))) * 1.5 + np.array([[2.0, 0.0]], "float32")


def exact(x, y):
    costs = ((x[:, None] - y[None]) ** 2).sum(-1)
    rows, columns = linear_sum_assignment(costs)
    return costs[rows, columns].mean()


def test_the_bounds_hold_the_exact_cost_between_them():
    found = plan(X, Y)
    assert float(found.lower) <= exact(X, Y) * 1.0001
    assert float(found.cost) >= exact(X, Y) * 0.999
    assert float(found.cost) == pytest.approx(exact(X, Y), rel=0.05)
    assert float(found.cost - found.lower) < 0.1 * exact(X, Y)


def test_the_plan_has_its_marginals():
    found = plan(X, Y)
    np.testing.assert_allclose(found.matrix.sum(0), 1 / 40, atol=1e-3)
    assert float(found.marginal_error) < 2e-3
    assert found.result.name == "successful"


def test_a_translation_costs_its_square():
    assert float(wasserstein(X, X + np.array([[3.0, 4.0]], "float32"))) == pytest.approx(25.0, rel=0.01)


def test_the_barycentric_projection_of_a_translation():
    moved = plan(X, X + 10.0, epsilon=1e-4).pushed(X + 10.0)
    assert np.abs(np.asarray(moved) - (X + 10.0)).mean() < 0.2


def test_masses():
    x, y = jnp.array([[0.0], [1.0]]), jnp.array([[0.0], [1.0]])
    found = plan(x, y, np.array([0.75, 0.25]), np.array([0.25, 0.75]), epsilon=1e-3)
    assert float(found.cost) == pytest.approx(0.5, abs=0.01)


def test_no_convergence_is_no_silence():
    with pytest.raises(RuntimeError, match=r"marginals are not those asked for yet: raise epsilon or iterations"):
        plan(X, Y + 5.0, epsilon=1e-4, iterations=10)
    assert plan(X, Y + 5.0, epsilon=1e-4, iterations=10, throw=False).result.name == "max_iterations"


def test_bad_input_is_a_sentence():
    broken = X.copy()
    broken[7, 1] = np.nan
    with pytest.raises(ValueError, match="NaN or infinity in row 7 of y: drop such rows"):
        plan(X, broken)
    with pytest.raises(ValueError, match="of one dimension, got 2 and 1"):
        plan(X, Y[:, :1])
    with pytest.raises(ValueError, match=r"got \(40,\) with the sum 40: divide by the sum"):
        plan(X, Y, np.ones(40))
    with pytest.raises(ValueError, match=r"x of shape \(samples, dimensions\), got \(0, 2\)"):
        plan(X[:0], Y)
