"""The battery: every network on surfaces, made small, on a surface at two scales."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from toy_surfaces import rotation, tube

import wellposed.geometry as g

KEY = jax.random.key(0)
BLOCKS = (1, 1, 1)
MESH = tube(8, 6, 0.3, 1.0)
NETWORKS = {
    "GemCNN": lambda n, key=KEY: g.GemCNN("7x0 + 4x1 + 3x2", "4x0 + 2x1 + 2x2", blocks=BLOCKS, key=key),
    "sage_cnn": lambda n, key=KEY: g.sage_cnn(n, 8, blocks=BLOCKS, key=key),
    "feast_cnn": lambda n, key=KEY: g.feast_cnn(n, 6, blocks=BLOCKS, key=key),
    "attention_gcn": lambda n, key=KEY: g.attention_gcn(n, 6, heads=4, blocks=BLOCKS, key=key),
    "DiffusionNet": lambda n, key=KEY: g.DiffusionNet(n, 6, blocks=1, key=key),
    "PrimalDualCNN": lambda n, key=KEY: g.PrimalDualCNN(n, 6, blocks=1, key=key),
    "PointNet": lambda n, key=KEY: g.PointNet(n, 8, key=key),
}


@pytest.fixture(scope="module", autouse=True)
def double():
    with jax.enable_x64(True):
        yield


@pytest.fixture(scope="module")
def surface(double):
    return g.scales(MESH, (1.0, 0.4), most=4)


def any_weights(model):
    """None is zero by its start."""
    leaves, structure = jax.tree.flatten(eqx.filter(model, eqx.is_inexact_array))
    keys = jax.random.split(jax.random.key(7), len(leaves))
    random = [0.5 * jax.random.normal(k, leaf.shape, float) for k, leaf in zip(keys, leaves, strict=True)]
    return eqx.combine(jax.tree.unflatten(structure, random), model)


@pytest.fixture(params=NETWORKS)
def network(request):
    return any_weights(NETWORKS[request.param](21))


@eqx.filter_jit
def answer(network, x, hierarchy):
    return network(x, hierarchy)


@eqx.filter_jit
def gradient(network, x, hierarchy):
    return eqx.filter_grad(lambda model: (model(x, hierarchy)[:48] ** 2).sum())(network)


def arrays(surface, mesh=MESH, sizes=None):
    spare = 0 if sizes is None else 4
    faces = g.FaceSizes(*(size + spare for size in g.FaceSizes.of(mesh)))
    return g.with_faces(g.with_spectrum(surface.arrays(sizes), surface, mesh, 10), mesh, faces)


def features(hierarchy):
    return eqx.filter_jit(g.matrix_features)(hierarchy.finest)


def test_every_public_network_is_in_the_battery():
    ends = ("CNN", "cnn", "gcn", "PointNet", "DiffusionNet")
    elsewhere = {"GroupCNN", "SphericalCNN", "gcn"}  # in the batteries of groups and of graphs
    public = {name for name in dir(g) if name.endswith(ends)} - elsewhere
    assert public == set(NETWORKS)


def test_each_vertex_gets_a_vector_and_each_weight_a_gradient(network, surface):
    hierarchy = arrays(surface)
    x = features(hierarchy)
    assert answer(network, x, hierarchy).shape == (MESH.vertices, 3)
    grads = jax.tree.leaves(eqx.filter(gradient(network, x, hierarchy), eqx.is_inexact_array))
    assert all(bool(jnp.isfinite(leaf).all()) for leaf in grads)
    assert sum(float(jnp.abs(leaf).max()) > 0 for leaf in grads if leaf.size) > 0.9 * len(grads)


def test_what_fills_up_a_batch_never_leaks(network, surface):
    sizes = [g.Sizes(s.vertices + 5, s.width + 2, s.reverse_width + 2, s.members + 1) for s in surface.sizes()]
    padded, n = arrays(surface, sizes=sizes), MESH.vertices
    plain = arrays(surface)
    x = features(plain)
    both = [jnp.pad(x, ((0, 5), (0, 0)), constant_values=value) for value in (0.0, 1e3)]
    want = answer(network, x, plain)
    for filled in both:
        np.testing.assert_allclose(answer(network, filled, padded)[:n], want, atol=1e-9 * float(jnp.abs(want).max()))


def test_the_vectors_of_the_gauge_equivariant_network_turn_with_the_surface_and_no_others(network, surface):
    turn = rotation()
    there = MESH.moved(turn, np.array([1.0, -2, 3]))
    moved = arrays(g.scales(there, (1.0, 0.4), most=4), there)
    before, after = (answer(network, features(h), h) for h in (arrays(surface), moved))
    error = float(jnp.abs(after - before @ turn.T).max() / jnp.abs(before).max())
    if isinstance(network, g.GemCNN):
        assert error < 1e-8
    else:
        assert error > 0.01


def test_another_gauge_hardly_changes_the_vectors(surface):
    errors = []
    for samples in (7, 21):
        block = any_weights(g.GemCNN("7x0 + 4x1 + 3x2", "4x0 + 2x1 + 2x2", samples=samples, blocks=BLOCKS, key=KEY))
        run = eqx.filter_jit(block)
        angles = np.random.default_rng(0).uniform(-3, 3, MESH.vertices)
        one, other = (run(features(h), h) for h in (surface.arrays(), surface.regauged(angles).arrays()))
        errors.append(float(jnp.abs(one - other).max() / jnp.abs(one).max()))
    assert errors[0] < 0.2
    assert errors[1] < errors[0] / 3


def test_the_unet_of_the_talk_has_fourteen_blocks_and_checks_its_surface(surface):
    net = g.sage_cnn(4, 6, key=KEY)
    assert [len(blocks) for blocks in (*net.down, *net.up)] == [2, 2, 2, 4, 4]
    with pytest.raises(ValueError, match="a surface at 3 scales, got 2"):
        net(jnp.ones((48, 4)), surface.arrays())
    with pytest.raises(ValueError, match="odd number of positive block counts"):
        g.sage_cnn(4, 6, blocks=(1, 1), key=KEY)
    with pytest.raises(ValueError, match="fields such as '8x0'"):
        g.ScalarBlock(g.SageConvolution, g.GaugeField((1, 1)), g.GaugeField((1,)), key=KEY)


def test_remat_changes_no_value(surface):
    hierarchy = surface.arrays()
    x = features(hierarchy)
    make = lambda remat: g.GemCNN("7x0 + 4x1 + 3x2", "2x0 + 2x1", blocks=(1,), remat=remat, key=KEY)
    one = g.Hierarchy(hierarchy.surfaces[:1], ())
    plain, again = (jax.tree.leaves(eqx.filter(gradient(make(r), x, one), eqx.is_array)) for r in (False, True))
    for a, b in zip(plain, again, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-10)
