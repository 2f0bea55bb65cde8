"""The gradient of a large batch, a piece at a time: pieces that fit into the cache, spread over the devices."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from jaxtyping import PRNGKeyArray, PyTree

_AXIS = "pieces"


def gradient_by_pieces(
    loss: Callable[..., Any], params: PyTree, batch: PyTree, key: PRNGKeyArray, size: int
) -> tuple[tuple[Any, dict[str, Any]], PyTree]:
    """((loss, terms), gradient) of a loss that is a mean over samples, from pieces of `size` samples.

    Memory is that of one piece on each device, and nothing is computed twice. The pieces are shared out among all
    devices of this process where they divide evenly; two devices of one CPU (`JAX_NUM_CPU_DEVICES=2`) keep two
    cores busy with what XLA runs on one.

    Args:
        loss: `(params, batch, key) -> (scalar, terms)`, where the scalar and the terms are means over samples.
        params: real arrays.
        batch: a tree of arrays whose leading axes are the samples, a multiple of `size`.
        key: piece i gets `fold_in(key, i)`.
        size: samples in a piece.

    Example:
        >>> loss = lambda w, x, key: (jnp.mean((x - w) ** 2), {})
        >>> (value, _), slope = gradient_by_pieces(loss, jnp.array(0.0), jnp.arange(4.0), jax.random.key(0), 2)
        >>> float(value), float(slope)
        (3.5, -3.0)
    """
    count = len(jax.tree.leaves(batch)[0]) // size
    pieces = jax.tree.map(lambda leaf: leaf.reshape(count, size, *leaf.shape[1:]), batch)
    places = jnp.arange(count)

    def mean(pieces: PyTree, places: Any) -> Any:
        """Over the pieces of one device."""

        def one(piece: PyTree, place: Any) -> Any:
            found, grads = jax.value_and_grad(loss, has_aux=True)(params, piece, jax.random.fold_in(key, place))
            return *found, grads

        def add(total: Any, part: tuple[PyTree, Any]) -> tuple[Any, None]:
            return jax.tree.map(lambda a, b: a + b / len(places), total, one(*part)), None

        shape = jax.eval_shape(one, jax.tree.map(lambda leaf: leaf[0], pieces), places[0])
        zero = jax.tree.map(lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), shape)
        return jax.lax.scan(add, zero, (pieces, places))[0]

    devices = np.array(jax.local_devices())
    if len(devices) == 1 or count % len(devices):
        value, terms, grads = mean(pieces, places)
    else:
        shared = lambda pieces, places: jax.lax.pmean(mean(pieces, places), _AXIS)
        share = PartitionSpec(_AXIS)
        over = jax.shard_map(
            shared, mesh=Mesh(devices, _AXIS), in_specs=(share, share), out_specs=PartitionSpec(), check_vma=False
        )
        value, terms, grads = over(pieces, places)
    return (value, terms), grads


def on_all_devices(tree: PyTree) -> PyTree:
    """A copy of the arrays on each device of this process."""
    devices = np.array(jax.local_devices())
    return tree if len(devices) == 1 else jax.device_put(tree, NamedSharding(Mesh(devices, _AXIS), PartitionSpec()))


def check_pieces(batch: PyTree, size: int) -> None:
    """Raise a ValueError unless a batch can be cut into pieces of `size` samples."""
    lengths = sorted({leaf.shape[0] if leaf.ndim else 0 for leaf in jax.tree.leaves(eqx.filter(batch, eqx.is_array))})
    if size < 1 or len(lengths) != 1 or lengths[0] < 1 or lengths[0] % size:
        raise ValueError(
            f"fit expects batches whose length is a multiple of microbatch={size}, got lengths {lengths}: choose a "
            "divisor of the batch."
        )
