"""The battery: every layer on gauge fields follows a change of gauge, a motion and a new numbering."""

import itertools

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from toy_surfaces import rotation, sphere, tube

from wellposed.geometry import (
    GaugeField,
    GaugeNorm,
    GemBlock,
    GemConvolution,
    RegularNonlinearity,
    equivariance_error,
    from_space,
    matrix_features,
    pool,
    scales,
    self_interaction,
    to_space,
    unpool,
)
from wellposed.geometry.gem_convolution import uniform_weights

KEY = jax.random.key(0)
IN, OUT = GaugeField.parse("3x0 + 2x1 + 2x2"), GaugeField.parse("2x0 + 3x1 + 1x2")
MESH = tube(8, 6, 0.3, 1.0)


class Broken(eqx.Module):
    """A bias on every irrep, as in the residual path of the published code."""

    layer: GemConvolution

    def __call__(self, x, surface):
        return self.layer(x, surface) + self.layer.bias[0]


def any_weights(layer):
    """All weights and biases at random, so that none is zero by its start."""
    leaves, structure = jax.tree.flatten(eqx.filter(layer, eqx.is_inexact_array))
    keys = jax.random.split(jax.random.key(7), len(leaves))
    random = [jax.random.normal(k, leaf.shape, float) for k, leaf in zip(keys, leaves, strict=True)]
    return eqx.combine(jax.tree.unflatten(structure, random), layer)


def there_and_back(x, h):
    return unpool(pool(x, h.poolings[0], IN), h.poolings[0], IN)


def on(layer):
    layer = any_weights(layer)
    return lambda x, h: layer(x, h.finest)


def norm():
    layer = any_weights(GaugeNorm(IN))
    return lambda x, h: layer(x, h.finest.real)


def mixing():
    weights = any_weights(uniform_weights(IN, OUT, KEY))
    return lambda x, h: self_interaction(x, weights, IN, OUT)


THREE = "1x0 + 1x1 + 1x2 + 1x3"
# name -> how to make the map, field of the input, field of the output: exact laws
EXACT = {
    "convolution": (lambda: on(GemConvolution(IN, OUT, key=KEY)), IN, OUT),
    "one ring": (lambda: on(GemConvolution(IN, OUT, rings=1, key=KEY)), IN, OUT),
    "to order 3": (lambda: on(GemConvolution(IN, THREE, key=KEY)), IN, THREE),
    "vectors from scalars": (lambda: on(GemConvolution("2x0", "2x1", key=KEY)), "2x0", "2x1"),
    "norm": (norm, IN, IN),
    "self-interaction": (mixing, IN, OUT),
    "pool and unpool": (lambda: there_and_back, IN, IN),
    "into space": (lambda: lambda x, h: to_space(x, h.finest.frames), "1x0 + 1x1", "3x0"),
    "from space": (lambda: lambda x, h: from_space(x, h.finest.frames), "3x0", "1x0 + 1x1"),
    "matrix features": (lambda: lambda x, h: matrix_features(h.finest), "1x0", "7x0 + 4x1 + 3x2"),
}


@pytest.fixture(scope="module", autouse=True)
def double():
    with jax.enable_x64(True):
        yield


@pytest.fixture(scope="module")
def surface(double):
    return scales(MESH, (1.0, 0.4))


@pytest.mark.parametrize("name", EXACT)
def test_a_change_of_gauge_changes_nothing_else(name, surface):
    make, source, target = EXACT[name]
    assert equivariance_error(jax.jit(make()), source, target, surface, KEY) < 1e-10


def test_the_law_catches_a_bias_on_every_irrep(surface):
    error = equivariance_error(jax.jit(on(Broken(GemConvolution(IN, OUT, key=KEY)))), IN, OUT, surface, KEY)
    assert error > 0.05


def test_the_error_of_the_nonlinearity_falls_with_its_samples(surface):
    errors = []
    for samples in (7, 21, 63):
        block = GemBlock("2x0 + 1x1 + 1x2", "2x0 + 1x1", samples=samples, key=KEY)
        errors.append(equivariance_error(jax.jit(on(block)), "2x0 + 1x1 + 1x2", "2x0 + 1x1", surface, KEY))
    assert errors[0] < 0.3
    assert all(b < a / 3 for a, b in itertools.pairwise(errors))


def test_with_a_smooth_function_the_block_is_exact(surface):
    """Squares of functions of order two have order four, which nine samples and more tell apart from the rest."""
    square = RegularNonlinearity(IN, samples=11, function=jnp.square)
    assert equivariance_error(lambda x, h: square(x), IN, IN, surface, KEY) < 1e-10


def test_turns_by_a_sample_are_exact():
    layer = RegularNonlinearity(IN, samples=7)
    x = jax.random.normal(KEY, (5, IN.dim))
    for k in range(7):
        angle = jnp.full(5, 2 * jnp.pi * k / 7)
        np.testing.assert_allclose(layer(IN.rotated(x, angle)), IN.rotated(layer(x), angle), atol=1e-12)


def network(block, head, h):
    """Scalars of the surface to vectors in space."""
    field = head.source
    y = block(matrix_features(h.finest), h.finest)
    y = unpool(pool(y, h.poolings[0], field), h.poolings[0], field)
    return to_space(head(y, h.finest), h.finest.frames)


