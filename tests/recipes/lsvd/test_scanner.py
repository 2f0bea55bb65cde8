"""The measurement: norm one, noise of the level asked for, symmetries that are exact."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.recipes.lsvd.questions import symmetries
from wellposed.recipes.lsvd.scanner import Noise, scanner
from wellposed.recipes.lsvd.settings import PRESETS, Settings

SMALL = {**PRESETS["smoke"], "size": 16, "angles": 6, "rank": 5}


def pictures(n=8):
    return jax.random.uniform(jax.random.key(0), (n, 16, 16))


@pytest.mark.parametrize("geometry", ["parallel", "fan"])
def test_the_operator_is_the_scaled_tomograph(geometry):
    scan = scanner(Settings(**{**SMALL, "geometry": geometry}), pictures())
    assert scan.radon is not None
    x = pictures(1)[0]
    np.testing.assert_allclose(scan.operator.mv(x), scan.scale * scan.radon.mv(x), rtol=1e-4, atol=1e-4)
    assert float(np.linalg.norm(scan.operator.matrix, 2)) == pytest.approx(1, rel=1e-4)
    np.testing.assert_allclose(scan.svd.s[0], 1, rtol=1e-5)


@pytest.mark.parametrize("model", ["gaussian", "multiplicative", "poisson"])
def test_noise_has_the_level_that_was_asked_for(model):
    noise = Noise(jnp.asarray(0.02), jnp.asarray(0.3), model)
    clean = jnp.full((400, 500), 0.3)
    y = noise(jax.random.key(1), clean)
    behind = np.exp(0.5) if model == "poisson" else 1.0  # fewer photons arrive behind the object
    assert float(jnp.std(y - clean)) == pytest.approx(0.02 * 0.3 * behind, rel=0.02)
    louder = noise(jax.random.key(1), clean, 0.04)
    assert float(jnp.std(louder - clean)) == pytest.approx(0.04 * 0.3 * behind, rel=0.02)


def test_an_operator_from_a_file(tmp_path):
    matrix = np.random.default_rng(0).normal(size=(30, 256))
    np.save(tmp_path / "A.npy", matrix)
    scan = scanner(Settings(**{**SMALL, "operator": tmp_path / "A.npy"}), pictures())
    assert scan.radon is None
    np.testing.assert_allclose(scan.operator.matrix, matrix / np.linalg.norm(matrix, 2), rtol=1e-3, atol=1e-5)


def test_symmetries_hold_for_the_operator():
    scan = scanner(Settings(**SMALL), pictures())
    assert scan.radon is not None
    found = symmetries(scan.radon)
    assert [symmetry.name for symmetry in found] == ["half a turn", "a quarter turn"]
    x = pictures(1)[0]
    for symmetry in found:
        turned = scan.operator.mv(symmetry.on_image(x))
        np.testing.assert_allclose(turned, symmetry.on_data(scan.operator.mv(x)), atol=2e-5)


def test_symmetries_that_the_views_cannot_follow_are_not_declared():
    few = scanner(Settings(**{**SMALL, "angles": 5}), pictures()).radon
    part = scanner(Settings(**{**SMALL, "angular_range": 120.0}), pictures()).radon
    assert [[s.name for s in symmetries(radon)] for radon in (few, part, None)] == [
        ["half a turn"],
        ["half a turn"],
        [],
    ]
