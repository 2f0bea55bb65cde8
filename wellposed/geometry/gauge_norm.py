"""Instance norm of gauge fields: over the vertices of one surface, never over a batch."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from .gauge_field import GaugeField


class GaugeNorm(eqx.Module):
    """Each feature over its size on this surface: scalars less their mean, pairs as they are.

    The mean of pairs is left alone, for pairs at different vertices lie in different frames. Sizes are root mean
    squares over the real vertices of one surface, so that the map stays a function of one sample. A learned scale
    follows, and a learned shift for scalars.

    Args:
        field: of the input and the output.

    Example:
        >>> norm = GaugeNorm(GaugeField.parse("1x0"))
        >>> [round(float(v[0]), 3) for v in norm(jnp.array([[1.0], [3.0]]), jnp.array([True, True]))]
        [-1.0, 1.0]
    """

    scale: tuple[Float[Array, "..."], ...]
    shift: Float[Array, " scalars"]
    field: GaugeField = eqx.field(static=True)

    def __init__(self, field: GaugeField):
        self.field = field
        self.scale = tuple(jnp.ones(count) for count in field.counts)
        self.shift = jnp.zeros(field.counts[0])

    def __call__(self, x: Float[Array, "vertices dim"], real: Bool[Array, " vertices"]) -> Float[Array, "vertices dim"]:
        """All vertices; those that are not real become 0."""
        weight = real / jnp.maximum(real.sum(), 1)
        mean = lambda values: jnp.tensordot(weight, values, 1)
        scalars, *pairs = self.field.parts(jnp.where(real[:, None], x, 0))
        centred = jnp.where(real[:, None], scalars - mean(scalars)[None], 0)
        size = jnp.sqrt(mean(centred**2) + 1e-6)
        parts = [centred / size[None] * self.scale[0][None] + jnp.where(real[:, None], self.shift[None], 0)]
        for scale, pair in zip(self.scale[1:], pairs, strict=True):
            size = jnp.sqrt(mean((pair**2).sum(1)) / 2 + 1e-6)
            parts.append(pair * (scale / size)[None, None])
        return self.field.join(parts)
