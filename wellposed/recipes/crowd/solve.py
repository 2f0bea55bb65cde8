"""A game in several dimensions: learned in each, solved on a grid in the plane, and judged."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from wellposed.train import FitResult, Progress
from wellposed.transport import (
    AbstractDensity,
    Certificate,
    GridSolution,
    MeanFieldGame,
    Potential,
    PotentialMap,
    Settlement,
)

from .learn import Training, certified, judged, learn, map_of, on_grid, start
from .portrait import Portrait, portrait
from .sides import Box, Unit

STEPS = 32  # of RK4, where a result is judged


class Posed(NamedTuple):
    """A game with what is drawn of it.

    Attributes:
        game: the game.
        target: of its terminal cost.
        box: what a picture and a grid show.
        price: what a place costs, or None.
        unit: the frame in which all these stand.
    """

    game: MeanFieldGame
    target: AbstractDensity
    box: Box
    price: "Total | None"
    unit: Unit


class Total(eqx.Module):
    """The sum of functions of a point."""

    parts: tuple[Callable[[Any], Any], ...]

    def __call__(self, x: Float[Array, " d"]) -> Float[Array, ""]:
        """The sum at x."""
        return sum((part(x) for part in self.parts), jnp.zeros((), x.dtype))


class Maps(eqx.Module):
    """The learned maps, by the dimension of the points that they take, and the frame that they know these in."""

    maps: dict[str, PotentialMap]
    unit: Unit

    def __call__(self, x: Float[Array, " d"]) -> Float[Array, " d"]:
        """Where an agent that sets out from x ends.

        Raises:
            ValueError: no map takes points of this dimension.
        """
        if str(len(x)) not in self.maps:
            known = ", ".join(self.maps)
            raise ValueError(f"expected a point of {known} dimensions, found {len(x)}: train with --dim {len(x)}")
        return self.unit.to_user(self.maps[str(len(x))](self.unit.to_game(x)))


@dataclass(frozen=True)
class Mesh:
    """The grid on which the game in the plane is solved.

    Attributes:
        cells: along the longer side; 0 for no grid.
        steps: in time.
        tolerance: of the gap over the kinetic energy.
    """

    cells: int
    steps: int
    tolerance: float = 2e-3


@dataclass(frozen=True)
class Solved:
    """All that was found, by dimension.

    Attributes:
        posed: the games.
        fits: the trainings.
        settled: what the crowds pay, on agents that training has not seen.
        portraits: the pictures' data.
        grid: the optimum on a grid, of the game in the plane; None without one.
        certificate: what the potential in the plane proves on that grid; None without one, or where no density could
            follow its velocity.
        seconds: of each dimension's training in this session, and of the grid.
    """

    posed: Mapping[int, Posed]
    fits: Mapping[int, FitResult[Potential]]
    settled: Mapping[int, Settlement]
    portraits: Mapping[int, Portrait]
    grid: GridSolution | None
    certificate: Certificate | None
    seconds: Mapping[str, float]

    @property
    def maps(self) -> Maps:
        """The learned maps."""
        learned = {str(d): map_of(self.posed[d].game, fitted.model, STEPS) for d, fitted in self.fits.items()}
        return Maps(learned, self.unit)

    @property
    def unit(self) -> Unit:
        """The frame of all the games."""
        return next(iter(self.posed.values())).unit


def build(posed: Mapping[int, Posed], training: Training, key: jax.Array) -> Maps:
    """The maps before training."""
    maps = {str(d): map_of(of.game, start(d, training, _key(key, d)), STEPS) for d, of in posed.items()}
    return Maps(maps, next(iter(posed.values())).unit)


def solve(
    posed: Mapping[int, Posed],
    training: Training,
    mesh: Mesh,
    seed: int,
    agents: int,
    folder: Path | None,
    progress: Progress,
) -> Solved:
    """Learn, judge and draw in each dimension; trainings that were stopped are taken up."""
    fits, settled, portraits, seconds = {}, {}, {}, {}
    for d, of in posed.items():
        clock = time.perf_counter()
        phi = start(d, training, _key(jax.random.key(seed), d))
        fits[d] = learn(of.game, phi, training, seed, f"potential-{d}", folder, progress)
        seconds[f"learning in {d} dimensions"] = time.perf_counter() - clock
        settled[d] = judged(of.game, fits[d].model, seed, agents, STEPS)
        portraits[d] = portrait(of.game, of.target, fits[d].model, of.box, of.price, seed, of.unit)
    grid = proved = None
    if mesh.cells and 2 in posed:
        clock = time.perf_counter()
        grid = on_grid(posed[2].game, posed[2].box, _shape(posed[2].box, mesh.cells), mesh.steps, mesh.tolerance)
        seconds["grid"] = time.perf_counter() - clock
        proved = certified(grid, fits[2].model)
    return Solved(posed, fits, settled, portraits, grid, proved, seconds)


def _key(key: jax.Array, d: int) -> jax.Array:
    return jax.random.fold_in(key, d)


def _shape(box: Box, cells: int) -> tuple[int, int]:
    """Cells that are nearly square."""
    sides = [high - low for low, high in box]
    wide, high = (max(8, round(cells * side / max(sides))) for side in sides)
    return wide, high
