"""SINDy on systems whose equations are known, beside PySINDy."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import solve_ivp

from wellposed.dynamics import SINDy
from wellposed.simulate import Trajectories

pysindy = pytest.importorskip("pysindy", reason="pysindy, the oracle, is not installed")
TS = np.linspace(0.0, 2.0, 401)


def lorenz(t, x):
    return np.array([10 * (x[1] - x[0]), x[0] * (28 - x[2]) - x[1], x[0] * x[1] - 8 / 3 * x[2]])


def simulated(field, x0, ts):
    return solve_ivp(field, (ts[0], ts[-1]), x0, t_eval=ts, rtol=1e-10, atol=1e-10).y.T


@pytest.fixture(scope="module")
def attractor():
    x = simulated(lorenz, [-8.0, 7.0, 27.0], TS)
    return Trajectories(TS, x[None], np.stack([lorenz(0, one) for one in x])[None])


def test_lorenz_is_found_and_printed(attractor):
    with jax.enable_x64(True):
        model = SINDy.fit(attractor, degree=2, names=("x", "y", "z"))
        assert model.equations() == (
            "dx/dt = -10 x + 10 y",
            "dy/dt = 28 x - 1 y - 1 x z",
            "dz/dt = -2.667 z + 1 x y",
        )
        ts = np.array([0.0, 0.4, 1.0])
        found = model.predict(attractor.states[0, 0], None, ts)
        np.testing.assert_allclose(found, attractor.states[0][[0, 80, 200]], atol=1e-3)


def test_derivatives_that_are_not_given_come_from_a_spline_as_good_as_pysindys(attractor):
    bare = Trajectories(attractor.ts, attractor.states)
    with jax.enable_x64(True):
        ours = SINDy.fit(bare, degree=2, threshold=0.3)
    theirs = pysindy.SINDy(
        optimizer=pysindy.STLSQ(threshold=0.3), feature_library=pysindy.PolynomialLibrary(degree=2)
    ).fit(attractor.states[0], t=TS[1] - TS[0])
    want = np.zeros((3, 10))
    want[0, [1, 2]], want[1, [1, 2, 6]], want[2, [3, 5]] = [-10, 10], [28, -1, -1], [-8 / 3, 1]
    error = np.abs(np.asarray(ours.coefficients) - want).max()
    assert error < np.abs(theirs.coefficients() - want).max() / 10


def test_a_parameter_joins_the_library():
    with jax.enable_x64(True):
        values = np.array([-0.5, 0.2, 1.0])
        x = np.stack([simulated(lambda t, x, p=p: p * x - x**3, [0.8], TS[::8]) for p in values])
        data = Trajectories(TS[::8], x, values[:, None, None] * x - x**3, values)
        model = SINDy.fit(data, names=("x", "mu"))
        assert model.equations() == ("dx/dt = 1 x mu - 1 x^3",)
        found = model.predict(jnp.array([0.8]), jnp.array(0.5), TS[[0, 400]])
        want = simulated(lambda t, x: 0.5 * x - x**3, [0.8], TS[[0, 400]])
        np.testing.assert_allclose(found, want, atol=1e-5)
