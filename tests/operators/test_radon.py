"""Radon against closed forms, scikit-image and ASTRA; its derivatives; its refusals."""

import math
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.operators import Fan, Parallel, Radon, adjoint_error
from wellposed.simulate import shepp_logan, shepp_logan_sinogram


def angles(n, span=math.pi, dtype=jnp.float32):
    return jnp.arange(n, dtype=dtype) * span / n


def relative(a, b):
    return float(np.linalg.norm(np.asarray(a) - np.asarray(b)) / np.linalg.norm(b))


def lopsided():
    """A picture that no flip, transposition or quarter turn maps to itself."""
    x = np.zeros((41, 41), np.float32)
    x[6:12, 8:30], x[12:30, 8:12], x[24:27, 20:28] = 1.0, 0.5, 0.75
    return x


def test_matches_the_exact_integrals_of_shepp_logan():
    size = 256
    A = Radon((size, size), angles(12))
    positions = (jnp.arange(A.detectors) - (A.detectors - 1) / 2) / (size / 2)
    exact = shepp_logan_sinogram(A.angles, positions) * size / 2
    assert relative(A.mv(shepp_logan(size, 8)), exact) < 0.02


@pytest.mark.parametrize(("name", "tolerance"), [("parallel", 2e-6), ("fan", 0.03)])
def test_matches_astra(name, tolerance):
    """Sinograms of ASTRA 2.5 on a picture of 32 x 48: `linear` (Joseph as well) and `line_fanflat` (exact lengths)."""
    with np.load(Path(__file__).parent / "data" / "astra.npz") as file:
        fan = name == "fan"
        views = jnp.asarray(file["fan_angles" if fan else "angles"], jnp.float32)
        A = Radon((32, 48), views, 70, 2.0, Fan(100.0, 60.0)) if fan else Radon((32, 48), views, 60)
        y = np.asarray(A.mv(jnp.asarray(file["picture"])))
        assert relative(y, file[name]) < tolerance
        assert relative(y[:, ::-1], file[name]) > 0.1


def test_matches_scikit_image_and_would_notice_swapped_axes():
    from skimage.transform import radon

    x, views = lopsided(), angles(18)
    A = Radon(x.shape, views, detectors=59)
    pad = 59 - 41
    theirs = radon(np.pad(x, pad // 2), np.degrees(views), circle=True).T
    assert relative(A.mv(jnp.asarray(x)), theirs) < 0.06
    for wrong in (x.T, x[::-1], x[:, ::-1]):
        assert relative(A.mv(jnp.asarray(wrong)), theirs) > 0.2


def test_a_centred_disc_looks_alike_from_everywhere():
    n = 64
    r = np.hypot(*(np.mgrid[:n, :n] - (n - 1) / 2))
    y = Radon((n, n), angles(7, 2 * math.pi), geometry=Fan(200.0, 100.0)).mv(jnp.asarray(r < 20, jnp.float32))
    assert float(jnp.ptp(y, axis=0).max()) < 2.5
    assert abs(float(y.max()) - 40) < 1


def test_a_fan_from_far_away_is_parallel():
    x = jnp.asarray(lopsided())
    A, B = Radon((41, 41), angles(9), 60), Radon((41, 41), angles(9), 60, geometry=Fan(1e5, 1e-3))
    assert relative(B.mv(x), A.mv(x)) < 2e-3


def test_the_mass_of_each_view_is_that_of_the_picture():
    with jax.enable_x64(True):
        x = jnp.asarray(lopsided(), jnp.float64)
        A = Radon((41, 41), angles(2, dtype=jnp.float64))  # along the axes, where Joseph's weights sum to one
        np.testing.assert_allclose(A.mv(x).sum(1), x.sum(), rtol=1e-12)


def test_differentiates_in_the_angles():
    with jax.enable_x64(True):
        n = 24
        x = jnp.exp(-((jnp.arange(n)[:, None] - 9.0) ** 2 + (jnp.arange(n)[None, :] - 14.0) ** 2) / 18)
        views = jnp.array([0.3, 1.1, 2.0])
        loss = lambda views: jnp.sum(jnp.sin(Radon((n, n), views, 34).mv(x)))
        gradient = jax.grad(loss)(views)
        h = 1e-6
        for i in range(3):
            step = jnp.zeros(3).at[i].set(h)
            assert abs(float((loss(views + step) - loss(views - step)) / (2 * h) - gradient[i])) < 1e-4


def test_differentiates_in_the_angles_and_the_picture_at_once():
    with jax.enable_x64(True):
        x, views = jax.random.normal(jax.random.key(0), (6, 7)), jnp.array([0.2, 1.9])
        f = lambda x, views: jnp.sum(Radon((6, 7), views, 10).mv(x) ** 3)
        dx, dviews = jax.random.normal(jax.random.key(1), x.shape), jnp.array([0.3, -0.1])
        _, tangent = jax.jvp(f, (x, views), (dx, dviews))
        gx, gv = jax.grad(f, (0, 1))(x, views)
        np.testing.assert_allclose(tangent, jnp.vdot(gx, dx) + jnp.vdot(gv, dviews), rtol=1e-10)


@pytest.mark.parametrize("spacing", [0.4, 1.0, 2.5])
@pytest.mark.parametrize("geometry", [Parallel(), Fan(30.0, 20.0)])
@pytest.mark.parametrize("shape", [(17, 9), (8, 20)])
def test_adjoint_is_exact_for_any_shape_and_spacing(shape, geometry, spacing):
    with jax.enable_x64(True):
        A = Radon(shape, jnp.linspace(0, 6, 11), spacing=spacing, geometry=geometry)
        assert float(adjoint_error(A, jax.random.key(0))) < 1e-12


def test_a_batch_is_one_call_of_the_kernel():
    A = Radon((8, 8), angles(3))
    text = str(jax.make_jaxpr(jax.vmap(jax.vmap(A.mv)))(jnp.ones((2, 3, 8, 8))))
    assert text.count("line_integrals[") == 1
    assert "8,8,6" in text


def test_covers():
    assert Radon((64, 64), angles(4)).detectors == 91
    assert Radon((64, 64), angles(4)).covers
    assert not Radon((64, 64), angles(4), 90).covers


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"shape": (0, 4), "angles": [0.0]}, "at least one pixel"),
        ({"shape": (4, 4), "angles": []}, "at least one angle"),
        ({"shape": (4, 4), "angles": [0.0], "detectors": 0}, "at least one detector"),
        ({"shape": (4, 4), "angles": [0.0], "detectors": 5, "spacing": 0.0}, "spacing > 0"),
    ],
)
def test_refuses(arguments, match):
    with pytest.raises(ValueError, match=match):
        Radon(arguments.pop("shape"), jnp.asarray(arguments.pop("angles"), jnp.float32), **arguments)


def test_wrong_shape_in_a_sentence():
    with pytest.raises(ValueError, match=r"Radon expects an array of shape \(4, 4\), got \(4, 5\)"):
        Radon((4, 4), angles(3)).mv(jnp.ones((4, 5)))
