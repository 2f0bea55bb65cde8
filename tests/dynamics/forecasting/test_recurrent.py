"""A recurrent network that is trained on its own forecasts."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from wellposed.dynamics import Recurrent
from wellposed.simulate import Trajectories

TS = 0.1 * jnp.arange(400)
CIRCLE = Trajectories(TS, 3 + jnp.stack([jnp.cos(TS), jnp.sin(TS)], axis=1)[None])


@pytest.fixture(scope="module")
def trained():
    options = {"horizon": 20, "batch": 32, "steps": 600, "key": jax.random.key(0)}
    return Recurrent.fit(CIRCLE, 24, optax.adam(1e-2), **options).model


def test_it_forecasts_beyond_the_windows_it_was_trained_on(trained):
    found = trained.predict(CIRCLE.states[0, 7], None, TS[7:80])
    assert float(jnp.abs(found - CIRCLE.states[0, 7:80]).max()) < 0.2
    assert found.shape == (73, 2)


def test_before_training_it_does_not():
    model = Recurrent.init(CIRCLE, 24, jax.random.key(0))
    found = model.predict(CIRCLE.states[0, 7], None, TS[7:80])
    assert float(jnp.abs(found - CIRCLE.states[0, 7:80]).max()) > 0.5


def test_units_are_not_trained(trained):
    np.testing.assert_array_equal(trained.mean, CIRCLE.states.mean(axis=(0, 1)))


def test_it_is_differentiable_both_ways(trained):
    f = lambda x: trained.predict(x, None, TS[:5])[-1]
    x = CIRCLE.states[0, 0]
    np.testing.assert_allclose(jax.jacfwd(f)(x), jax.jacrev(f)(x), rtol=1e-4, atol=1e-6)


def test_what_does_not_fit_is_refused(trained):
    with pytest.raises(ValueError, match="longer than the horizon of 400 steps"):
        Recurrent.fit(CIRCLE, 24, optax.adam(1e-2), horizon=400, batch=2, steps=1, key=jax.random.key(0))
    with pytest.raises(ValueError, match="Recurrent expects no parameter"):
        trained.predict(jnp.ones(2), 1.0, TS[:3])
    with pytest.raises(ValueError, match=r"Recurrent expects times one step of 0\.1 apart"):
        trained.predict(jnp.ones(2), None, 2 * TS[:3])
