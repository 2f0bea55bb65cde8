"""The Koopman autoencoder where all is known: linear coders around a rotation."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.dynamics import KoopmanAutoencoder, KoopmanLoss
from wellposed.nn import Perceptron

KEY = jax.random.key(0)
OMEGA, MU, H = 2.0, -0.1, 0.05


def affine(W, b):
    net = Perceptron((W.shape[1], W.shape[0]), jnp.tanh, key=KEY)
    return eqx.tree_at(lambda net: (net.layers[0].weight, net.layers[0].bias), net, (jnp.asarray(W), jnp.asarray(b)))


@pytest.fixture
def known():
    """y = W x, and omega = 2 + |y|^2, mu = -0.1."""
    W = np.array([[1.0, 0.5], [0.0, 2.0]])
    spectrum = affine(np.array([[1.0], [0.0]]), np.array([OMEGA, MU]))
    return W, KoopmanAutoencoder(affine(W, np.zeros(2)), affine(np.linalg.inv(W), np.zeros(2)), (spectrum,), H)


def turned(y0, times):
    """y at the last of the times; omega is held from each to the next."""
    y = np.array(y0)
    for h in np.diff(times):
        w = (OMEGA + y @ y) * h
        y = np.exp(MU * h) * np.array([np.cos(w) * y[0] - np.sin(w) * y[1], np.sin(w) * y[0] + np.cos(w) * y[1]])
    return y


def test_it_predicts_at_all_times(known):
    W, model = known
    x0, ts = np.array([0.4, -0.2], np.float32), np.array([1.0, 1.0 + H, 1.12, 1.5], np.float32)
    want = np.stack([np.linalg.inv(W) @ turned(W @ x0, ts[: k + 1]) for k in range(4)])
    np.testing.assert_allclose(model.predict(x0, None, ts), want, atol=1e-4)
    np.testing.assert_allclose(model(jnp.asarray(x0)), want[1], atol=1e-4)
    assert model.equations() == ("dy1/dt = (mu1(|y1|^2) + i omega1(|y1|^2)) y1",)
    with pytest.raises(ValueError, match="KoopmanAutoencoder expects no parameter"):
        model.predict(x0, jnp.ones(1), ts)


def test_the_truth_has_no_loss_and_each_term_is_what_it_says(known):
    W, model = known
    starts = np.random.default_rng(0).normal(size=(4, 2))
    x = np.stack([[np.linalg.inv(W) @ turned(W @ x0, H * np.arange(k + 1)) for k in range(6)] for x0 in starts]).astype(
        np.float32
    )
    loss, terms = KoopmanLoss(predicted=3)(model, jnp.asarray(x), KEY)
    assert float(loss) < 1e-9
    assert float(terms["linearity"]) < 1e-9
    x[:, 2] += 0.1  # wrong at one of the three predicted steps, and of the five that are to be linear
    _, terms = KoopmanLoss(predicted=3)(model, jnp.asarray(x), KEY)
    np.testing.assert_allclose(terms["prediction"], 0.01 / 3, rtol=1e-3)
    np.testing.assert_allclose(terms["linearity"], np.mean((W @ [0.1, 0.1]) ** 2) / 5, rtol=1e-2)
    assert float(terms["reconstruction"]) < 1e-9
    weights = KoopmanLoss(state=0.0, largest=0.0, weights=1.0, predicted=3)
    squares = sum(float(jnp.sum(net.layers[0].weight ** 2)) for net in (model.encoder, model.decoder, *model.spectra))
    loss, terms = weights(model, jnp.asarray(x), KEY)
    np.testing.assert_allclose(loss - terms["unregularised"], squares / 2, rtol=1e-5)


def test_pairs_turn_on_their_own():
    model = KoopmanAutoencoder.random(3, 2, (8,), (4,), H, KEY)
    y = jnp.array([1.0, 0.0, 0.0, 2.0])
    changed = model.advance(y.at[2:].set(0.5))
    np.testing.assert_allclose(model.advance(y)[:2], changed[:2], rtol=1e-6)
    assert model.latent_trajectory(y, 3).shape == (4, 4)
