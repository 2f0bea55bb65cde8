"""The grid solver of mean-field games beside closed forms, on finer and finer grids; writes results/grid-games.json.

Translated normal densities, whose squared Wasserstein distance is that of their means, in one and two dimensions; and
linear-quadratic games with noise in the plane, with and without interaction, beside their Riccati equations. In
float64; about ten minutes of processor time.
"""

import time
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
from rich.console import Console
from rich.table import Table

from wellposed.io import write_json
from wellposed.recipes.record import versions
from wellposed.transport import (
    FixedDensity,
    Gaussian,
    Grid,
    GridGame,
    GridSolution,
    LinearQuadraticGame,
    Preference,
    solve_grid,
)

ROOT = Path(__file__).parent.parent
HALF = 2.5  # of a side of the box
LINE = [(20, 6), (40, 12), (80, 24)]  # cells of a side, steps in time
PLANE = [(16, 6), (32, 12), (48, 18)]
RICCATI = [(24, 8), (36, 12), (48, 16)]
INTERACTIONS = (0.0, 1.5)
TOLERANCE = 3e-4  # of the gap over the kinetic energy


def at(d: int, x: float, variance: float) -> Gaussian:
    return Gaussian.isotropic(jnp.zeros(d).at[0].set(x), variance)


def box(d: int, cells: int, steps: int) -> Grid:
    return Grid(((-HALF, HALF),) * d, (cells,) * d, steps)


def row(found: GridSolution, seconds: float, measured: float, exact: float) -> dict[str, Any]:
    grid = found.game.grid
    return {
        "cells": grid.shape[0],
        "steps": grid.steps,
        "measured": measured,
        "exact": exact,
        "error_percent": 100 * (measured / exact - 1),
        "gap_percent_of_kinetic": 100 * float(found.relative_gap),
        "iterations": int(found.stats["steps"]),
        "seconds": seconds,
    }


def translated(d: int, cells: int, steps: int) -> dict[str, Any]:
    """A translation by 1, whose cost is 1."""
    game = GridGame(box(d, cells, steps), at(d, -0.5, 0.1), FixedDensity(at(d, 0.5, 0.1)))
    clock = time.perf_counter()
    found = jax.block_until_ready(solve_grid(game, TOLERANCE, max_steps=6000))
    return row(found, time.perf_counter() - clock, float(found.transport_cost), 1.0)


def riccati(q: float, cells: int, steps: int) -> dict[str, Any]:
    """Agents who are drawn to the mean of all, which is known, and to (0.5, 0) at the end."""
    exact = LinearQuadraticGame(at(2, -0.5, 0.2), goal=jnp.array([0.5, 0.0]), g=2.0, q=q, nu=0.1)
    around = lambda centre, weight: Preference(lambda x: weight * jnp.sum((x - centre) ** 2) / 2)
    running = lambda t: (around(exact.mean(t), q),)
    game = GridGame(box(2, cells, steps), exact.initial, around(exact.goal, 2.0), running, nu=0.1)
    clock = time.perf_counter()
    found = jax.block_until_ready(solve_grid(game, TOLERANCE, max_steps=6000))
    return row(found, time.perf_counter() - clock, float(found.primal), float(exact.cost()))


def main() -> None:
    with jax.enable_x64(True):
        metrics = {
            "translated": {str(d): [translated(d, *size) for size in sizes] for d, sizes in ((1, LINE), (2, PLANE))},
            "riccati": {str(q): [riccati(q, *size) for size in RICCATI] for q in INTERACTIONS},
        }
    table = Table("case", "cells", "steps", "measured", "exact", "error (%)", "gap (%)", "seconds")
    for kind, cases in metrics.items():
        for name, rows in cases.items():
            for r in rows:
                values = (r["measured"], r["exact"], r["error_percent"], r["gap_percent_of_kinetic"])
                table.add_row(
                    f"{kind} {name}",
                    str(r["cells"]),
                    str(r["steps"]),
                    *(f"{v:.4f}" for v in values),
                    f"{r['seconds']:.0f}",
                )
    Console().print(table)
    record = {"benchmark": "grid-games", "metrics": metrics, "versions": versions(), "tolerance": TOLERANCE}
    write_json(ROOT / "results" / "grid-games.json", record)


if __name__ == "__main__":
    main()
