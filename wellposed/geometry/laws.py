"""The law of gauge equivariance, as a number that users and tests compute alike."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Key

from .gauge_field import GaugeField
from .scales import Scales
from .surface import Hierarchy


def equivariance_error(
    layer: Callable[[Array, Hierarchy], Array],
    source: str | GaugeField,
    target: str | GaugeField,
    surface: Scales,
    key: Key[Array, ""],
) -> float:
    """How far a map is from following a change of gauge: max |f(g x) - g f(x)| / max |f(x)| [@dehaan2021].

    The frame at each vertex is turned by a random angle; x is a random field, and g x the same field in the new frames.
    A map whose output has a meaning on the surface, and not in the arbitrary frames, gives g f(x).

    Args:
        layer: `(x, hierarchy) -> y`, with values at the vertices of the finest scale.
        source: the field of x.
        target: the field of y; numbers that must not change are scalars, such as `"3x0"` for vectors in space.
        surface: several scales of a surface.
        key: draws x and the angles.

    Returns:
        A number of the size of the rounding error for an exact map; for one with a sampled nonlinearity, of the size of
        what its samples miss; and of order 1 for a map that breaks the symmetry.

    Example:
        >>> import jax, numpy as np
        >>> from wellposed.geometry import Mesh, scales
        >>> corner = Mesh(np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]]), np.array([[0, 1, 2]]))
        >>> broken = lambda x, hierarchy: x + 1
        >>> equivariance_error(broken, "1x1", "1x1", scales(corner, (1.0,)), jax.random.key(0)) > 0.1
        True
    """
    source, target = GaugeField.parse(source), GaugeField.parse(target)
    vertices = len(surface.levels[0].vertex)
    keys = jax.random.split(key)
    x = jax.random.normal(keys[0], (vertices, source.dim), float)
    angles = np.asarray(jax.random.uniform(keys[1], (vertices,), float, -np.pi, np.pi), np.float64)
    there = jnp.asarray(-angles, float)  # numbers turn against the frame
    y = layer(x, surface.arrays())
    z = layer(source.rotated(x, there), surface.regauged(angles).arrays())
    return float(jnp.abs(z - target.rotated(y, there)).max() / jnp.abs(y).max())
