"""The two sides of a transport: where a crowd begins and where it should end."""

from pathlib import Path
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from wellposed.errors import InputError
from wellposed.io import read_table
from wellposed.transport import AbstractDensity, kernel_density

_FEWEST, _MOST = 10, 2000  # points of which a density is estimated; of more, so many drawn at random


Box = tuple[tuple[float, float], tuple[float, float]]


class Unit(NamedTuple):
    """The frame of a game: x = centre + length x', with x in a user's units and x' in those of the game.

    Attributes:
        centre: of the user's tables; a number where it is the same in all dimensions.
        length: one for all dimensions, so that ways which are straight and short stay so.
    """

    centre: Float[Array, "..."]
    length: Float[Array, ""]

    @classmethod
    def of(cls, points: Float[Array, "n d"]) -> "Unit":
        """Half a standard deviation of the points, in the mean over dimensions: as in the published problems."""
        return cls(points.mean(0), jnp.sqrt(jnp.mean(jnp.var(points, axis=0))) / 2)

    @classmethod
    def one(cls) -> "Unit":
        """The game in the units that it is posed in."""
        return cls(jnp.zeros(()), jnp.ones(()))

    def to_game(self, x: Float[Array, "*n d"]) -> Float[Array, "*n d"]:
        """x'."""
        return (x - self._centre(x)) / self.length

    def to_user(self, x: Float[Array, "*n d"]) -> Float[Array, "*n d"]:
        """x; of a section in the first dimensions too."""
        return self._centre(x) + self.length * x

    def _centre(self, x: Array) -> Array:
        return jnp.broadcast_to(self.centre[..., : x.shape[-1]] if self.centre.ndim else self.centre, x.shape)


class Sides(NamedTuple):
    """Both densities, and the points that they were estimated from, if any.

    Attributes:
        initial: rho(0), in the frame of the game.
        target: where all should end.
        points: of the two files, in their own units; None for a density that is known.
        unit: the frame.
    """

    initial: AbstractDensity
    target: AbstractDensity
    points: tuple[jax.Array | None, jax.Array | None]
    unit: Unit


def sides_of(
    start: Path | None, target: Path | None, otherwise: tuple[AbstractDensity, AbstractDensity], d: int
) -> Sides:
    """Kernel densities of the points in files, and a known density where there is no file.

    Two files give the frame; a known density stands in the units of the one file beside it.

    Raises:
        InputError: a file is not a table of at least ten points of d columns.
    """
    points = tuple(None if path is None else read_points(path, d) for path in (start, target))
    given = [of for of in points if of is not None]
    unit = Unit.of(jnp.concatenate(given)) if len(given) == 2 else Unit.one()
    known = [
        density if of is None else kernel_density(unit.to_game(of))
        for of, density in zip(points, otherwise, strict=True)
    ]
    return Sides(known[0], known[1], (points[0], points[1]), unit)


def dimensions(dim: tuple[int, ...], *tables: Path | None) -> tuple[int, ...]:
    """The number of columns of the tables where there are any, else the given dimensions.

    Raises:
        InputError: a table has one column, or two tables have different numbers of columns.
    """
    columns = {path: read_points(path).shape[1] for path in tables if path is not None}
    for path, count in columns.items():
        if count < 2:
            raise InputError(f"{path}: expected points of at least 2 dimensions, found {count} column: give more")
    if len(set(columns.values())) > 1:
        (one, first), (two, second) = columns.items()
        raise InputError(
            f"{two}: expected points of {first} dimensions, as in {one}, found {second} columns: give the same ones"
        )
    return (next(iter(columns.values())),) if columns else dim


def read_points(path: Path, d: int | None = None) -> jax.Array:
    """The points of a table, at most 2000 of them.

    Raises:
        InputError: it holds too few points, or not d columns.
    """
    values = read_table(path).values
    if d is not None and values.shape[1] != d:
        raise InputError(
            f"{path}: expected points of {d} dimensions, found {values.shape[1]} columns: give the same ones"
        )
    if len(values) < _FEWEST:
        raise InputError(f"{path}: expected at least {_FEWEST} points, found {len(values)}: give more")
    constant = [i + 1 for i, deviation in enumerate(values.std(axis=0)) if not deviation > 0]
    if constant:
        raise InputError(f"{path}: expected columns that vary, found one value in column {constant[0]}: leave it out")
    some = np.random.default_rng(0).permutation(len(values))[:_MOST]
    return jnp.asarray(values[np.sort(some)], jnp.float32)


def box_around(sides: Sides) -> Box:
    """A rectangle in the game's first two dimensions that holds all but some ten-thousandths of both sides."""
    drawn = jnp.concatenate([side.sample(jax.random.key(0), 8192)[:, :2] for side in (sides.initial, sides.target)])
    margin = 0.03 * (drawn.max(0) - drawn.min(0)).max()
    (left, bottom), (right, top) = ((float(a) for a in end) for end in (drawn.min(0) - margin, drawn.max(0) + margin))
    return (left, right), (bottom, top)
