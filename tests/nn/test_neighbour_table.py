"""Neighbour tables against the list of edges that they were made of."""

import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.nn import NeighbourTable, stacked


def hub(leaves=100):
    """A star: one node of large degree."""
    return np.arange(1, leaves + 1), np.zeros(leaves, int)


def edges_of(table):
    filled = np.asarray(table.filled)
    return sorted(zip(np.asarray(table.source_of_slot)[filled], np.asarray(table.target_of_slot)[filled], strict=True))


def test_the_table_holds_each_edge_once():
    rng = np.random.default_rng(0)
    source, target = rng.integers(0, 5, 30), rng.integers(0, 7, 30)
    table = NeighbourTable.from_edges(source, target, 5, 7)
    assert edges_of(table) == sorted(zip(source, target, strict=True))
    assert edges_of(table.reversed()) == sorted(zip(target, source, strict=True))
    np.testing.assert_array_equal(table.degrees(), np.bincount(target, minlength=7))
    edge = np.asarray(table.edge_of_slot)
    np.testing.assert_array_equal(np.asarray(table.source_of_slot)[edge < 30], source[edge[edge < 30]])


def test_a_hub_makes_buckets_instead_of_one_wide_table():
    source, target = hub()
    both = NeighbourTable.from_edges(np.append(source, target), np.append(target, source), 101, 101)
    assert [part.shape for part in both.to_targets.others] == [(100, 4), (1, 128)]
    assert both.width is None
    even = NeighbourTable.from_edges(np.arange(10), np.roll(np.arange(10), 1), 10, 10)
    assert (even.width, even.slots) == (1, 10)


def test_a_given_width_makes_tables_that_stack():
    a = NeighbourTable.from_edges(np.array([0, 1]), np.array([1, 1]), 3, 3, width=4, reverse_width=2)
    b = NeighbourTable.from_edges(np.array([2]), np.array([0]), 3, 3, width=4, reverse_width=2)
    assert stacked([a, b]).to_targets.others[0].shape == (2, 3, 4)


def test_no_edges_at_all():
    table = NeighbourTable.from_edges(np.zeros(0, int), np.zeros(0, int), 2, 3)
    assert table.degrees().tolist() == [0, 0, 0]
    assert not bool(jnp.any(table.filled))


def test_indices_and_widths_are_checked():
    with pytest.raises(ValueError, match="each source in 0 to 2, got 0 to 3"):
        NeighbourTable.from_edges(np.array([0, 3]), np.array([0, 0]), 3, 3)
    with pytest.raises(ValueError, match="at most width=2 edges at a node, got 3"):
        NeighbourTable.from_edges(np.array([0, 1, 2]), np.array([0, 0, 0]), 3, 3, width=2)
