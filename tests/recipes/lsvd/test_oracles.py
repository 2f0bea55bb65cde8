"""The closed forms of the recipe: exact for the optimal maps, and larger for all others."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.inverse import LearnedSVD, Moments, ReducedRank, best_sigma, wiener
from wellposed.nn import LinearDecoder, LinearEncoder
from wellposed.recipes.lsvd.methods import build
from wellposed.recipes.lsvd.oracles import optima
from wellposed.recipes.lsvd.pictures import data
from wellposed.recipes.lsvd.scanner import scanner
from wellposed.recipes.lsvd.settings import PRESETS, Settings

SETTINGS = Settings(**{**PRESETS["smoke"], "size": 16, "angles": 5, "rank": 7, "train_images": 64})


@pytest.fixture(scope="module")
def optimal():
    """The record of methods whose linear maps are the closed forms, and the training pictures."""
    x = data(SETTINGS, "train")
    scan = scanner(SETTINGS, x)
    moments = Moments.of(
        np.asarray(scan.operator.matrix), x.reshape(len(x), -1), float(scan.noise.level * scan.noise.rms)
    )
    U, s, Vt = (np.asarray(a, np.float64) for a in (scan.svd.U, scan.svd.s, scan.svd.Vt))
    gains = wiener(s, *moments.spectrum(U, s, Vt, float(scan.noise.level * scan.noise.rms)))
    sigma = best_sigma(moments, U[:, :7], Vt[:7])
    P, r, Qt = np.linalg.svd(ReducedRank.of(moments).map(7), full_matrices=False)
    single = lambda a: jnp.asarray(a, jnp.float32)
    y0, x0 = jnp.zeros(scan.operator.out_shape), jnp.zeros(scan.operator.in_shape)
    best = LearnedSVD(
        LinearEncoder(single(Qt[:7]), y0),
        LinearDecoder(single(Qt[:7].T), y0),
        LinearEncoder(single(P[:, :7].T), x0),
        LinearDecoder(single(P[:, :7]), x0),
        single(np.diag(r[:7])),
    )
    methods = build(SETTINGS, jax.random.key(0))
    parts = lambda m: (m.scanner, m.gains, m.sigma, m.c, m.d, m.alpha)
    new = (scan, single(gains), single(sigma), best, best, jnp.asarray(0.01))
    return eqx.tree_at(parts, methods, new), x


def test_the_closed_forms_are_at_no_distance_from_themselves(optimal):
    figures = optima(*optimal).figures
    assert figures["b_diagonal_distance_from_wiener"] < 1e-4
    for ratio in ("b_full_over_optimum", "c_over_optimum", "d_over_optimum"):
        assert figures[ratio] == pytest.approx(1, abs=1e-4)


def test_any_other_map_is_worse(optimal):
    methods, x = optimal
    worse = eqx.tree_at(lambda m: (m.gains, m.sigma, m.c.sigma), methods, replace_fn=lambda a: 1.1 * a)
    figures = optima(worse, x).figures
    assert figures["b_diagonal_distance_from_wiener"] == pytest.approx(0.1, rel=1e-3)
    assert figures["b_full_over_optimum"] > 1.001
    assert figures["c_over_optimum"] > 1.001
    assert figures["d_over_optimum"] == pytest.approx(1, abs=1e-4)


def test_the_order_of_the_slide(optimal):
    figures = optima(*optimal).figures
    assert figures["tikhonov_error"] >= figures["best_tikhonov_error"] * (1 - 0.05)
    assert figures["best_tikhonov_error"] >= figures["wiener_error"] >= figures["affine_error"]