@pytest.fixture(scope="module")
def answer(double):
    block = any_weights(GemBlock("7x0 + 4x1 + 3x2", IN, key=KEY))
    head = any_weights(GemConvolution(IN, "1x0 + 1x1", key=KEY))
    return jax.jit(lambda h: network(block, head, h))


def test_a_motion_of_the_surface_turns_the_vectors(answer, surface):
    turn = rotation()
    moved = scales(MESH.moved(turn, np.array([1.0, -2, 3])), (1.0, 0.4))
    before, after = answer(surface.arrays()), answer(moved.arrays())
    np.testing.assert_allclose(after, before @ turn.T, atol=1e-8 * float(jnp.abs(before).max()))
    assert float(jnp.abs(after - before).max() / jnp.abs(before).max()) > 0.1


def test_another_numbering_permutes(answer):
    """On a sphere, whose distances have ties, so one scale is sampled; the gauges differ, so the samples are many."""
    mesh = sphere(1)
    order = np.random.default_rng(0).permutation(mesh.vertices)
    layer = any_weights(GemConvolution("7x0 + 4x1 + 3x2", "1x0 + 1x1", key=KEY))
    run = jax.jit(lambda h: to_space(layer(matrix_features(h.finest), h.finest), h.finest.frames))
    both = []
    for one in (mesh, mesh.renumbered(order)):
        h = scales(one, (1.0,), most=100).arrays()
        both.append(run(h))
    np.testing.assert_allclose(both[1], both[0][order], atol=1e-10)


def test_padding_of_a_batch_cannot_leak(answer, surface):
    sizes = [size._replace(vertices=size.vertices + 5, width=size.width + 2) for size in surface.sizes()]
    padded = surface.arrays(sizes)
    n = MESH.vertices
    block = eqx.filter_jit(any_weights(GemBlock("7x0 + 4x1 + 3x2", IN, key=KEY)))
    spoil = lambda x: x.at[n:].set(1e3)
    outs = [
        block(change(matrix_features(h.finest)), h.finest)[:n]
        for h, change in ((surface.arrays(), lambda x: x), (padded, lambda x: x), (padded, spoil))
    ]
    np.testing.assert_allclose(outs[1], outs[0], atol=1e-10)
    np.testing.assert_array_equal(outs[2], outs[1])


def test_the_kernel_is_steerable():
    """Against the formula, edge by edge: rho_out(theta) W rho_in(g - theta) x_q, with a dense W for each ring."""
    surface = scales(MESH, (1.0,)).arrays().finest
    layer = any_weights(GemConvolution(IN, OUT, key=KEY))
    layer = eqx.tree_at(lambda l: (*l.own, l.bias), layer, replace_fn=jnp.zeros_like)
    x = jax.random.normal(KEY, (MESH.vertices, IN.dim))
    table, want = surface.table, np.zeros((MESH.vertices, OUT.dim))
    dense = np.zeros((layer.rings, IN.dim, OUT.dim))
    scalars, *pairs = (np.asarray(w).reshape(-1, layer.rings, IN.dim, w.shape[1]) for w in layer.weights)
    dense[:, :, : OUT.counts[0]] = scalars[0]
    start = OUT.counts[0]
    for re, im in pairs:
        count = re.shape[-1]
        dense[:, :, start : start + count], dense[:, :, start + count : start + 2 * count] = re, im
        start += 2 * count
    inside = np.flatnonzero(np.asarray(table.filled))
    q, p, r = (np.asarray(v)[inside] for v in (table.source_of_slot, table.target_of_slot, surface.r))
    u = np.asarray(IN.rotated(x[q], (surface.connection - surface.theta)[inside]))
    y = (1 - r)[:, None] * (u @ dense[0]) + r[:, None] * (u @ dense[1])
    np.add.at(want, p, np.asarray(OUT.rotated(jnp.asarray(y), surface.theta[inside])))
    want /= np.bincount(p)[:, None]
    np.testing.assert_allclose(eqx.filter_jit(layer)(x, surface), want, atol=1e-10)


def test_degree_buckets_give_the_same():
    surface = scales(MESH, (1.0,)).arrays().finest
    layer = GemConvolution(IN, OUT, key=KEY)
    x = jax.random.normal(KEY, (MESH.vertices, IN.dim))
    table = surface.table
    hub = eqx.tree_at(lambda t: t.to_targets.place, table, jnp.stack([jnp.arange(48)] * 2), is_leaf=lambda v: v is None)
    bucketed = eqx.tree_at(lambda s: s.table, surface, hub)
    assert hub.width is None
    run = eqx.filter_jit(layer)
    np.testing.assert_allclose(run(x, bucketed), run(x, surface), atol=1e-12)


def test_a_layer_maps_a_batch_by_vmap_and_has_all_gradients(surface):
    layer = GemBlock("1x0 + 1x1", "2x0 + 1x1", key=KEY)
    x = jax.random.normal(KEY, (2, MESH.vertices, 3))
    finest = surface.arrays().finest
    both = eqx.filter_jit(lambda x, s: jax.vmap(layer, (0, None))(x, s))(x, finest)
    np.testing.assert_allclose(both[1], eqx.filter_jit(layer)(x[1], finest), atol=1e-12)
    grads = eqx.filter_jit(eqx.filter_grad(lambda layer: (layer(x[0], finest) ** 2).sum()))(layer)
    flat = [leaf for leaf in jax.tree.leaves(eqx.filter(grads, eqx.is_inexact_array)) if leaf.size]
    assert all(float(jnp.abs(leaf).max()) > 0 for leaf in flat)
