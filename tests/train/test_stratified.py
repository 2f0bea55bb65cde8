"""Batches that are spread over the samples evenly: unbiased, and less noisy than those drawn at random."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.stats import chisquare

from tests.train.problems import ADAM, network, noisy_loss, same_bits, samples
from wellposed.train import Minibatches, StratifiedMinibatches, fit

KEY = jax.random.key(0)


def _places(batches, steps):
    return np.asarray(jax.vmap(batches.places)(jnp.arange(steps)))


@pytest.mark.parametrize(("n", "size"), [(12, 4), (37, 5), (6, 6), (9, 1)])
def test_every_sample_is_drawn_equally_often(n, size):
    steps = 4000
    places = _places(StratifiedMinibatches(jnp.arange(n), size, key=KEY), steps)
    assert places.shape == (steps, size)
    counts = np.bincount(places.ravel(), minlength=n)
    np.testing.assert_allclose(counts, steps * size / n, atol=8 * size)  # a golden-ratio sequence is that even


def test_every_sample_is_equally_likely_in_a_batch():
    """Over keys, where the parts do not end between samples."""
    keys = jax.random.split(KEY, 6000)
    starts = jax.vmap(lambda key: jax.random.bits(key, (5,), jnp.uint32))(keys)
    batches = StratifiedMinibatches(jnp.arange(12), 5, key=KEY)
    places = jax.vmap(lambda starts: eqx.tree_at(lambda b: b.starts, batches, starts).places(0))(starts)
    counts = np.bincount(np.asarray(places).ravel(), minlength=12)
    assert chisquare(counts).pvalue > 1e-4
    assert len(np.unique(np.asarray(places), axis=0)) > 100  # the parts' samples do not depend on each other


def test_a_batch_has_one_sample_of_each_part():
    """A tenth of the samples is further out: every batch of ten has exactly one of them."""
    x = np.random.default_rng(0).permutation(np.concatenate([np.zeros(90), np.ones(10)])).astype(np.float32)
    batches = StratifiedMinibatches(x, 10, key=KEY)
    assert {float(jnp.sum(batches(KEY, step))) for step in range(50)} == {1.0}


@pytest.mark.parametrize(("d", "less"), [(1, 100.0), (2, 10.0), (4, 2.0)])
def test_means_of_batches_vary_less_than_at_random_the_more_so_in_few_dimensions(d, less):
    x = jax.random.normal(KEY, (4096, d))
    values = lambda batches: np.asarray(
        jax.vmap(lambda step: jnp.mean(jnp.cos(batches(KEY, step).sum(-1))))(jnp.arange(500))
    )
    even, random = (values(kind(x, 64, key=KEY)) for kind in (StratifiedMinibatches, Minibatches))
    assert np.var(even) < np.var(random) / less
    truth = float(jnp.mean(jnp.cos(x.sum(-1))))
    assert abs(even.mean() - truth) < 4 * random.std() / np.sqrt(500 * less)


def test_leaves_of_a_record_stay_together_and_another_key_gives_others():
    data = {"x": np.arange(20.0, dtype=np.float32)[::-1].copy(), "y": np.arange(40).reshape(20, 2)[::-1].copy()}
    batches = StratifiedMinibatches(data, 4, key=KEY)
    batch = batches(KEY, 3)
    np.testing.assert_array_equal(2 * batch["x"], batch["y"][:, 0])
    np.testing.assert_array_equal(batch["x"], batches(jax.random.key(7), 3)["x"])
    other = StratifiedMinibatches(data, 4, key=jax.random.key(5))
    assert any(not np.array_equal(batches(KEY, step)["x"], other(KEY, step)["x"]) for step in range(5))
    assert (batches.samples, batches.size) == (20, 4)


@pytest.mark.parametrize(
    ("data", "size", "match"),
    [
        ({"x": jnp.ones(3), "y": jnp.ones(4)}, 2, r"one number of samples on the leading axes, got \[3, 4\]"),
        (jnp.ones(3), 4, "a size from 1 to the 3 samples, got 4"),
        (jnp.ones(3), 0, "a size from 1 to the 3 samples, got 0"),
        (np.ones(2**22 + 1, np.int8), 1, "at most 4194304 samples, got 4194305: take Minibatches"),
    ],
)
def test_wrong_data_and_sizes_are_sentences(data, size, match):
    with pytest.raises(ValueError, match=match):
        StratifiedMinibatches(data, size, key=KEY)


def test_a_training_compiles_once_and_resumes_bit_for_bit(tmp_path):
    traced = []

    def loss(model, batch, key):
        traced.append(1)
        return noisy_loss(model, batch, key)

    run = lambda steps, **more: fit(
        network(), loss, StratifiedMinibatches(samples(), 8, key=KEY), ADAM, steps=steps, key=KEY, **more
    )
    whole, once = run(6), len(traced)
    assert same_bits(whole.model, run(6).model)
    assert len(traced) - once < once  # the shapes of the loss are looked at, nothing is compiled
    run(3, folder=tmp_path)
    resumed = run(6, folder=tmp_path, resume=True)
    assert same_bits(whole.model, resumed.model)
