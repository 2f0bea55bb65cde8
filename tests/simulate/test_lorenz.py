"""The Lorenz system and its image in many dimensions."""

import numpy as np
from scipy.integrate import solve_ivp
from scipy.special import eval_legendre

from wellposed.simulate import hidden_lorenz

TS = np.arange(6) * 0.02


def rhs(t, z):
    return [10 * (z[1] - z[0]), z[0] * (28 - z[2]) - z[1], z[0] * z[1] - 8 / 3 * z[2]]


def test_the_hidden_trajectories_are_lorenz_over_forty():
    found = hidden_lorenz(2, seed=3, ts=TS, noise=0.0)
    z = np.asarray(found.hidden.states) * 40
    want = solve_ivp(rhs, (0, TS[-1]), z[1, 0], t_eval=TS, rtol=1e-10, atol=1e-10).y.T
    np.testing.assert_allclose(z[1], want, atol=1e-5)
    np.testing.assert_allclose(np.asarray(found.hidden.slopes)[1, 2] * 40, rhs(0, z[1, 2]), rtol=1e-6)


def test_what_is_seen_is_six_legendre_modes():
    found = hidden_lorenz(2, seed=3, size=17, ts=TS, noise=0.0)
    y = np.linspace(-1, 1, 17)
    z, dz = np.asarray(found.hidden.states)[0, 4], np.asarray(found.hidden.slopes)[0, 4]
    x = sum(z[i] * eval_legendre(i, y) + z[i] ** 3 * eval_legendre(i + 3, y) for i in range(3))
    np.testing.assert_allclose(np.asarray(found.observed.states)[0, 4], x, rtol=1e-5, atol=1e-6)
    dx = sum(dz[i] * eval_legendre(i, y) + 3 * z[i] ** 2 * dz[i] * eval_legendre(i + 3, y) for i in range(3))
    np.testing.assert_allclose(np.asarray(found.observed.slopes)[0, 4], dx, rtol=1e-4, atol=1e-5)


def test_starts_lie_where_they_should_and_noise_has_its_size():
    middle, half = np.array([0, 0, 25]), np.array([36, 48, 41])
    unit = lambda found: np.abs((np.asarray(found.hidden.states)[:, 0] * 40 - middle) / half).max(1)
    inside, outside = hidden_lorenz(40, seed=0, ts=TS, noise=0.0), hidden_lorenz(40, 0, inside=False, ts=TS)
    assert unit(inside).max() <= 1 + 1e-9
    assert unit(outside).min() > 1
    assert unit(outside).max() <= 1.25 + 1e-9
    noisy = hidden_lorenz(40, seed=0, ts=TS, noise=0.1)
    off = np.asarray(noisy.observed.states) - np.asarray(inside.observed.states)
    np.testing.assert_allclose(off.std(), 0.1, rtol=0.02)
