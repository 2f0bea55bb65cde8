"""A surface at several scales: sizes, padding, gauges, and clusters that keep to one wall."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from toy_surfaces import sphere, tube, two_sheets

from wellposed.geometry import (
    GaugeField,
    GemConvolution,
    batch,
    common_sizes,
    equivariance_error,
    pool,
    scales,
    unpool,
)
from wellposed.nn import gather_sum


def test_sizes_and_neighbours():
    levels = scales(sphere(2)).levels
    assert [len(level.vertex) for level in levels] == [162, 49, 17]
    for level in levels:
        assert np.bincount(level.target, minlength=len(level.vertex)).min() >= 3


def test_pooling_is_the_mean_of_clusters_and_keeps_the_total():
    made = scales(sphere(2))
    pooling, owner = made.arrays().poolings[0], made.levels[0].owner
    assert owner is not None
    x = np.random.default_rng(0).normal(size=(162, 1)).astype(np.float32)
    scalar = GaugeField.parse("1x0")
    means = np.bincount(owner, x[:, 0]) / np.bincount(owner)
    pooled = pool(jnp.asarray(x), pooling, scalar)
    np.testing.assert_allclose(pooled[:, 0], means, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(unpool(pooled, pooling, scalar)[:, 0], means[owner], rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(np.bincount(owner) @ np.asarray(pooled[:, 0]), x.sum(), rtol=1e-3, atol=1e-4)


def test_no_edge_joins_opposite_normals_or_points_along_a_normal():
    """There the transport and the direction of the edge would depend on the gauge."""
    made = scales(sphere(0), (1.0,), radii=[4.0])
    layer = GemConvolution("1x0 + 1x1", "1x0 + 1x1", rings=1, key=jax.random.key(0))
    on = jax.jit(lambda x, hierarchy: layer(x, hierarchy.finest))
    assert equivariance_error(on, "1x0 + 1x1", "1x0 + 1x1", made, jax.random.key(1)) < 1e-5


def test_walls_stay_apart_at_each_scale():
    mesh = two_sheets(0.001)
    made = scales(mesh, (1.0, 0.3, 0.1))
    side = mesh.positions[:, 2] > 0.0005
    for level in made.levels:
        np.testing.assert_array_equal(side[level.vertex[level.source]], side[level.vertex[level.target]])
    for fine, coarse in zip(made.levels, made.levels[1:], strict=False):
        np.testing.assert_array_equal(side[coarse.vertex[fine.owner]], side[fine.vertex])


def test_different_surfaces_make_a_batch():
    made = [scales(sphere(1)), scales(tube(9, 5, 0.2, 1.0))]
    sizes = common_sizes(made)
    both = batch([one.arrays(sizes) for one in made])
    assert both.finest.real.sum(1).tolist() == [42, 45]
    ones = jax.vmap(lambda surface: gather_sum(surface.real.astype(float), surface.table))(both.finest)
    for i, one in enumerate(made):
        level = one.levels[0]
        np.testing.assert_array_equal(
            ones[i][: len(level.vertex)], np.bincount(level.target, minlength=len(level.vertex))
        )
        assert not ones[i][len(level.vertex) :].any()


def test_a_gauge_changes_frames_and_angles_and_nothing_else():
    made = scales(sphere(1))
    angle = np.random.default_rng(0).uniform(-3, 3, 42)
    one, other = made.arrays().finest, made.regauged(angle).arrays().finest
    np.testing.assert_array_equal(one.r, other.r)
    target = np.asarray(one.table.target_of_slot)
    inside = np.asarray(one.table.filled)
    turned = np.asarray(one.theta)[inside] - angle[target[inside]]
    np.testing.assert_allclose(np.exp(1j * np.asarray(other.theta)[inside]), np.exp(1j * turned), atol=1e-5)
    assert np.abs(np.asarray(scales(sphere(1), key=3).arrays().finest.theta) - np.asarray(one.theta)).max() > 0.1


def test_ratios_are_checked():
    with pytest.raises(ValueError, match="ratios that fall from 1"):
        scales(sphere(0), (1.0, 0.3, 0.5))
