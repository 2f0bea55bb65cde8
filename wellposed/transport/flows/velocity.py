"""A free velocity: a network whose layers hear the time."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key


class Velocity(eqx.Module):
    """The network v(t, x) of layers (W x + b) sigmoid(a t + c) + e t, with tanh between [@grathwohl2019].

    Args:
        layers: W and b.
        gates: a and c.
        shifts: e.

    Example:
        >>> net = Velocity.random(2, 16, jax.random.key(0))
        >>> net(jnp.array(0.5), jnp.ones(2)).shape
        (2,)
    """

    layers: tuple[eqx.nn.Linear, ...]
    gates: tuple[Float[Array, "2 _"], ...]
    shifts: tuple[Float[Array, " _"], ...]

    @classmethod
    def random(cls, d: int, width: int, key: Key[Array, ""], depth: int = 3) -> "Velocity":
        """`depth` hidden layers of one width, with uniform weights.

        Raises:
            ValueError: a number is not positive.
        """
        if min(d, width, depth) < 1:
            raise ValueError(f"Velocity expects positive numbers, got d={d}, width={width}, depth={depth}.")
        widths = [d, *[width] * depth, d]
        keys = jax.random.split(key, (depth + 1, 3))
        return cls(
            tuple(eqx.nn.Linear(m, n, key=k[0]) for m, n, k in zip(widths, widths[1:], keys, strict=False)),
            tuple(jax.random.uniform(k[1], (2, n), minval=-1.0) for n, k in zip(widths[1:], keys, strict=True)),
            tuple(jax.random.uniform(k[2], (n,), minval=-1.0) for n, k in zip(widths[1:], keys, strict=True)),
        )

    @property
    def dimension(self) -> int:
        """d."""
        return len(self.shifts[-1])

    def __call__(self, t: Float[Array, ""], x: Float[Array, " d"]) -> Float[Array, " d"]:
        """v(t, x)."""
        last = len(self.layers) - 1
        for i, (layer, (a, c), e) in enumerate(zip(self.layers, self.gates, self.shifts, strict=True)):
            x = layer(x) * jax.nn.sigmoid(a * t + c) + e * t
            x = x if i == last else jnp.tanh(x)
        return x
