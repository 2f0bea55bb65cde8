"""The three-term loss, written out."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.inverse import DISTANCES, LearnedSVD, LSVDLoss, Pairs

KEY = jax.random.key(0)


def batch():
    x, y, clean = (jax.random.uniform(jax.random.key(i), (3, 12, 12)) for i in range(3))
    return Pairs(x, y, clean)


def model():
    return LearnedSVD.random(4, jnp.zeros((12, 12)), jnp.zeros((12, 12)), KEY)


@pytest.mark.parametrize("denoise", [False, True])
def test_is_the_sum_of_the_slide(denoise):
    f, (x, y, clean) = model(), batch()
    total, terms = LSVDLoss(0.3, 0.7, denoise=denoise)(f, batch(), KEY)
    sum_of_squares = lambda a, b: np.mean([np.sum((p - q) ** 2) for p, q in zip(a, b, strict=True)])
    d1 = sum_of_squares(jax.vmap(f)(y), x)
    d2 = sum_of_squares(jax.vmap(f.data_autoencoder)(y), clean if denoise else y)
    d3 = sum_of_squares(jax.vmap(f.signal_autoencoder)(x), x)
    np.testing.assert_allclose(total, d1 + 0.3 * d2 + 0.7 * d3, rtol=1e-5)
    np.testing.assert_allclose(terms["data autoencoder"], d2, rtol=1e-5)


def test_a_term_without_weight_is_left_out():
    _, terms = LSVDLoss()(model(), batch(), KEY)
    assert list(terms) == ["reconstruction"]


@pytest.mark.parametrize("name", DISTANCES)
def test_distances_vanish_only_for_equal_pictures(name):
    a, b = batch().x[:2]
    assert float(DISTANCES[name](a, a)) == pytest.approx(0, abs=1e-3)
    assert float(DISTANCES[name](a, b)) > 1
    total, _ = LSVDLoss(1.0, 1.0, (name, name, name))(model(), batch(), KEY)
    assert np.isfinite(total)


def test_refuses():
    with pytest.raises(ValueError, match="expects distances of squared"):
        LSVDLoss(distances=("squared", "cubic", "squared"))
    with pytest.raises(ValueError, match="weights >= 0"):
        LSVDLoss(alpha_x=-1.0)
