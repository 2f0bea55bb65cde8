"""The SINDy autoencoder where all is known: linear coders and the system's own coefficients."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from scipy.integrate import solve_ivp

from wellposed.dynamics import Library, SINDyAutoencoder, SINDyAutoencoderLoss, slopes_and_states
from wellposed.nn import Perceptron
from wellposed.simulate import Trajectories

KEY = jax.random.key(0)


def linear(W):
    net = Perceptron((W.shape[1], W.shape[0]), jnp.tanh, key=KEY)
    where = lambda net: (net.layers[0].weight, net.layers[0].bias)
    return eqx.tree_at(where, net, (jnp.asarray(W), jnp.zeros(len(W))))


@pytest.fixture
def known():
    """x = W z with orthonormal columns, and dz/dt = (z2, -z1 - z1^3)."""
    W = np.linalg.qr(np.random.default_rng(0).normal(size=(5, 2)))[0]
    coefficients = jnp.zeros((2, 10)).at[0, 2].set(1.0).at[1, 1].set(-1.0).at[1, 6].set(-1.0)
    return W, SINDyAutoencoder(linear(W.T), linear(W), coefficients, Library(2, 3))


def field(t, z):
    return np.array([z[1], -z[0] - z[0] ** 3])


def test_the_truth_has_no_loss(known):
    with jax.enable_x64(True):
        W, model = known
        z = np.random.default_rng(1).normal(size=(7, 2))
        dz = np.stack([field(0, one) for one in z])
        x, dx = jnp.asarray(z @ W.T), jnp.asarray(dz @ W.T)
        found = slopes_and_states(model, x, dx)
        np.testing.assert_allclose(found.dz, dz, atol=1e-6)
        np.testing.assert_allclose(found.dz_learned, dz, atol=1e-6)
        np.testing.assert_allclose(found.dx, dx, atol=1e-6)
        loss, terms = SINDyAutoencoderLoss(1.0, 1.0, 0.5)(model, (x, dx, jnp.array(1.0)), KEY)
        assert float(terms["active"]) == 3
        np.testing.assert_allclose(loss, 0.5 * 3 / 20, atol=1e-10)
        without, _ = SINDyAutoencoderLoss(1.0, 1.0, 0.5)(model, (x, dx, jnp.array(0.0)), KEY)
        np.testing.assert_allclose(without, 0, atol=1e-10)


def test_it_predicts_and_prints_the_system(known):
    with jax.enable_x64(True):
        W, model = known
        ts = np.array([0.0, 0.5, 2.0])
        found = model.predict(W @ np.array([1.0, 0.2]), None, ts)
        want = solve_ivp(field, (0, 2), [1.0, 0.2], t_eval=ts, rtol=1e-9, atol=1e-9).y.T @ W.T
        np.testing.assert_allclose(found, want, atol=1e-4)
    assert model.equations() == ("dz1/dt = 1 z2", "dz2/dt = -1 z1 - 1 z1^3")
    with pytest.raises(ValueError, match="SINDyAutoencoder expects no parameter"):
        model.predict(np.zeros(5), jnp.ones(1), ts)


def test_the_first_weights_are_glorots():
    model = SINDyAutoencoder.random(60, 2, (40,), Library(2), KEY)
    weight = np.asarray(model.encoder.layers[0].weight)
    bound = np.sqrt(6 / 100)
    assert 0.95 * bound < np.abs(weight).max() <= bound
    assert float(jnp.abs(jnp.asarray(model.decoder.layers[0].bias)).max()) == 0
    assert float(model.coefficients.min()) == float(model.coefficients.max()) == 1


@pytest.mark.parametrize(("refinement", "active"), [(0.0, 0), (1.0, 2)])
def test_small_coefficients_go_for_good_until_the_refinement(refinement, active):
    x = np.random.default_rng(0).normal(size=(1, 6, 2)).astype(np.float32)
    found = SINDyAutoencoder.fit(
        Trajectories(np.arange(6.0), x, x),
        *(1, (), 1, optax.sgd(1e-3)),
        threshold=9.0,
        threshold_every=1,
        refinement=refinement,
        batch=3,
        steps=3,
        key=KEY,
    )
    assert np.count_nonzero(found.model.coefficients) == active
