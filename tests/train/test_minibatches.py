import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.stats import chisquare

from wellposed.train import Minibatches

KEY = jax.random.key(0)


def _epoch(batches, epoch):
    per_epoch = batches.samples // batches.size
    return np.concatenate([batches.places(epoch * per_epoch + i) for i in range(per_epoch)])


@pytest.mark.parametrize(("n", "size"), [(1, 1), (2, 1), (5, 5), (12, 4), (37, 5), (1000, 250)])
def test_an_epoch_shows_each_sample_at_most_once(n, size):
    batches = Minibatches(jnp.arange(n), size, key=KEY)
    for epoch in range(2):
        places = _epoch(batches, epoch)
        assert len(places) == len(set(places.tolist())) == n // size * size
        assert places.min() >= 0
        assert places.max() < n


def test_epochs_have_different_orders_and_leave_out_different_samples():
    batches = Minibatches(jnp.arange(37), 5, key=KEY)
    first, second = _epoch(batches, 0), _epoch(batches, 1)
    assert not np.array_equal(first, second)
    assert set(first.tolist()) != set(second.tolist())


def test_the_orders_of_four_samples_are_equally_likely():
    batches = Minibatches(jnp.arange(4), 4, key=KEY)
    orders = np.asarray(jax.vmap(batches.places)(jnp.arange(6000))) @ 4 ** np.arange(4)
    _, counts = np.unique(orders, return_counts=True)
    assert len(counts) == 24
    assert chisquare(counts).pvalue > 1e-4


def test_neighbours_in_a_large_set_are_torn_apart():
    """The distance of two neighbours after the shuffle is that of two independent places, whose mean is n / 3."""
    n = 4096
    places = np.asarray(Minibatches(jnp.arange(n), n, key=KEY).places(0)).astype(float)
    distances = np.abs(np.diff(places))
    spread = n / np.sqrt(18) / np.sqrt(n)  # standard deviation of the mean of n such distances
    assert abs(distances.mean() - n / 3) < 5 * spread


def test_batches_depend_on_the_step_and_on_the_key_of_the_record_only():
    data = {"x": np.arange(20.0, dtype=np.float32), "y": np.arange(40).reshape(20, 2)}
    batches = Minibatches(data, 4, key=KEY)
    batch = batches(jax.random.key(5), 3)
    np.testing.assert_array_equal(batch["y"][:, 0], 2 * batch["x"])
    np.testing.assert_array_equal(eqx.filter_jit(batches)(KEY, 3)["x"], batch["x"])
    other = Minibatches(data, 4, key=jax.random.key(1))
    assert not np.array_equal(other(KEY, 3)["x"], batch["x"])


def test_with_replacement_a_batch_repeats_samples():
    batches = Minibatches(jnp.arange(50), 50, key=KEY, replace=True)
    drawn = np.asarray(jax.vmap(batches.places)(jnp.arange(200)))
    distinct = np.mean([len(set(row)) for row in drawn.tolist()])
    assert abs(distinct - 50 * (1 - (1 - 1 / 50) ** 50)) < 1.0
    assert chisquare(np.bincount(drawn.ravel(), minlength=50)).pvalue > 1e-4


def test_bad_samples_are_refused():
    with pytest.raises(ValueError, match=r"one number of samples on the leading axes, got \[3, 4\]"):
        Minibatches((jnp.zeros(3), jnp.zeros(4)), 2, key=KEY)
    with pytest.raises(ValueError, match="a size from 1 to the 3 samples, got 4"):
        Minibatches(jnp.zeros(3), 4, key=KEY)
