"""A reservoir learns the attractor of Lorenz's system of 1963, and says what it does not know."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.dynamics import Knobs, Reservoir
from wellposed.metrics import invariant_error, valid_prediction_time
from wellposed.simulate import Trajectories, integrate

STEP = 0.05


def lorenz63(x, p):
    return jnp.stack([10 * (x[1] - x[0]), x[0] * (28 - x[2]) - x[1], x[0] * x[1] - p * x[2]])


@pytest.fixture(scope="module")
def truth():
    ts = STEP * np.arange(2000)
    return integrate(lorenz63, np.array([[1.0, 1.0, 20.0]]), np.array([8 / 3]), ts, 1e-6).between(200)


@pytest.fixture(scope="module")
def model(truth):
    short = truth.between(0, 1500)
    return Reservoir.fit(_float32(short), jax.random.key(0), Knobs(size=200))


def _float32(t: Trajectories) -> Trajectories:
    return Trajectories(t.ts, t.states.astype(np.float32))


def _forecast(model, truth, at, length, history=1):
    x = truth.states[0, at - history + 1 : at + 1].astype(np.float32)
    return np.asarray(model.predict(x[0] if history == 1 else x, None, truth.ts[at : at + length]))


def test_forecasts_are_right_for_some_lyapunov_times(model, truth):
    starts = range(1550, 1650, 20)
    times = [
        valid_prediction_time(
            _forecast(model, truth, at, 140, 60), truth.states[0, at : at + 140], STEP * np.arange(140)
        )
        for at in starts
    ]
    assert np.median(times) * 0.9056 > 2  # the system's largest exponent in 1 / time


def test_a_single_state_opens_a_forecast_too(model, truth):
    found = _forecast(model, truth, 1600, 12)
    error = np.abs(found - truth.states[0, 1600:1612]).max()
    assert error < 0.1 * truth.states[0].std()


def test_a_long_forecast_stays_on_the_attractor(model, truth):
    long = _forecast(model, truth, 1560, 240, 60)
    assert invariant_error(long, truth.states[0, :1500]) < 0.3


def test_the_radius_is_the_spectral_radius(model):
    assert np.abs(np.linalg.eigvals(np.asarray(model.A, float))).max() == pytest.approx(0.4, rel=1e-4)


def test_times_off_the_grid_and_parameters_are_refused(model, truth):
    with pytest.raises(ValueError, match=r"Reservoir expects times one step of 0.05 apart"):
        model.predict(jnp.ones(3), None, jnp.linspace(0, 1, 7))
    with pytest.raises(ValueError, match="Reservoir expects no parameter"):
        model.predict(jnp.ones(3), 1.0, truth.ts[:3])
    with pytest.raises(ValueError, match="longer than its washout of 100 steps, got 50"):
        Reservoir.fit(truth.between(0, 50), jax.random.key(0))


def test_a_model_without_read_out_forecasts_nothing(model, truth):
    import equinox as eqx

    broken = eqx.tree_at(lambda m: m.W, model, 0 * model.W)
    found = _forecast(broken, truth, 1600, 200, 60)
    assert valid_prediction_time(found, truth.states[0, 1600:1800], STEP * np.arange(200)) < 2 * STEP
