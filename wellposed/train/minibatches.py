"""Samples on the device, drawn a few at a time."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Int, PRNGKeyArray, PyTree, UInt32


def _on_device(data: PyTree) -> PyTree:
    return jax.tree.map(jnp.asarray, data)


class Minibatches(eqx.Module):
    """Batches of samples, each sample once an epoch in an order drawn anew, or drawn with replacement.

    A `batches` for `fit`: a pure function `(key, step) -> batch`. The samples stay on the device and are
    passed to the compiled program as an argument, never compiled into it. Batch `step` depends on nothing
    but `step`, so a resumed run sees what the killed one would have seen. The order is no array: the place
    of each sample is computed by the swap-or-not shuffle (Hoang, Morris and Rogaway,
    https://arxiv.org/abs/1208.1176), some 200 times cheaper than sorting 6,000 random numbers at each step.

    Args:
        data: a pytree of arrays whose leading axes are the `n` samples.
        size: samples in a batch. An epoch has `n // size` batches; the few samples left over are other ones
            in each epoch.
        key: what the order is drawn from; the same key gives the same batches.
        replace: draw each batch independently, with replacement.

    Returns:
        The pytree of `data` with leading axes of `size`.

    Raises:
        ValueError: the leading axes differ, or `size` is not in 1 ... `n`.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> batches = Minibatches(jnp.arange(6), size=3, key=jax.random.key(0))
        >>> key = jax.random.key(1)
        >>> sorted(jnp.concatenate([batches(key, 0), batches(key, 1)]).tolist())
        [0, 1, 2, 3, 4, 5]
    """

    data: PyTree = eqx.field(converter=_on_device)
    size: int = eqx.field(static=True)
    key: PRNGKeyArray = eqx.field(kw_only=True)
    replace: bool = eqx.field(static=True, default=False, kw_only=True)

    def __check_init__(self):
        lengths = sorted({len(leaf) if leaf.ndim else 0 for leaf in jax.tree.leaves(self.data)})
        if len(lengths) != 1:
            raise ValueError(
                f"Minibatches expects arrays with one number of samples on the leading axes, got {lengths}: "
                "check which axis holds the samples."
            )
        if not 1 <= self.size <= lengths[0]:
            raise ValueError(
                f"Minibatches expects a size from 1 to the {lengths[0]} samples, got {self.size}: take a smaller batch."
            )

    @property
    def samples(self) -> int:
        """How many samples there are."""
        return len(jax.tree.leaves(self.data)[0])

    def __call__(self, key: PRNGKeyArray, step: int | Int[Array, ""]) -> PyTree:
        """Batch number `step`; `key` is not needed, since the order is drawn from the key of the record."""
        places = self.places(step)
        return jax.tree.map(lambda leaf: jnp.take(leaf, places, axis=0), self.data)

    def places(self, step: int | Int[Array, ""]) -> Int[Array, " size"]:
        """Which samples batch number `step` holds, as indices into the leading axes."""
        if self.replace:
            return jax.random.randint(jax.random.fold_in(self.key, step), (self.size,), 0, self.samples)
        epoch, batch = jnp.divmod(step, self.samples // self.size)
        key = jax.random.fold_in(self.key, epoch)
        return _shuffled(key, batch * self.size + jnp.arange(self.size), self.samples)


def _shuffled(key: PRNGKeyArray, x: Int[Array, " size"], n: int) -> Int[Array, " size"]:
    """Where a random permutation of `0 ... n - 1` sends the numbers `x`.

    In each round a number and its partner `pivot - x mod n` change places or stay, by one coin for the two.
    """
    rounds = 4 * n.bit_length()
    pivot_key, salt_key = jax.random.split(key)
    pivots = jax.random.randint(pivot_key, (rounds,), 0, n)
    salts = jax.random.bits(salt_key, (rounds,), jnp.uint32)

    def swap_or_not(x, pivot_and_salt):
        pivot, salt = pivot_and_salt
        partner = (pivot - x) % n
        coin = _hash(jnp.maximum(x, partner).astype(jnp.uint32) ^ salt) >> 31
        return jnp.where(coin == 1, partner, x), None

    return jax.lax.scan(swap_or_not, x, (pivots, salts))[0]


def _hash(x: UInt32[Array, " size"]) -> UInt32[Array, " size"]:
    """A bijection of 32-bit numbers whose output bits each depend on every input bit (`lowbias32`)."""
    x = (x ^ (x >> 16)) * jnp.uint32(0x7FEB352D)
    x = (x ^ (x >> 15)) * jnp.uint32(0x846CA68B)
    return x ^ (x >> 16)
