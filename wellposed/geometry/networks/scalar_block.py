"""The residual block of networks whose features are plain numbers; they differ in their convolution."""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from ..gauge_field import GaugeField
from ..gauge_norm import GaugeNorm
from ..surface import Surface


class ScalarBlock(eqx.Module):
    """a(N(C_2 a(N(C_1 x))) + R x): convolutions C with instance norm N and ReLU a, and a linear residual path R.

    Args:
        convolution: makes C from the numbers of channels in and out.
        source: how many channels come in, as a field of scalars.
        target: how many go out.
        last: a last block ends without the norm and ReLU of its end.
        key: of the initial weights.

    Raises:
        ValueError: a field with pairs, which these networks do not know.
    """

    first: eqx.Module
    second: eqx.Module
    norms: tuple[GaugeNorm, ...]
    residual: eqx.nn.Linear | None
    last: bool = eqx.field(static=True)

    def __init__(
        self,
        convolution: Callable[..., eqx.Module],
        source: GaugeField,
        target: GaugeField,
        *,
        last: bool = False,
        key: Key[Array, ""],
    ):
        if source.order or target.order:
            raise ValueError(f"A network of scalars expects fields such as '8x0', got '{source}' and '{target}'.")
        keys = jax.random.split(key, 3)
        n, m, k = source.dim, source.dim if last else target.dim, target.dim
        self.first, self.second = convolution(n, m, key=keys[0]), convolution(m, k, key=keys[1])
        norms = (GaugeNorm(GaugeField((m,))), GaugeNorm(target))
        self.norms = norms[:1] if last else norms
        self.residual = None if n == k else eqx.nn.Linear(n, k, key=keys[2])
        self.last = last

    def __call__(self, x: Float[Array, "vertices inputs"], surface: Surface) -> Float[Array, "vertices outputs"]:
        """One surface; what lies at vertices that are not real is of no meaning."""
        y = jax.nn.relu(self.norms[0](self.first(x, surface), surface.real))  # pyright: ignore[reportCallIssue]
        y = self.second(y, surface)  # pyright: ignore[reportCallIssue]
        if not self.last:
            y = self.norms[1](y, surface.real)
        y = y + (x if self.residual is None else dense(self.residual, x))
        return y if self.last else jax.nn.relu(y)


def dense(layer: eqx.nn.Linear, x: Float[Array, "vertices inputs"]) -> Float[Array, "vertices outputs"]:
    """A linear layer at each vertex, as one product."""
    y = x @ layer.weight.T
    return y if layer.bias is None else y + jnp.asarray(layer.bias)[None]
