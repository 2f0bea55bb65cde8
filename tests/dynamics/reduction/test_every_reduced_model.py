"""What holds for every reduced model: one interface, derivatives both ways, batches by vmap, lines of text."""

import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

import wellposed.dynamics as dynamics
from wellposed.dynamics import (
    DMD,
    POD,
    RK4,
    AbstractReducedModel,
    Galerkin,
    KoopmanAutoencoder,
    KoopmanLoss,
    SINDy,
    SINDyAutoencoder,
)
from wellposed.simulate import Trajectories

TS = np.linspace(0.0, 1.0, 11, dtype=np.float32)
KEY = jax.random.key(0)


def turning() -> Trajectories:
    """Damped rotations, dx/dt = (-0.1 x1 - x2, x1 - 0.1 x2)."""
    z: Any = np.exp((-0.1 + 1j) * TS[None]) * np.array([1.0, 0.5 + 0.5j])[:, None]
    x = np.stack([z.real, z.imag], axis=2).astype(np.float32)
    dx = np.stack([-0.1 * x[..., 0] - x[..., 1], x[..., 0] - 0.1 * x[..., 1]], axis=2)
    return Trajectories(TS, x, dx)


OPTIONS: Any = {"batch": 2, "steps": 60, "key": KEY}
TRAINED = {
    SINDyAutoencoder: functools.cache(
        lambda: SINDyAutoencoder.fit(turning(), 1, (3,), 1, optax.adam(1e-2), **OPTIONS),
    ),
    KoopmanAutoencoder: functools.cache(
        lambda: KoopmanAutoencoder.fit(
            turning(), 1, (3,), (2,), optax.adam(1e-2), KoopmanLoss(1.0, predicted=3), activation=jnp.tanh, **OPTIONS
        )
    ),
}
FIELD = lambda t, x, p: jnp.stack([-0.1 * x[0] - x[1], x[0] - 0.1 * x[1]])
MODELS = {
    Galerkin: lambda: Galerkin(POD.fit(turning(), 2), FIELD, RK4()),
    DMD: lambda: DMD.fit(turning(), 2),
    SINDy: lambda: SINDy.fit(turning(), degree=1, threshold=0.05),
    **{kind: lambda kind=kind: TRAINED[kind]().model for kind in TRAINED},
}
FITTED = (Galerkin, DMD, SINDy)


def test_no_reduced_model_is_missing():
    public = [getattr(dynamics, name) for name in dir(dynamics)]
    models = {one for one in public if isinstance(one, type) and issubclass(one, AbstractReducedModel)}
    here = {one for one in models if one.__module__.startswith("wellposed.dynamics.reduction.")}
    assert here - {AbstractReducedModel} == set(MODELS)


@pytest.mark.parametrize("kind", MODELS)
def test_it_predicts_alone_and_in_batches_with_derivatives(kind):
    model = MODELS[kind]()
    x0 = jnp.array([0.3, -0.2])
    predict = lambda x: model.predict(x, None, TS)
    found = predict(x0)
    assert found.shape == (11, 2)
    both = jax.vmap(predict)(jnp.stack([x0, 2 * x0]))
    np.testing.assert_allclose(both[0], found, atol=1e-5)
    forward = jax.jvp(predict, (x0,), (jnp.ones(2),))[1]
    backward = jax.vjp(predict, x0)[1](found)[0]
    np.testing.assert_allclose(jnp.sum(forward * found), backward.sum(), rtol=1e-3)
    lines = model.equations()
    assert isinstance(lines, tuple)
    assert all("=" in line for line in lines)


@pytest.mark.parametrize("kind", TRAINED)
def test_a_training_lowers_the_loss(kind):
    losses = TRAINED[kind]().history.loss
    assert len(losses) == OPTIONS["steps"]
    assert np.mean(losses[-10:]) < 0.8 * np.mean(losses[:10])


@pytest.mark.parametrize("kind", FITTED)
def test_what_was_fitted_to_a_linear_system_is_that_system(kind):
    x0 = 0.7 - 0.2j
    z = x0 * np.exp((-0.1 + 1j) * TS)
    found = MODELS[kind]().predict(jnp.array([x0.real, x0.imag]), None, TS)
    np.testing.assert_allclose(found, np.stack([z.real, z.imag], axis=1), atol=2e-4)
