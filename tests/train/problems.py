"""A small regression that the tests of training share."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

from wellposed.train import Minibatches

ADAM = optax.adam(1e-2)


def samples(n=64, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 3)).astype(np.float32)
    y = np.sin(x[:, :2]) + 0.1 * rng.normal(size=(n, 2)).astype(np.float32)
    return x, y.astype(np.float32)


def network(seed=0):
    return eqx.nn.MLP(3, 2, width_size=4, depth=1, key=jax.random.key(seed))


def batches(size=8, n=64, seed=1):
    return Minibatches(samples(n), size, key=jax.random.key(seed))


def noisy_loss(model, batch, key):
    """A loss with a draw of its own, so that a wrong key would show."""
    x, y = batch
    noise = 0.1 * jax.random.normal(key, x.shape)
    error = jnp.mean((jax.vmap(model)(x + noise) - y) ** 2)
    return error, {"error": error, "noise": jnp.mean(noise**2)}


def plain_loss(model, batch, key):
    x, y = batch
    return jnp.mean((jax.vmap(model)(x) - y) ** 2), {}


def same_bits(one, other):
    """Whether two pytrees hold the same arrays bit for bit."""
    leaves = [jax.tree.leaves(eqx.filter(tree, eqx.is_array)) for tree in (one, other)]
    return all(np.array_equal(a, b, equal_nan=True) for a, b in zip(*leaves, strict=True))
