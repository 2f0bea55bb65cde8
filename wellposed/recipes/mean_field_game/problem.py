"""The game that the settings describe."""

import jax.numpy as jnp

from wellposed.errors import InputError
from wellposed.io import read_table
from wellposed.recipes.crowd.sides import Box, Sides, Unit, box_around, sides_of
from wellposed.recipes.crowd.solve import Posed, Total
from wellposed.transport import KL, AbstractCost, Congestion, Entropy, Gaussian, MeanFieldGame, Preference, bump

from .settings import Settings

PUBLISHED = ((50.0, 0.0, 0.0, 1.0, 0.5),)  # height, x, y, variances


def posed(settings: Settings, d: int) -> Posed:
    """The game in d dimensions.

    Raises:
        InputError: a file is not as it should be, or its columns do not fit d.
    """
    above, below = (Gaussian.isotropic(jnp.zeros(d).at[1].set(y), 0.3) for y in (3.0, -3.0))
    sides = sides_of(settings.start, settings.target, (above, below), d)
    rows = [_in_frame(row, sides.unit) for row in _obstacles(settings)]
    prices = tuple(Preference(bump(h, jnp.array([x, y]), jnp.array([vx, vy]))) for h, x, y, vx, vy in rows)
    crowding: tuple[AbstractCost, ...] = ()
    if settings.entropy:
        crowding += (Entropy(settings.entropy),)
    if settings.congestion:
        crowding += (Congestion(settings.congestion),)
    terminal = (KL(settings.terminal, sides.target),)
    game = MeanFieldGame(sides.initial, terminal, (*crowding, *prices), settings.kinetic)
    total = Total(tuple(p.q for p in prices)) if prices else None
    return Posed(game, sides.target, box_with(rows, sides), total, sides.unit)


def _obstacles(settings: Settings) -> list[list[float]]:
    """Rows height, x, y, variance of x, variance of y."""
    if settings.obstacles is None:
        return [list(row) for row in PUBLISHED]
    values = read_table(settings.obstacles).values
    if values.shape[1] != 5 or (values[:, [0, 3, 4]] <= 0).any():
        raise InputError(
            f"{settings.obstacles}: expected rows height, x, y, variance of x, variance of y with a height and "
            f"variances above 0, found a table of shape {values.shape}: correct the columns"
        )
    return values.tolist()


def _in_frame(row: list[float], unit: Unit) -> list[float]:
    """The same price at the same place, in the frame of the game."""
    height, x, y, vx, vy = row
    place = unit.to_game(jnp.array([x, y]))
    area = float(unit.length) ** 2
    return [height / area, float(place[0]), float(place[1]), vx / area, vy / area]


def box_with(rows: list[list[float]], sides: Sides) -> Box:
    """A rectangle that holds both sides, and the ways around the obstacles."""
    ends = [list(end) for end in box_around(sides)]
    for _, x, y, vx, vy in rows:
        for axis, (place, variance) in enumerate(((x, vx), (y, vy))):
            reach = 3.5 * variance**0.5
            ends[axis] = [min(ends[axis][0], place - reach), max(ends[axis][1], place + reach)]
    (left, right), (bottom, top) = ends
    return (left, right), (bottom, top)
