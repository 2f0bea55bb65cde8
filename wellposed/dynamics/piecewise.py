"""A field with its own parameters in every part of the interval: the layers of a network as a field."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Key, PyTree


class Piecewise(eqx.Module):
    """A field that is piecewise constant in time: on the k-th of n equal parts of [t0, t1] it is layer k.

    With one explicit Euler step for each layer it is the residual network x_{k+1} = x_k + h f_k(x_k)
    [@haber2018]. A fixed-step `Flow` scans over the layers, so that a step neither searches nor gathers;
    its `steps` are a multiple of the layers and its interval is this one.

    Args:
        layers: n fields of one structure as one, with n as the first axis of every array.
        t0: where the first layer begins.
        t1: where the last layer ends.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> from wellposed.dynamics import Euler, Flow
        >>> class Slope(eqx.Module):
        ...     a: jax.Array
        ...     def __call__(self, t, x, args): return self.a * jnp.ones_like(x)
        >>> field = Piecewise(Slope(jnp.array([1.0, 10.0])))
        >>> field(0.7, jnp.zeros(1), None)
        Array([10.], dtype=float32)
        >>> Flow(field, Euler(), steps=2).trajectory(jnp.zeros(1))[:, 0]
        Array([0. , 0.5, 5.5], dtype=float32)
    """

    layers: PyTree
    t0: float = 0.0
    t1: float = 1.0

    @classmethod
    def stacked(
        cls, build: Callable[[Key[Array, ""]], Any], count: int, key: Key[Array, ""], t0: float = 0.0, t1: float = 1.0
    ) -> "Piecewise":
        """`count` fields that `build(key)` makes from independent keys, stacked."""
        return cls(eqx.filter_vmap(build)(jax.random.split(key, count)), t0, t1)

    @property
    def count(self) -> int:
        """The number of layers."""
        return jax.tree.leaves(eqx.filter(self.layers, eqx.is_array))[0].shape[0]

    def layer(self, k: int | Array) -> Any:
        """The field of the k-th part."""
        return jax.tree.map(lambda leaf: leaf[k] if eqx.is_array(leaf) else leaf, self.layers)

    def __call__(self, t: float | Array, x: PyTree[Array], args: PyTree) -> PyTree[Array]:
        """dx/dt, by the layer to which t belongs; the first and the last reach beyond the interval."""
        k = jnp.floor((t - self.t0) / (self.t1 - self.t0) * self.count).astype(int)
        return self.layer(jnp.clip(k, 0, self.count - 1))(t, x, args)
