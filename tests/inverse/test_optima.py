"""Closed-form optima against numerical optimisation and simulation."""

import numpy as np
import pytest
import scipy.optimize

from wellposed.inverse import Moments, ReducedRank, best_sigma, wiener

RNG = np.random.default_rng(0)
A = RNG.normal(size=(5, 7))
PICTURES = RNG.normal(size=(40, 7)) @ RNG.normal(size=(7, 7)) + 1.0
NOISE = 0.7
MOMENTS = Moments.of(A, PICTURES, NOISE)
U, S, VT = np.linalg.svd(A, full_matrices=False)


def test_error_is_the_mean_square_of_a_simulation():
    B, offset = RNG.normal(size=(7, 5)) / 5, RNG.normal(size=7)
    x = PICTURES[RNG.integers(0, 40, 400_000)]
    y = x @ A.T + NOISE * RNG.normal(size=(len(x), 5))
    guess = (y - MOMENTS.mean_y) @ B.T + MOMENTS.mean_x + offset
    assert MOMENTS.error(B, offset) == pytest.approx(np.mean(np.sum((guess - x) ** 2, 1)), rel=0.01)


def minimum(of, start):
    return scipy.optimize.minimize(of, start.ravel(), method="BFGS", options={"gtol": 1e-10})


def test_wiener_is_the_best_diagonal():
    power, disturbance = MOMENTS.spectrum(U, S, VT, NOISE)
    g = wiener(S, power, disturbance)
    error = lambda g: MOMENTS.error((VT.T * g) @ U.T)
    np.testing.assert_allclose(g, minimum(error, 1 / S).x, rtol=1e-4)
    assert error(1.01 * g) > error(g) < error(0.99 * g)


def test_best_sigma_is_the_best_full_matrix():
    k = 3
    error = lambda sigma: MOMENTS.error(VT[:k].T @ sigma.reshape(k, k) @ U[:, :k].T)
    best = best_sigma(MOMENTS, U[:, :k], VT[:k])
    np.testing.assert_allclose(best, minimum(error, np.eye(k)).x.reshape(k, k), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("rank", [1, 2, 4])
def test_reduced_rank_is_the_best_map_of_its_rank(rank):
    best = ReducedRank.of(MOMENTS)
    B = best.map(rank)
    assert np.linalg.matrix_rank(B) == rank
    assert MOMENTS.error(B) == pytest.approx(best.errors()[rank], rel=1e-9)
    error = lambda p: MOMENTS.error(p[: 7 * rank].reshape(7, rank) @ p[7 * rank :].reshape(rank, 5))
    found = min(minimum(error, RNG.normal(size=12 * rank)).fun for _ in range(4))
    assert found == pytest.approx(best.errors()[rank], rel=1e-5)


def test_full_rank_is_the_linear_minimum_mean_square_estimator():
    best = ReducedRank.of(MOMENTS)
    np.testing.assert_allclose(best.map(5), MOMENTS.C_yx.T @ np.linalg.inv(MOMENTS.C_yy), atol=1e-9)
    assert best.errors()[0] == pytest.approx(np.trace(MOMENTS.C_xx))
    assert np.all(np.diff(best.errors()) < 0)
