"""Numbers of a run: what is kept in its record, and the map in the precision of the run."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .apac import Played
from .obstacle import Crossing, cost_interval
from .problem import HIGH, LOW, Crowds
from .run import Findings


def metrics(found: Findings) -> dict[str, Any]:
    """Plain numbers."""
    return {
        **({"obstacle": {name: _crossing(of) for name, of in found.crossings.items()}} if found.crossings else {}),
        **({"apac_net": {name: _played(of) for name, of in found.played.items()}} if found.played else {}),
    }


def _crossing(of: Crossing) -> dict[str, Any]:
    last, solved = of.last, of.solved
    return {
        "diffusivity": of.nu,
        "primal": float(last.primal),
        "primal_by_sums_over_cells": float(last.primal_by_sums),
        "dual": float(last.dual),
        "dual_by_largest_residual_of_all": float(last.dual_uniform),
        "dual_in_box": float(last.dual_in_box),
        "kinetic": float(last.kinetic),
        "gap_percent_of_kinetic": 100 * float(last.relative_gap),
        "gap_by_first_search_percent_of_kinetic": 100 * float(of.bounds[-1].relative_gap),
        "gap_by_largest_residual_of_all_percent_of_kinetic": 100
        * float((last.primal - last.dual_uniform) / last.kinetic),
        "gap_in_box_percent_of_kinetic": 100 * float((last.primal - last.dual_in_box) / last.kinetic),
        "largest_hjb_residual": float(last.residual),
        "grid_primal": float(solved.primal),
        "grid_dual": float(solved.dual),
        "grid_gap_percent_of_kinetic": 100 * float(solved.relative_gap),
        "generator_cost": cost_interval(of.generated),
        "policy_cost_by_paths": cost_interval(of.followed),
        "gap_percent_by_step": {
            str(step): 100 * float(bound.relative_gap) for step, bound in zip(of.value.steps, of.bounds, strict=True)
        },
        "generator_seconds": of.generator.seconds,
        "value_seconds": of.value.seconds,
    }


def _played(of: Played) -> dict[str, Any]:
    curve = of.residuals
    tenth = max(1, len(curve) // 10)
    return {
        "diffusivity": of.environment.nu,
        "dimensions": int(of.paths.shape[-1]),
        "cost_before": of.before,
        "cost_after": of.after,
        "distance_from_target": of.distance,
        "distance_from_target_at_start": of.distance_at_start,
        "hjb_residual_first_tenth": float(curve[:tenth].mean()),
        "hjb_residual_last_tenth": float(curve[-tenth:].mean()),
        "seconds": of.fitted.seconds,
    }


def history(found: Findings) -> dict[str, Sequence[Any]]:
    """The gap of each snapshot, and the residual of APAC-Net at a hundred steps."""
    rows = []
    for name, of in found.crossings.items():
        for step, bound in zip(of.value.steps, of.bounds, strict=True):
            rows.append((f"obstacle, {name}", step, float(bound.primal), float(bound.dual), float(bound.residual)))
    for name, of in found.played.items():
        curve = of.residuals
        shown = np.unique(np.linspace(1, len(curve), 100).round().astype(int))
        rows += [(name, int(step), None, None, float(curve[step - 1])) for step in shown]
    columns = list(zip(*rows, strict=True)) or [()] * 5
    return dict(zip(("game", "step", "primal", "dual", "hjb_residual"), columns, strict=True))


def rounded(found: Findings) -> Crowds | None:
    """The value functions in the precision of the run, in which `build` makes them."""
    if not found.crossings:
        return None
    model = Crowds(found.crossings[LOW].value.value, found.crossings[HIGH].value.value)
    return jax.tree.map(_rounded, model)


def _rounded(leaf: Any) -> Any:
    return jnp.asarray(np.asarray(leaf).astype(jnp.result_type(float))) if isinstance(leaf, jax.Array) else leaf
