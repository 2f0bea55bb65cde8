"""Batches that are spread over the samples evenly."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Int, PRNGKeyArray, PyTree, UInt32

_GOLDEN = 2654435769  # 2^32 times the golden ratio's fractional part
_LEAVES = 8192  # about so many leaves has the k-d tree, in which the order is arbitrary
_MOST = 2**22  # samples whose places single precision tells apart with room to spare


class StratifiedMinibatches(eqx.Module):
    """Batches with one sample from each of `size` equal parts of the data, whose samples are close to each other.

    A `batches` for `fit`, as `Minibatches` is. The samples are put in the order of a k-d tree, which halves them along
    the axis of the largest deviation again and again, and that order is cut into `size` stretches of equal length. A
    batch's mean is unbiased, and its variance is that within the parts alone [@zhao2014]: gradients are less noisy, the
    more so the fewer dimensions the data have, for a part is about `size^(-1/d)` as wide as the data; a power of two
    cuts where the tree does.

    In each part the places of successive batches are those of a golden-ratio sequence from a random start
    [@kuipers1974], so that all samples are seen about equally often.

    Args:
        data: a pytree of arrays whose leading axes are the `n` samples; all their columns are looked at.
        size: samples in a batch.
        key: what the starts are drawn from; the same key gives the same batches.

    Returns:
        The pytree of `data` with leading axes of `size`.

    Raises:
        ValueError: the leading axes differ, `size` is not in 1 ... `n`, or there are over 2^22 samples.

    When it fails: in many dimensions it is no better than `Minibatches`. What is unbiased is a mean over samples: a
    loss of pairs of samples sees too few of close ones.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> batches = StratifiedMinibatches(jnp.arange(6.0), size=3, key=jax.random.key(0))
        >>> jnp.floor(batches(jax.random.key(1), 0) / 2).tolist()
        [0.0, 1.0, 2.0]
    """

    data: PyTree
    starts: UInt32[Array, " size"]

    def __init__(self, data: PyTree, size: int, *, key: PRNGKeyArray):
        lengths = sorted({len(leaf) if np.ndim(leaf) else 0 for leaf in jax.tree.leaves(data)})
        if len(lengths) != 1:
            raise ValueError(
                "StratifiedMinibatches expects arrays with one number of samples on the leading axes, got "
                f"{lengths}: check which axis holds the samples."
            )
        if not 1 <= size <= lengths[0]:
            raise ValueError(
                f"StratifiedMinibatches expects a size from 1 to the {lengths[0]} samples, got {size}: take a smaller "
                "batch."
            )
        if lengths[0] > _MOST:
            raise ValueError(
                f"StratifiedMinibatches expects at most {_MOST} samples, got {lengths[0]}: take Minibatches, or fewer."
            )
        columns = np.concatenate([np.reshape(leaf, (lengths[0], -1)) for leaf in jax.tree.leaves(data)], axis=1)
        order = _tree_order(columns, np.arange(lengths[0]), max(1, lengths[0] // _LEAVES))
        self.data = jax.tree.map(lambda leaf: jnp.asarray(np.asarray(leaf)[order]), data)
        self.starts = jax.random.bits(key, (size,), jnp.uint32)

    @property
    def samples(self) -> int:
        """How many samples there are."""
        return len(jax.tree.leaves(self.data)[0])

    @property
    def size(self) -> int:
        """Samples in a batch."""
        return len(self.starts)

    def __call__(self, key: PRNGKeyArray, step: int | Int[Array, ""]) -> PyTree:
        """Batch number `step`; `key` is not needed, since the starts are drawn from the key of the record."""
        places = self.places(step)
        return jax.tree.map(lambda leaf: jnp.take(leaf, places, axis=0), self.data)

    def places(self, step: int | Int[Array, ""]) -> Int[Array, " size"]:
        """Which samples batch number `step` holds, as indices into the leading axes of the ordered data."""
        phases = self.starts + jnp.asarray(step).astype(jnp.uint32) * jnp.uint32(_GOLDEN)  # modulo 2^32
        within = (phases >> 8).astype(jnp.float32) / 2**24  # in [0, 1)
        places = (jnp.arange(self.size) + within) * (self.samples / self.size)
        return jnp.minimum(places.astype(jnp.int32), self.samples - 1)


def _tree_order(columns: np.ndarray, places: np.ndarray, leaf: int) -> np.ndarray:
    """The samples of `places` as the leaves of a k-d tree hold them, from left to right."""
    if len(places) <= leaf:
        return places
    values = columns[places]
    half = len(places) // 2
    parts = np.argpartition(values[:, np.argmax(np.std(values, axis=0))], half)
    return np.concatenate([_tree_order(columns, places[part], leaf) for part in (parts[:half], parts[half:])])
