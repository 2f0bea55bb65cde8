"""The battery: every layer and network on graphs, made small, on a graph with a hub and a node alone."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import networkx
import numpy as np
import pytest
from jaxtyping import TypeCheckError

import wellposed.geometry as g
from wellposed.dynamics import RK4, Euler, Flow, ImplicitEuler

KEY = jax.random.key(0)
NODES, INPUTS, WIDTH, OUTPUTS = 24, 5, 6, 3
RNG = np.random.default_rng(0)
PAIRS = np.concatenate([[[0, i] for i in range(1, 12)], RNG.integers(1, NODES - 1, (40, 2))])
PAIRS = np.unique(np.sort(PAIRS[PAIRS[:, 0] != PAIRS[:, 1]], axis=1), axis=0)
GRAPH = g.Graph.from_pairs(PAIRS, NODES).with_self_loops()
HEADS = 2


def diffused(field, attention=True, solver=None):
    flow = Flow(field, solver or Euler(), t1=3.0, steps=3)
    shares = g.DiffusionAttention(WIDTH, 4, HEADS, key=KEY) if attention else None
    return g.DiffusionNetwork(INPUTS, WIDTH, OUTPUTS, flow, shares, key=KEY)


def attention(kernel: Any = "scaled_dot", normaliser: Any = "softmax"):
    return g.DiffusionAttention(WIDTH, 4, HEADS, kernel, normaliser, key=KEY)


LAYERS = {
    "gcn": lambda: g.gcn(INPUTS, OUTPUTS, key=KEY),
    "gat": lambda: g.gat(INPUTS, OUTPUTS, HEADS, averaged=True, key=KEY),
    "sage": lambda: g.sage(INPUTS, OUTPUTS, key=KEY),
    "monet": lambda: g.monet(INPUTS, OUTPUTS, key=KEY),
    "ChebLayer": lambda: g.ChebLayer(INPUTS, OUTPUTS, 4, key=KEY),
    "message_passing": lambda: g.message_passing(INPUTS, WIDTH, OUTPUTS, key=KEY),
    "GraphNetwork": lambda: g.GraphNetwork(
        (g.gat(INPUTS, 2, HEADS, key=KEY), g.gcn(2 * HEADS, OUTPUTS, key=KEY)), jax.nn.elu, 0.5
    ),
    "DeepGraphNetwork": lambda: g.DeepGraphNetwork(
        g.gcn(INPUTS, WIDTH, key=KEY),
        lambda key: g.gcn(WIDTH, WIDTH, key=key),
        g.gcn(WIDTH, OUTPUTS, key=KEY),
        4,
        jnp.tanh,
        key=KEY,
    ),
    "PDEGCN": lambda: g.PDEGCN(INPUTS, WIDTH, OUTPUTS, 3, "mixed", key=KEY),
    "PDEGCN hyperbolic": lambda: g.PDEGCN(INPUTS, WIDTH, OUTPUTS, 3, "hyperbolic", key=KEY),
    "DiffusionNetwork linear": lambda: diffused(g.Grand(), solver=RK4()),
    "DiffusionNetwork implicit": lambda: diffused(g.Grand(), solver=ImplicitEuler(1e-14)),
    "DiffusionNetwork non-linear": lambda: diffused(g.Grand(attention("cosine", "squareplus")), attention=False),
    "DiffusionNetwork reaction": lambda: diffused(g.Gread("blurring_sharpening", WIDTH)),
}
OTHERS = {
    "holds positions, which must move along: tested below": {"Blend"},
    "without a table, or with three answers: tested below": {
        "DeepSets",
        "Transformer",
        "TransformerBlock",
        "InteractionNetwork",
    },
    "on molecules: tested in files of their own": {"MolecularGraph", "MoleculeNetwork", "radial_basis"},
    "parts of a DiffusionNetwork": {
        "Grand",
        "GrandPlus",
        "Gread",
        "DiffusionAttention",
        "Medium",
    },
    "what gcn, gat, sage, monet and message_passing are made of": {
        "GraphLayer",
        "AbstractFlavour",
        "Convolutional",
        "Attentional",
        "MessagePassing",
        "symmetric_coefficients",
        "mean_coefficients",
    },
    "cells instead of a table, tested in test_cells and test_informed": {
        "Cells",
        "ConservativeField",
        "InformedNetwork",
        "cotangent_law",
        "graph_cells",
        "mesh_cells",
    },
    "features": {"Bag", "dropout", "project"},
    "of the graph alone": {"diffusion_positions", "diffusion_rewired", "attention_rewired"},
    "in PDEGCN": {"edge_gradient", "edge_divergence"},
    "laws": {
        "dirichlet_energy",
        "maximum_principle_error",
        "permutation_error",
        "smoothness",
        "spread",
        "stochasticity_error",
    },
}
DENSE_ONLY = {"message_passing"}  # has no product with a matrix that comes first


@pytest.fixture(scope="module", autouse=True)
def double():
    with jax.enable_x64(True):
        yield


@pytest.fixture(params=LAYERS)
def name(request):
    return request.param


@eqx.filter_jit
def answer(network, x, table):
    return network(x, table)


def features(rows=NODES):
    return jax.random.normal(jax.random.key(3), (rows, INPUTS), float)


def test_every_public_layer_is_in_the_battery():
    batteries = {name.split()[0] for name in LAYERS}
    here = "wellposed.geometry.graphs."
    public = {name for name in dir(g) if str(getattr(getattr(g, name), "__module__", "")).startswith(here)}
    others = set().union(*OTHERS.values())
    assert batteries | others == public
    assert not batteries & others


def test_the_nodes_have_no_order(name):
    assert g.permutation_error(lambda x, table: answer(LAYERS[name](), x, table), GRAPH, INPUTS, KEY) < 1e-10


def test_a_layer_that_knows_the_numbers_of_the_nodes_is_caught():
    layer = g.gcn(INPUTS, OUTPUTS, key=KEY)
    broken = lambda x, table: layer(x.at[0].mul(2.0), table)
    assert g.permutation_error(broken, GRAPH, INPUTS, KEY) > 1e-3


def test_what_fills_up_a_table_never_leaks(name):
    network, x = LAYERS[name](), features()
    want = answer(network, x, GRAPH.table())
    np.testing.assert_allclose(answer(network, x, GRAPH.table(width=40, reverse_width=40)), want, atol=1e-12)


def test_forward_and_reverse_derivatives_agree_and_reach_each_weight(name):
    network, table, x = LAYERS[name](), GRAPH.table(), features()
    params, rest = eqx.partition(network, eqx.is_inexact_array)
    params = jax.tree.map(lambda a: a + 0.1 * jax.random.normal(KEY, a.shape, float), params)  # none is zero
    loss = lambda p: (eqx.combine(p, rest)(x, table) ** 2).sum()
    along = jax.tree.map(jnp.ones_like, params)
    value, slope = jax.jit(lambda p: jax.jvp(loss, (p,), (along,)))(params)
    grads = jax.jit(jax.grad(loss))(params)
    np.testing.assert_allclose(slope, sum(leaf.sum() for leaf in jax.tree.leaves(grads)), rtol=1e-9)
    assert bool(jnp.isfinite(value))
    assert all(float(jnp.abs(leaf).max()) > 0 for leaf in jax.tree.leaves(grads) if leaf.size and leaf.shape != (2,))


def test_a_bag_of_words_is_its_dense_table(name):
    table, x = GRAPH.table(), np.asarray(jnp.where(features() > 0.8, features(), 0))
    network = LAYERS[name]()
    if name in DENSE_ONLY:
        with pytest.raises(ValueError, match="expects dense features, got a Bag"):
            network(g.Bag.from_dense(x), table)
        return
    want = answer(network, jnp.asarray(x), table)
    np.testing.assert_allclose(answer(network, g.Bag.from_dense(x), table), want, atol=1e-12)


def test_a_batch_is_its_samples(name):
    network, table = LAYERS[name](), GRAPH.table()
    batch = jnp.stack([features(), 2 * features()])
    found = eqx.filter_jit(jax.vmap(lambda x: network(x, table)))(batch)
    np.testing.assert_allclose(found[1], answer(network, batch[1], table), atol=1e-9)


def test_the_convolution_is_its_matrix():
    layer: Any = g.gcn(INPUTS, OUTPUTS, key=KEY)
    x = np.asarray(features())
    A = GRAPH.matrix(np.ones(len(GRAPH.source))).toarray()
    root = np.diag(A.sum(0) ** -0.5)
    want = root @ A @ root @ x @ np.asarray(layer.flavour.psi.weight)
    np.testing.assert_allclose(layer(jnp.asarray(x), GRAPH.table()), want, atol=1e-12)


def test_the_polynomial_is_chebyshevs():
    layer: Any = LAYERS["ChebLayer"]()
    x = np.asarray(features())
    A = GRAPH.matrix(np.ones(len(GRAPH.source))).toarray()
    root = np.diag(A.sum(0) ** -0.5)
    values, vectors = np.linalg.eigh(-root @ A @ root)
    T = np.polynomial.chebyshev.chebvander(values, 3)
    want = sum(vectors @ np.diag(T[:, k]) @ vectors.T @ x @ np.asarray(layer.weight[:, k]) for k in range(4))
    np.testing.assert_allclose(layer(jnp.asarray(x), GRAPH.table()), want, atol=1e-10)


def test_attention_is_that_of_its_formula():
    layer: Any = g.gat(INPUTS, OUTPUTS, HEADS, key=KEY)
    x = np.asarray(features())
    v = np.einsum("ni,ihw->nhw", x, np.asarray(layer.flavour.psi.weight))
    a, b = (np.asarray(s) for s in (layer.flavour.score.mine, layer.flavour.score.theirs))
    score = np.einsum("nhw,hw->nh", v, a)[:, None] + np.einsum("nhw,hw->nh", v, b)[None]
    A = GRAPH.matrix(np.ones(len(GRAPH.source))).toarray().T  # rows are targets
    e = np.where(A[:, :, None] > 0, np.exp(np.where(score > 0, score, 0.2 * score)), 0)
    want = np.einsum("ijh,jhw->ihw", e / e.sum(1, keepdims=True), v).reshape(NODES, -1)
    np.testing.assert_allclose(layer(jnp.asarray(x), GRAPH.table()), want, atol=1e-12)


@pytest.mark.parametrize("kernel", ["scaled_dot", "cosine", "pearson", "exponential"])
@pytest.mark.parametrize("normaliser", ["softmax", "squareplus"])
def test_the_diffusivity_is_row_stochastic(kernel, normaliser):
    table = GRAPH.table()
    x = 3 * jax.random.normal(KEY, (NODES, WIDTH), float)
    shares = attention(kernel, normaliser)(x, table)
    assert float(g.stochasticity_error(shares, table)) < 1e-14
    assert float(g.stochasticity_error(1.1 * shares, table)) > 0.09
    assert len(np.unique(np.round(shares, 6))) > NODES


@pytest.mark.parametrize("solver", [Euler(), ImplicitEuler(1e-14), RK4()])
def test_diffusion_stays_in_the_range_of_its_start_and_loses_energy(solver):
    network = diffused(g.Grand(source=None), solver=solver)
    network = network.until(8.0, 10)
    states = network.trajectory(features(), GRAPH.table())
    assert float(g.maximum_principle_error(states)) < 1e-12
    energies = [float(g.dirichlet_energy(x, GRAPH.table())) for x in states]
    assert energies[-1] < 0.2 * energies[0]


def test_steps_that_are_too_long_are_seen_by_the_maximum_principle():
    network = diffused(g.Grand(source=None)).until(40.0, 10)  # sigmoid(0) h = 2
    assert float(g.maximum_principle_error(network.trajectory(features(), GRAPH.table()))) > 0.1


def test_a_source_at_labelled_nodes_keeps_them_apart():
    table, x = GRAPH.table(), jax.random.normal(KEY, (NODES, WIDTH), float)
    shares = jnp.where(table.filled, 1 / jnp.append(table.degrees(), 1)[table.target_of_slot], 0)
    ends = [
        Flow(field, Euler(), t1=400.0, steps=400)(x, g.Medium(table, shares, x))
        for field in (g.Grand(source=None), g.GrandPlus(jnp.array([1, 5, 9])))
    ]
    connected = np.flatnonzero(np.asarray(table.degrees()) > 1)
    alike, apart = (float(g.spread(end[connected])) for end in ends)
    assert alike < 1e-3
    assert apart > 0.3
    degrees = np.asarray(table.degrees())[:, None]
    source = g.GrandPlus(jnp.array([1, 5, 9]))(0.0, 0 * x, g.Medium(table, shares, x))
    np.testing.assert_allclose((degrees * source).sum(0), 0, atol=1e-12)


@pytest.mark.parametrize(
    "reaction", ["fisher", "allen_cahn", "zeldovich", "source", "filter_bank", "blurring_sharpening"]
)
def test_reactions_are_those_of_their_formulas(reaction):
    table, x = GRAPH.table(), jax.random.uniform(KEY, (NODES, WIDTH), float)
    shares = attention()(x, table)
    A = np.zeros((NODES, NODES + 1))
    np.add.at(A, (np.minimum(table.target_of_slot, NODES - 1), np.asarray(table.source_of_slot)), np.asarray(shares))
    A, h = A[:, :-1], np.asarray(x)
    r = {
        "fisher": h * (1 - h),
        "allen_cahn": h * (1 - h**2),
        "zeldovich": h * (h - h**2),
        "source": 2 * h,
        "filter_bank": 2 * h + h - A @ h,
        "blurring_sharpening": (A - A @ A) @ h,
    }[reaction]
    found = g.Gread(reaction)(0.0, x, g.Medium(table, shares, 2 * x))
    np.testing.assert_allclose(found, 0.5 * (A @ h - h) + r, atol=1e-12)


def normalised_laplacian():
    graph = networkx.Graph(PAIRS.tolist())
    graph.add_nodes_from(range(NODES))
    return networkx.normalized_laplacian_matrix(graph, nodelist=range(NODES)).toarray()


def test_the_divergence_is_the_transpose_of_the_gradient_and_waves_keep_their_energy():
    table = g.Graph.from_pairs(PAIRS, NODES).table()
    x, u = jax.random.normal(KEY, (NODES, 2), float), jax.random.normal(KEY, (table.slots, 2), float)
    u = jnp.where(table.filled[:, None], u, 0)
    scale = jax.random.uniform(KEY, (table.slots, 1), float)
    left, right = (g.edge_gradient(x, table, scale) * u).sum(), (x * g.edge_divergence(u, table, scale)).sum()
    np.testing.assert_allclose(left, right, rtol=1e-12)
    spreads, laplacian = {}, normalised_laplacian()
    rayleigh = lambda x: (x * (laplacian @ x)).sum() / (x**2).sum()
    for motion in ("diffusive", "hyperbolic"):
        network = g.PDEGCN(INPUTS, WIDTH, OUTPUTS, 64, motion, key=KEY)
        first, *_, last = np.asarray(network.states(features(), table))
        spreads[motion] = rayleigh(last) / rayleigh(first)
    assert spreads["diffusive"] < 0.3 < spreads["hyperbolic"]


@pytest.mark.parametrize("motion", ["diffusive", "hyperbolic"])
def test_steps_of_pde_gcn_are_those_of_the_normalised_laplacian(motion):
    """Of networkx; with K the identity, and states so small that tanh is linear."""
    laplacian = normalised_laplacian()
    network = g.PDEGCN(INPUTS, WIDTH, OUTPUTS, 3, motion, key=KEY)
    network = eqx.tree_at(lambda net: net.weights, network, jnp.zeros_like(network.weights))
    states = np.asarray(network.states(1e-6 * features(), g.Graph.from_pairs(PAIRS, NODES).table()))
    h, scale = network.step, np.abs(states).max()
    want = states[1] - h * laplacian @ states[1]
    if motion == "hyperbolic":
        want = 2 * states[1] - states[0] - h**2 * laplacian @ states[1]
    np.testing.assert_allclose(states[2] / scale, want / scale, atol=1e-10)
    assert np.linalg.eigvalsh(laplacian).max() <= 2 + 1e-12


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda word: g.DiffusionAttention(WIDTH, 4, 2, word), "kernel"),
        (lambda word: g.Gread(word), "reaction"),
        (lambda word: g.PDEGCN(1, 1, 1, 1, word, key=KEY), "motion"),
    ],
)
def test_a_wrong_word_is_said(make, said):
    """By the signature where it is checked, as in these tests, else by the class."""
    with pytest.raises((ValueError, TypeCheckError), match=said):
        make("no such word")


def test_wrong_settings_are_said():
    with pytest.raises(ValueError, match="a size that 3 heads divide, got 4"):
        g.DiffusionAttention(WIDTH, 4, 3)
    with pytest.raises(ValueError, match="an order of at least 1, got 0"):
        g.ChebLayer(1, 1, 0, key=KEY)
    with pytest.raises(ValueError, match="a width that 3 heads divide, got 8"):
        g.TransformerBlock(8, 3, key=KEY)


def test_sets_and_interaction_networks_have_no_order():
    x = features()
    order = np.random.default_rng(1).permutation(NODES)
    sets, transformer = g.DeepSets(INPUTS, 8, 2, key=KEY), g.Transformer(INPUTS, 8, 2, key=KEY)
    np.testing.assert_allclose(sets(x), sets(x[order]), atol=1e-10)
    np.testing.assert_allclose(transformer(x)[order], transformer(x[order]), atol=1e-10)
    network = g.InteractionNetwork(INPUTS, 1, 2, 8, 4, key=KEY)
    new = np.argsort(order)
    moved = g.Graph(new[GRAPH.source], new[GRAPH.target], NODES)
    lengths = np.random.default_rng(2).normal(size=len(GRAPH.source) + 1)
    run = lambda x, table: network(x, table, jnp.asarray(lengths)[table.edge_of_slot][:, None], jnp.ones(2))
    (one, _, summary), (other, _, again) = run(x, GRAPH.table()), run(x[order], moved.table())
    np.testing.assert_allclose(other, one[order], atol=1e-10)
    np.testing.assert_allclose(again, summary, atol=1e-10)


def test_blend_has_no_order_if_its_positions_move_along():
    x, order = features(), np.random.default_rng(1).permutation(NODES)
    new = np.argsort(order)
    moved = g.Graph(new[GRAPH.source], new[GRAPH.target], NODES)
    network, positions = diffused(g.Grand(attention()), attention=False), g.diffusion_positions(GRAPH, 4)
    one, other = (g.Blend(network, at, 2, key=KEY) for at in (positions, positions[order]))
    want = answer(one, x, GRAPH.table())[order]
    np.testing.assert_allclose(answer(other, x[order], moved.table()), want, atol=1e-10)
    assert float(jnp.abs(answer(one, x[order], moved.table()) - want).max()) > 1e-3


def test_dropout_keeps_the_mean_and_spares_the_zeros():
    bag = g.Bag.from_dense(np.eye(40))
    dropped = g.dropout(bag, 0.5, KEY)
    assert set(np.unique(dropped.counts)) == {0.0, 2.0}
    assert abs(float(g.dropout(jnp.ones(4000), 0.25, KEY).mean()) - 1) < 0.05
