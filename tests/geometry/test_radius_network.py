"""The network on tubes: its laws in double precision, and its convolution beside NumPy."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.geometry import Graph, RadiusNetwork, TubeConvolution, TubeTables, tube_tables

RINGS, AROUND, INPUTS = 5, 6, 4
VERTICES = RINGS * AROUND


@pytest.fixture(scope="module", autouse=True)
def double():
    with jax.enable_x64(True):
        yield


@pytest.fixture(scope="module")
def network(double):
    made = RadiusNetwork(INPUTS, 8, 2, 1.5, key=jax.random.key(0))
    leaves, structure = jax.tree.flatten(eqx.filter(made, eqx.is_inexact_array))
    keys = jax.random.split(jax.random.key(7), len(leaves))
    random = [0.5 * jax.random.normal(k, leaf.shape, float) for k, leaf in zip(keys, leaves, strict=True)]
    return eqx.combine(jax.tree.unflatten(structure, random), made)


@pytest.fixture(scope="module")
def rays(double):
    return jax.random.normal(jax.random.key(1), (VERTICES, INPUTS), float)


@eqx.filter_jit
def answer(network, rays, tables):
    return network(rays, tables)


def test_vertices_in_another_order_give_radii_in_that_order(network, rays):
    order = np.random.default_rng(0).permutation(VERTICES)
    new = np.argsort(order)
    number = np.arange(VERTICES).reshape(RINGS, AROUND)
    ring = np.stack([number, np.roll(number, -1, axis=1)], axis=-1).reshape(-1, 2)
    along = np.stack([number[:-1], number[1:]], axis=-1).reshape(-1, 2)
    tables = TubeTables(*(Graph.from_pairs(new[pairs], VERTICES).table(2, 2) for pairs in (ring, along)))
    want = answer(network, rays, tube_tables(RINGS, AROUND))[order]
    np.testing.assert_allclose(answer(network, rays[order], tables), want, rtol=1e-12)
    assert np.ptp(want) > 0.1


@pytest.mark.parametrize("change", [lambda x: jnp.roll(x, 2, axis=1), lambda x: x[:, ::-1], lambda x: x[::-1]])
def test_rings_that_start_elsewhere_or_are_mirrored_give_the_same_radii(network, rays, change):
    tables = tube_tables(RINGS, AROUND)
    moved = change(rays.reshape(RINGS, AROUND, -1)).reshape(VERTICES, -1)
    want = change(answer(network, rays, tables).reshape(RINGS, AROUND))
    np.testing.assert_allclose(answer(network, moved, tables).reshape(RINGS, AROUND), want, rtol=1e-12)


def test_the_convolution_is_what_numpy_says(rays):
    layer = TubeConvolution(INPUTS, 3, key=jax.random.key(2))
    x = np.asarray(rays).reshape(RINGS, AROUND, -1)
    ring = (np.roll(x, 1, axis=1) + np.roll(x, -1, axis=1)) / 2
    before, behind = np.concatenate([x[1:2], x[:-1]]), np.concatenate([x[1:], x[-2:-1]])
    along = (before + behind) / 2  # at an end the only neighbour, twice
    own, of_ring, of_along = (np.asarray(w.weight).T for w in (layer.own, layer.ring, layer.along))
    want = x @ own + np.asarray(layer.own.bias) + ring @ of_ring + along @ of_along
    np.testing.assert_allclose(answer(layer, rays, tube_tables(RINGS, AROUND)), want.reshape(VERTICES, -1), rtol=1e-12)


def test_what_fills_up_a_tube_never_leaks(network, rays):
    want = answer(network, rays, tube_tables(RINGS, AROUND))
    for value in (0.0, 1e3):
        longer = jnp.concatenate([rays, jnp.full((AROUND, INPUTS), value)])
        found = answer(network, longer, tube_tables(RINGS, AROUND, RINGS + 1))
        np.testing.assert_allclose(found[:VERTICES], want, rtol=1e-12)


def test_without_tables_no_vertex_knows_of_another_and_with_them_two_layers_reach_two_rings(network, rays):
    moved = rays.at[0].add(1.0)
    changed = lambda tables: np.flatnonzero(answer(network, rays, tables) != answer(network, moved, tables))
    assert changed(None).tolist() == [0]
    rings = set(changed(tube_tables(RINGS, AROUND)) // AROUND)
    assert rings == {0, 1, 2}


def test_radii_are_positive_and_each_weight_has_a_gradient(network, rays):
    tables = tube_tables(RINGS, AROUND)
    assert float(answer(network, 30 * rays, tables).min()) > 0
    gradient = eqx.filter_jit(eqx.filter_grad(lambda model: (model(rays, tables) ** 2).sum()))(network)
    leaves = jax.tree.leaves(eqx.filter(gradient, eqx.is_inexact_array))
    assert all(float(jnp.abs(leaf).max()) > 0 for leaf in leaves)
