"""Scanner geometries: which line each detector element of each view integrates over.

All lengths are in pixels, all angles in radians. The x axis points right (along columns), the y axis points up
(against rows), and the origin is the centre of the picture. At angle 0 the detector lies along x, so that a
parallel-beam view at angle 0 holds the column sums.
"""

import abc

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float


class Geometry(eqx.Module):
    """A family of lines, indexed by the view's angle and by the detector coordinate `u`.

    A subclass says where the line of `(angle, u)` runs, at which `u` a point is seen, and how far apart on the
    detector two neighbouring pixels can be seen; `Radon` needs no more. Both maps broadcast over arrays.
    """

    @abc.abstractmethod
    def line(self, angle: Float[Array, "*#n"], u: Float[Array, "*#n"]) -> tuple[Array, Array, Array, Array]:
        """A point `(px, py)` on the line and its direction `(ex, ey)`, not normalised."""

    @abc.abstractmethod
    def seen_at(self, angle: Float[Array, "*#n"], x: Float[Array, "*#n"], y: Float[Array, "*#n"]) -> Array:
        """The detector coordinate `u` at which the point `(x, y)` is seen."""

    @abc.abstractmethod
    def reach(self, radius: float) -> float:
        """An upper bound of |u(p) - u(q)| for points p, q one pixel apart along x or y, within `radius`."""

    @abc.abstractmethod
    def width(self, radius: float) -> float:
        """The detector's length that sees the whole disc of this radius."""


class Parallel(Geometry):
    """Parallel beam: the line of `(angle, u)` is `x cos(angle) + y sin(angle) = u` [@kak2001].

    Example:
        >>> import jax.numpy as jnp
        >>> from wellposed.operators import Parallel
        >>> float(Parallel().seen_at(jnp.array(0.0), jnp.array(3.0), jnp.array(5.0)))
        3.0
    """

    def line(self, angle, u):
        """A point on the line, `u (cos, sin)`, and its direction `(-sin, cos)`."""
        c, s = jnp.cos(angle), jnp.sin(angle)
        return u * c, u * s, -s, c

    def seen_at(self, angle, x, y):
        """The orthogonal projection of the point on the detector."""
        return x * jnp.cos(angle) + y * jnp.sin(angle)

    def reach(self, radius):
        """One pixel: a projection shortens."""
        return 1.0

    def width(self, radius):
        """The disc's diameter."""
        return 2.0 * radius


class Fan(Geometry):
    """Fan beam with a flat detector: the line from the source to the detector element `u` [@kak2001].

    The source stands at `source * (sin(angle), -cos(angle))` and the detector's centre at
    `-detector * (sin(angle), -cos(angle))`; far away, the geometry is `Parallel`.

    Args:
        source: distance from the rotation centre to the source, in pixels.
        detector: distance from the rotation centre to the detector, in pixels.

    Raises:
        ValueError: for a distance that is not positive.

    Example:
        >>> import jax.numpy as jnp
        >>> from wellposed.operators import Fan
        >>> fan = Fan(source=100.0, detector=50.0)  # magnifies 1.5 times
        >>> float(fan.seen_at(jnp.array(0.0), jnp.array(2.0), jnp.array(0.0)))
        3.0
    """

    source: float = eqx.field(static=True)
    detector: float = eqx.field(static=True)

    def __check_init__(self):
        if not self.source > 0 or self.detector < 0:
            raise ValueError(
                "Fan expects source > 0 and detector >= 0 (distances to the rotation centre, in pixels), "
                f"got source={self.source}, detector={self.detector}."
            )

    def line(self, angle, u):
        """The source, and the direction from it to the detector element."""
        c, s = jnp.cos(angle), jnp.sin(angle)
        length = self.source + self.detector
        return self.source * s + 0 * u, -self.source * c + 0 * u, u * c - length * s, u * s + length * c

    def seen_at(self, angle, x, y):
        """The central projection of the point on the detector, from the source."""
        c, s = jnp.cos(angle), jnp.sin(angle)
        along = self.source + (y * c - x * s)  # distance from the source along the central ray
        return (x * c + y * s) * (self.source + self.detector) / along

    def reach(self, radius):
        """The largest derivative of the central projection over the disc."""
        near = self._nearest(radius)
        return (self.source + self.detector) / near * float(np.hypot(1.0, radius / near))

    def width(self, radius):
        """Twice the tangent of the half fan angle that holds the disc, times the source's distance."""
        self._nearest(radius)
        half = np.arcsin(radius / self.source)
        return float(2 * (self.source + self.detector) * np.tan(half))

    def _nearest(self, radius: float) -> float:
        near = self.source - radius - 1.0
        if near <= 0:
            raise ValueError(
                f"Fan expects a source outside of the picture (distance > {radius + 1:.1f} pixels), "
                f"got source={self.source}: move it away or make the picture smaller."
            )
        return near
