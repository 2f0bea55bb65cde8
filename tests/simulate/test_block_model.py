"""The block model has the neighbours and the features that were asked for."""

import numpy as np
import pytest

from wellposed.simulate import block_model


def test_neighbours_are_of_the_same_class_as_often_as_asked():
    graph = block_model(2000, 4, inside=6.0, outside=3.0, seed=1)
    same = graph.labels[graph.edges[:, 0]] == graph.labels[graph.edges[:, 1]]
    assert 5.3 < same.sum() / 2000 <= 6
    assert 2.7 < (~same).sum() / 2000 <= 3
    degrees = np.bincount(graph.edges[:, 0], minlength=2000)
    assert degrees.max() > 4 * degrees.mean()
    assert sorted(np.bincount(graph.labels)) == [500] * 4


def test_features_tell_classes_apart_a_little():
    graph = block_model(2000, 2, features=16, signal=1.0)
    means = np.stack([graph.features[graph.labels == k].mean(0) for k in range(2)])
    rest = graph.features - means[graph.labels]
    np.testing.assert_allclose(np.linalg.norm(means, axis=1), 1, atol=0.1)
    np.testing.assert_allclose((rest**2).sum(1).mean(), 1, atol=0.05)


def test_the_split_has_no_node_twice_and_the_same_seed_gives_the_same():
    graph, again = block_model(300, 3, validation=60, seed=5), block_model(300, 3, validation=60, seed=5)
    assert graph.split is not None
    nodes = np.concatenate(graph.split)
    assert sorted(nodes) == list(range(300))
    assert [len(part) for part in graph.split] == [60, 60, 180]
    np.testing.assert_array_equal(graph.features, again.features)
    with pytest.raises(ValueError, match="more than 400 nodes for its split, got 300"):
        block_model(300, 5)
    with pytest.raises(ValueError, match="at least 2 classes, got 1"):
        block_model(400, 1)
