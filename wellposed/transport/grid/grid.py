"""A box cut into cells, and a time interval cut into steps."""

import math

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from wellposed.errors import InputError

from ..densities import AbstractDensity


class Grid(eqx.Module):
    """Equal cells in a box of 1, 2 or 3 dimensions, and equal steps in the time interval [0, duration].

    Args:
        box: the two ends of each side.
        shape: the number of cells along each side, 2 or more.
        steps: in time.
        duration: T.

    Raises:
        ValueError: sides and numbers of cells do not match, there are more than 3, or a number is out of its range.

    Example:
        >>> grid = Grid(box=((-3.0, 3.0), (-4.5, 4.5)), shape=(48, 72), steps=24)
        >>> grid.spacing, grid.centres().shape
        ((0.125, 0.125), (48, 72, 2))
    """

    box: tuple[tuple[float, float], ...] = eqx.field(static=True)
    shape: tuple[int, ...] = eqx.field(static=True)
    steps: int = eqx.field(static=True)
    duration: float = eqx.field(static=True, default=1.0)

    def __check_init__(self):
        if len(self.box) != len(self.shape) or not 1 <= len(self.shape) <= 3:
            raise ValueError(
                f"Grid expects one side of the box and one number of cells for each of 1 to 3 dimensions, "
                f"got {len(self.box)} sides and {len(self.shape)} numbers."
            )
        if any(not a < b for a, b in self.box):
            raise ValueError(f"Grid expects sides (low, high) with low < high, got {self.box}.")
        if min(self.shape) < 2 or self.steps < 1 or not self.duration > 0:
            raise ValueError(
                f"Grid expects 2 or more cells a side, a step or more and a positive duration, "
                f"got shape={self.shape}, steps={self.steps}, duration={self.duration}."
            )

    @property
    def dimension(self) -> int:
        """d, of space."""
        return len(self.shape)

    @property
    def spacing(self) -> tuple[float, ...]:
        """The sides of a cell."""
        return tuple((b - a) / n for (a, b), n in zip(self.box, self.shape, strict=True))

    @property
    def volume(self) -> float:
        """Of a cell."""
        return math.prod(self.spacing)

    @property
    def dt(self) -> float:
        """One step of time."""
        return self.duration / self.steps

    @property
    def axes(self) -> range:
        """The axes of space in an array whose first axis is time."""
        return range(1, self.dimension + 1)

    def times(self) -> Float[Array, " nodes"]:
        """The ends of the steps, 0 and `duration` among them."""
        return jnp.linspace(0.0, self.duration, self.steps + 1)

    def middles(self) -> Float[Array, " steps"]:
        """The middles of the steps."""
        return (jnp.arange(self.steps) + 0.5) * self.dt

    def centres(self) -> Float[Array, "*space d"]:
        """Of the cells."""
        return self._points({})

    def faces(self, axis: int) -> Float[Array, "*space d"]:
        """Centres of the faces that stand across one side of the box, those of the walls among them."""
        return self._points({axis: True})

    def mean(self, rho: Float[Array, "*space"]) -> Float[Array, " d"]:
        """int x rho dx."""
        return jnp.sum((self.centres() * rho[..., None]).reshape(-1, self.dimension), axis=0) * self.volume

    def tabulated(
        self, density: AbstractDensity | Float[Array, "*space"], name: str = "initial", tolerance: float = 1e-2
    ) -> Float[Array, "*space"]:
        """A density on the cells, checked and scaled to a mass of exactly one.

        Args:
            density: that is evaluated at the centres, or its values there.
            name: of the argument, for the sentence of an error.
            tolerance: how far from one the mass on the grid may be.

        Raises:
            InputError: another shape or dimension, a NaN, a negative value, or a mass that is not one.
        """
        rho = self._evaluated(density, name) if isinstance(density, AbstractDensity) else jnp.asarray(density)
        if rho.shape != self.shape:
            raise InputError(
                f"{name}: expected values of shape {self.shape}, found {rho.shape}: tabulate it on the grid"
            )
        values = np.asarray(rho)
        if not np.isfinite(values).all():
            raise InputError(
                f"{name}: expected finite densities, found NaN or infinity in {(~np.isfinite(values)).sum()} cells"
            )
        if values.min() < 0:
            raise InputError(f"{name}: expected densities of at least 0, found {values.min():.3g}: clip them")
        mass = float(values.sum(dtype=float)) * self.volume
        if abs(mass - 1) > tolerance:
            raise InputError(
                f"{name}: expected a density that integrates to one on the grid, found {mass:.4g}: divide it by that "
                f"number, or, where part of it lies beyond the box or between cells, widen the box {self.box} or "
                f"refine the grid {self.shape}"
            )
        return rho / mass

    def _evaluated(self, density: AbstractDensity, name: str) -> Array:
        log_prob = density.log_prob
        for _ in self.shape:
            log_prob = jax.vmap(log_prob)
        try:
            return jnp.exp(log_prob(self.centres()))
        except (TypeError, ValueError) as error:
            raise InputError(
                f"{name}: expected a density of {self.dimension} dimensions as the grid {self.shape} has: {error}"
            ) from error

    def _points(self, on_faces: dict[int, bool]) -> Array:
        sides = []
        for axis, ((low, _), n, h) in enumerate(zip(self.box, self.shape, self.spacing, strict=True)):
            at = jnp.arange(n + 1) if axis in on_faces else jnp.arange(n) + 0.5
            sides.append(low + h * at)
        return jnp.stack(jnp.meshgrid(*sides, indexing="ij"), axis=-1)


def slices(array: Array, axis: int) -> tuple[Array, Array]:
    """All but the last, and all but the first, along an axis."""
    n = array.shape[axis]
    return jax.lax.slice_in_dim(array, 0, n - 1, axis=axis), jax.lax.slice_in_dim(array, 1, n, axis=axis)
