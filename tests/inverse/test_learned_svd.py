"""The learned SVD: its paths, its starts, its nonlinear coders."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.inverse import LearnedSVD
from wellposed.inverse.learned_svd import NETWORKS
from wellposed.nn import LinearDecoder
from wellposed.operators import Matrix, svd


def problem():
    A = Matrix(jax.random.normal(jax.random.key(0), (12, 16)), (4, 4), (3, 4))
    return A, svd(A)


def test_from_svd_is_the_truncated_svd():
    A, full = problem()
    y = jax.random.normal(jax.random.key(1), (3, 4))
    U, s, Vt = np.linalg.svd(np.asarray(A.matrix), full_matrices=False)
    want = (Vt[:5].T @ ((U[:, :5].T @ np.asarray(y).ravel()) / s[:5])).reshape(4, 4)
    np.testing.assert_allclose(LearnedSVD.from_svd(full, 5)(y), want, atol=1e-4)


def test_means_make_it_affine():
    A, full = problem()
    x0 = jnp.full((4, 4), 3.0)
    f = LearnedSVD.from_svd(full, 12, A.mv(x0), x0)
    np.testing.assert_allclose(f(A.mv(x0)), x0, atol=1e-4)


def test_a_vector_stands_for_a_diagonal_sigma():
    _, full = problem()
    f = LearnedSVD.from_svd(full, 3)
    g = LearnedSVD(f.encode_data, f.decode_data, f.encode_signal, f.decode_signal, jnp.diag(f.sigma))
    y = jnp.ones((3, 4))
    np.testing.assert_allclose(f(y), g(y), atol=1e-5)


@pytest.mark.parametrize("network", NETWORKS)
def test_nonlinear_coders_start_as_the_linear_ones_and_learn(network):
    key = jax.random.key(2)
    linear = LearnedSVD.random(5, jnp.zeros((3, 4)), jnp.zeros((4, 4)), key)
    f = linear.nonlinear(network, key, width=4, depth=2)
    y, x = jax.random.normal(key, (3, 4)), jax.random.normal(key, (4, 4))
    np.testing.assert_allclose(f(y), linear(y), atol=1e-6)
    np.testing.assert_allclose(f.data_autoencoder(y), linear.data_autoencoder(y), atol=1e-6)
    np.testing.assert_allclose(f.signal_autoencoder(x), linear.signal_autoencoder(x), atol=1e-6)
    gradient = eqx.filter_grad(lambda f: jnp.sum(f(y) ** 2))
    moved = lambda f: sum(float(jnp.abs(leaf).max()) > 0 for leaf in jax.tree.leaves(gradient(f)))
    assert (moved(f) > moved(linear)) == (network != "linear")


def test_latent_pictures_are_columns_of_a_linear_decoder():
    f = LearnedSVD.random(5, jnp.zeros((3, 4)), jnp.ones((4, 4)), jax.random.key(3))
    assert isinstance(f.decode_signal, LinearDecoder)
    pictures = f.latent_pictures(jnp.eye(5))
    np.testing.assert_allclose(pictures.reshape(5, 16).T, f.decode_signal.weight, atol=1e-6)


def test_unknown_network():
    f = LearnedSVD.random(2, jnp.zeros(3), jnp.zeros(4), jax.random.key(0))
    with pytest.raises(ValueError, match="expects a network of linear, dense, convolutional, got 'deep'"):
        f.nonlinear("deep", jax.random.key(0))
