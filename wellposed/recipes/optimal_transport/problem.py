"""The transport that the settings describe, as the mean-field game that it is."""

import jax.numpy as jnp

from wellposed.recipes.crowd.sides import Sides, box_around, sides_of
from wellposed.recipes.crowd.solve import Posed
from wellposed.transport import KL, Gaussian, MeanFieldGame, ring

from .settings import Settings

PARTS, RADIUS, VARIANCE = 8, 4.0, 0.3  # of the published problem


def sides(settings: Settings, d: int) -> Sides:
    """Where the mass is and where it should be.

    Raises:
        InputError: the tables are not as they should be, or do not fit each other.
    """
    known = ring(PARTS, RADIUS, VARIANCE, d), Gaussian.isotropic(jnp.zeros(d), VARIANCE)
    return sides_of(settings.source, settings.target, known, d)


def posed(settings: Settings, d: int) -> Posed:
    """The game in d dimensions: no running cost, and a divergence at the end."""
    both = sides(settings, d)
    game = MeanFieldGame(both.initial, (KL(settings.terminal, both.target),), (), settings.kinetic)
    return Posed(game, both.target, box_around(both), None, both.unit)
