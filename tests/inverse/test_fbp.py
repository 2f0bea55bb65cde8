"""Filtered back-projection against the truth and scikit-image."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.inverse import FBP
from wellposed.operators import Fan, Radon
from wellposed.simulate import shepp_logan


def relative(a, b):
    return float(np.linalg.norm(np.asarray(a) - np.asarray(b)) / np.linalg.norm(b))


def parallel(size=64, views=120):
    return Radon((size, size), jnp.arange(views) * math.pi / views)


def fan(size=64, views=240):
    turn = jnp.arange(views) * 2 * math.pi / views
    return Radon((size, size), turn, spacing=1.0, geometry=Fan(150.0, 50.0))


@pytest.mark.parametrize("make", [parallel, fan])
def test_inverts_shepp_logan(make):
    x, A = shepp_logan(64), make()
    f = FBP(A)
    assert relative(f(A.mv(x)), x) < 0.26
    inside = np.s_[30:36, 24:30]  # brain, far from edges: the grey value itself is right
    np.testing.assert_allclose(f(A.mv(x))[inside].mean(), x[inside].mean(), atol=0.015)


def test_matches_scikit_image_on_the_same_data():
    from skimage.transform import iradon

    x, views = shepp_logan(63), jnp.arange(90) * math.pi / 90
    y = Radon((63, 63), views, 91).mv(x)
    theirs = iradon(np.asarray(y).T, np.degrees(views), circle=True)[14:77, 14:77]
    assert relative(FBP(Radon((63, 63), views, 91))(y), theirs) < 0.01


def test_more_than_half_a_turn_sees_lines_twice():
    x = shepp_logan(32)
    half, turn, more = (Radon((32, 32), jnp.arange(n) * math.pi / 40) for n in (40, 80, 60))
    once = FBP(half)(half.mv(x))
    np.testing.assert_allclose(FBP(turn)(turn.mv(x)), once, atol=2e-3)
    assert float(jnp.sum(FBP(more)(more.mv(x))) / jnp.sum(once)) == pytest.approx(1, abs=0.02)


def test_scale_undoes_a_scaled_operator():
    x, A = shepp_logan(32), parallel(32, 30)
    np.testing.assert_allclose(FBP(A, scale=0.1)((0.1 * A).mv(x)), FBP(A)(A.mv(x)), atol=1e-5)


def test_a_window_smooths():
    A = parallel(32, 30)
    noise = jax.random.normal(jax.random.key(0), A.out_shape)
    sizes = [float(jnp.linalg.norm(FBP(A, "hann", cutoff)(noise))) for cutoff in (0.4, 0.7, 1.0)]
    assert sizes == sorted(sizes)
    assert sizes[-1] < float(jnp.linalg.norm(FBP(A)(noise)))


@pytest.mark.parametrize(
    ("build", "match"),
    [
        (lambda: FBP(parallel(), "square"), "expects a window"),
        (lambda: FBP(parallel(), cutoff=0.0), "expects a cutoff"),
        (lambda: FBP(Radon((8, 8), jnp.zeros(1))), "at least two views"),
        (lambda: FBP(Radon((8, 8), jnp.array([0.0, 0.1, 0.5]))), "equispaced"),
        (lambda: FBP(Radon((8, 8), jnp.arange(9) * 0.3, geometry=Fan(30.0, 9.0))), "full turn"),
        (lambda: FBP(parallel())(jnp.ones((2, 3))), "sinogram of shape"),
    ],
)
def test_refuses(build, match):
    with pytest.raises(ValueError, match=match):
        build()
