"""Gradients by pieces: those of the whole batch, on one device and on two."""

import json
import os
import subprocess
import sys

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from wellposed.train import Minibatches, fit, gradient_by_pieces

X = jnp.linspace(0.2, 1.0, 24)[:, None] * jnp.array([[1.0, 2.0]])


def loss(model, batch, key):
    return jnp.mean((batch @ model - 1.0) ** 2), {"size": jnp.mean(batch)}


def trained(microbatch, steps=20):
    batches = Minibatches(X, 12, key=jax.random.key(0))
    return fit(jnp.zeros(2), loss, batches, optax.sgd(0.1), steps=steps, key=jax.random.key(1), microbatch=microbatch)


def test_the_gradient_is_that_of_the_whole_batch():
    w, key = jnp.array([0.3, -0.2]), jax.random.key(0)
    whole = jax.value_and_grad(loss, has_aux=True)(w, X, key)
    pieces = gradient_by_pieces(loss, w, X, key, 6)
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-6), pieces, whole)


def test_each_piece_has_a_key_of_its_own():
    noisy = lambda w, x, key: (w * jax.random.normal(key), {})
    _, slope = gradient_by_pieces(noisy, jnp.array(1.0), X, jax.random.key(0), 12)
    draws = [jax.random.normal(jax.random.fold_in(jax.random.key(0), i)) for i in range(2)]
    assert float(slope) == pytest.approx(float(sum(draws)) / 2, rel=1e-6)
    assert draws[0] != draws[1]


def test_a_training_by_pieces_is_that_by_batches():
    np.testing.assert_allclose(trained(4).model, trained(None).model, rtol=1e-5)


def test_a_piece_that_does_not_divide_the_batch_is_refused():
    with pytest.raises(ValueError, match=r"multiple of microbatch=5, got lengths \[12\]: choose a divisor"):
        trained(5)


def test_two_devices_share_the_pieces_and_compile_once():
    code = (
        "import json, sys; sys.path.insert(0, 'tests/train'); import jax; from test_microbatches import trained\n"
        "found = trained(3)\nfrom wellposed.train.loop import advance\n"
        "print(json.dumps([jax.device_count(), found.model.tolist(), advance._cached._cache_size()]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=os.environ | {"JAX_NUM_CPU_DEVICES": "2"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    devices, model, programs = json.loads(done.stdout.splitlines()[-1])
    assert devices == 2
    assert programs == 1
    np.testing.assert_allclose(model, trained(None).model, rtol=1e-5)
