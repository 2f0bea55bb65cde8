"""The plain numbers of solved games."""

from typing import Any

from wellposed.transport import GRID_RESULTS, Certificate, GridSolution

from .solve import Solved


def metrics(found: Solved) -> dict[str, Any]:
    """Numbers for `metrics.json`; costs are in the units of the objective."""
    of = {
        str(d): {
            **settled._asdict(),
            "bend_percent": 100 * found.portraits[d].bend,
            "parameters": sum(leaf.size for leaf in _arrays(found.fits[d].model)),
            "training_seconds": found.fits[d].seconds,
            "compile_seconds": found.fits[d].compile_seconds,
        }
        for d, settled in found.settled.items()
    }
    return {
        "learned": of,
        "grid": None if found.grid is None else grid_metrics(found),
        "certificate": None if found.certificate is None else certificate_metrics(found.certificate),
        "length_of_unit": float(found.unit.length),
        "seconds": dict(found.seconds),
    }


def certificate_metrics(proved: Certificate) -> dict[str, float]:
    """What the learned potential proves of its own crowd in the plane, on the grid."""
    return {
        "primal": float(proved.primal),
        "dual": float(proved.dual),
        "gap_percent_of_kinetic": 100 * float(proved.relative_gap),
        "dual_on_support": float(proved.dual_on_support),
        "gap_on_support_percent_of_kinetic": 100 * float(proved.relative_gap_on_support),
        "largest_residual_on_support": float(proved.residual),
    }


def grid_metrics(found: Solved) -> dict[str, Any]:
    """The grid's optimum, its own gap, and how far the learned crowd is from both its values."""
    grid: GridSolution = found.grid  # pyright: ignore[reportAssignmentType]
    total = found.settled[2].total
    kinetic = float(grid.game.alpha * grid.parts.kinetic)
    primal, dual = float(grid.primal), float(grid.dual)
    return {
        "shape": list(grid.game.grid.shape),
        "time_steps": grid.game.grid.steps,
        "primal": primal,
        "dual": dual,
        "gap_percent_of_kinetic": 100 * float(grid.relative_gap),
        "kinetic": kinetic,
        "running": float(grid.parts.running),
        "terminal": float(grid.parts.terminal),
        "iterations": int(grid.stats["steps"]),
        "result": "successful" if bool(grid.result == GRID_RESULTS.successful) else GRID_RESULTS[grid.result],
        "mass_error": float(grid.stats["mass_error"]),
        "learned_above_grid_percent": {
            name: 100 * (value / primal - 1) for name, value in zip(("mean", "low", "high"), total[:3], strict=True)
        },
        "learned_above_dual_percent_of_kinetic": 100 * (total.mean - dual) / kinetic,
    }


def history(found: Solved) -> dict[str, list[Any]]:
    """The terms of the trainings, at most some 300 rows of each."""
    columns: dict[str, list[Any]] = {"dimension": [], "step": []}
    for d, fitted in found.fits.items():
        for step in range(0, fitted.steps, max(1, fitted.steps // 300)):
            columns["dimension"].append(d)
            columns["step"].append(step)
            for name, row in fitted.history.terms.items():
                columns.setdefault(name, []).append(float(row[step]))
    return columns


def _arrays(model: Any) -> list[Any]:
    import equinox as eqx
    import jax

    return jax.tree.leaves(eqx.filter(model, eqx.is_inexact_array))
