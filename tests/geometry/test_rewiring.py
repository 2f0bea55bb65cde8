"""Rewired graphs and positions, beside dense linear algebra."""

import numpy as np
import pytest

import wellposed.geometry as g

RNG = np.random.default_rng(3)
PAIRS = np.concatenate([np.stack([np.arange(29), np.arange(1, 30)], 1), RNG.integers(0, 30, (40, 2))])
PAIRS = np.unique(np.sort(PAIRS[PAIRS[:, 0] != PAIRS[:, 1]], axis=1), axis=0)
GRAPH = g.Graph.from_pairs(PAIRS, 30).with_self_loops()


def pagerank(teleport):
    A = GRAPH.matrix(np.ones(len(GRAPH.source))).toarray()
    walk = A / A.sum(1, keepdims=True)
    return teleport * np.linalg.inv(np.eye(30) - (1 - teleport) * walk)


def test_each_node_gets_those_that_pagerank_visits_most():
    graph = g.diffusion_rewired(GRAPH, 5, 0.2)
    visits = pagerank(0.2)
    edges = set(zip(graph.source.tolist(), graph.target.tolist(), strict=True))
    chosen = {(int(j), i) for i in range(30) for j in np.argsort(-visits[i])[:5]}
    assert chosen <= edges
    assert edges == chosen | {(j, i) for i, j in chosen}
    assert all((i, i) in edges for i in range(30))


def test_attention_that_is_neglected_goes_and_no_node_loses_all():
    shares = RNG.random(len(GRAPH.source))
    shares /= np.bincount(GRAPH.target, shares)[GRAPH.target]
    kept = g.attention_rewired(GRAPH, shares, 0.8)
    assert 0.3 < len(kept.source) / len(GRAPH.source) < 0.9
    pairs = {(s, t): share for s, t, share in zip(GRAPH.source, GRAPH.target, shares, strict=True)}
    left = np.bincount(kept.target, [pairs[edge] for edge in zip(kept.source, kept.target, strict=True)], 30)
    assert left.min() >= 0.8 - 1e-12
    assert len(g.attention_rewired(GRAPH, shares, 1.0).source) == len(GRAPH.source)


def test_distances_of_positions_are_those_of_diffusions():
    A = GRAPH.matrix(np.ones(len(GRAPH.source))).toarray()
    root = np.diag(A.sum(0) ** -0.5)
    filtered = 0.05 * np.linalg.inv(np.eye(30) - 0.95 * root @ A @ root)
    positions = g.diffusion_positions(GRAPH, 29)
    np.testing.assert_allclose(positions @ positions.T / 30, filtered, atol=0.03)
    few = g.diffusion_positions(GRAPH, 4)
    np.testing.assert_allclose(few, positions[:, :4], atol=1e-6)
    with pytest.raises(ValueError, match="1 to 29 coordinates, got 30"):
        g.diffusion_positions(GRAPH, 30)
