"""One artery of a data set: drawn, meshed, solved, and what is kept of it."""

import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from .bifurcation import forked_lumen
from .draw import draw_vessel
from .draw_bifurcation import draw_bifurcation
from .navier_stokes import BLOOD, steady_flow
from .sweep import swept_lumen
from .tetrahedra import Lumen, Triangles, flux
from .vessel import Vessel
from .wall_stress import wall_shear_stress

SPEED = 15.0  # mean velocity at the inlet, in cm/s, the same for all: the shape alone decides about the stress
AROUND = 24
PADDING = 1.0  # diameters at both ends that do not count


class Case(NamedTuple):
    """The wall of an artery with its stress; the extensions are taken off.

    Attributes:
        pos: the vertices, in cm.
        face: triangles, with normals out of the vessel.
        wss: wall shear stress, in dyn/cm2.
        pressure: in dyn/cm2, 0 at the outlet of the flow extension.
        inlet_idcs: the vertices at the inlet.
        mask: the vertices that count: a diameter at both ends does not.
        facts: what was drawn and how the flow was found, with units in the names.
    """

    pos: Float[np.ndarray, "vertices 3"]
    face: Triangles
    wss: Float[np.ndarray, "vertices 3"]
    pressure: Float[np.ndarray, "vertices 1"]
    inlet_idcs: Int[np.ndarray, " inlet"]
    mask: Bool[np.ndarray, " vertices"]
    facts: Mapping[str, Any]


def single_case(seed: int, number: int, around: int = AROUND) -> Case:
    """Draw a single artery, solve its flow and keep its wall.

    Args:
        seed: of the data set.
        number: of the case; the same seed and number give the same case.
        around: vertices around the wall.

    Raises:
        ArithmeticError: the flow did not converge.

    Example:
        >>> case = single_case(0, 0, around=12)
        >>> case.pos.shape == case.wss.shape, 50 < case.facts["reynolds"] < 170
        (True, True)
    """
    started = time.perf_counter(), time.process_time()
    vessel = draw_vessel(np.random.default_rng([seed, number]))
    swept = swept_lumen(vessel, around)
    s, eps = swept.s, 1e-9 * vessel.length
    ids = np.arange(swept.lumen.points.shape[0]).reshape(s.size, -1)[:, :around]
    inside = (s >= -eps) & (s <= vessel.length + eps)
    low, high = 2 * PADDING * vessel.tapered(np.asarray([0.0, vessel.length]))
    wall = _Wall(ids[inside].ravel(), ids[inside][0], ids[(s >= low) & (s <= vessel.length - high)].ravel())
    return _case(number, swept.lumen, wall, vessel.radius, swept.guess, _drawn(vessel), started)


def bifurcating_case(seed: int, number: int, around: int = AROUND) -> Case:
    """Draw a bifurcating artery, solve its flow and keep its wall; as `single_case`."""
    started = time.perf_counter(), time.process_time()
    vessel = draw_bifurcation(np.random.default_rng([seed, number]))
    forked = forked_lumen(vessel, around)
    kept, counts = [], []
    for ids, s, branch in zip(forked.sections, forked.s, vessel.branches, strict=True):
        end = branch.length * (1 + 1e-9)
        padding = 2 * PADDING * branch.tapered(np.asarray([branch.length]))
        kept.append(ids[s <= end, :around])
        counts.append(ids[s <= branch.length - padding, :around])
    wall = _Wall(*(np.unique(np.concatenate([ids.ravel() for ids in rows])) for rows in (kept, kept[:1], counts)))
    facts = {"angles_rad": np.asarray([vessel.angles])}
    for name, branch in zip(("parent", "first", "second"), vessel.branches, strict=True):
        facts |= {f"{name}_{key}": value for key, value in _drawn(branch).items()}
    wall = wall._replace(inlet=kept[0][-1])
    parent = float(vessel.branches[0].tapered(np.asarray([vessel.branches[0].length]))[0])
    return _case(number, forked.lumen, wall, parent, None, facts, started)


KINDS: Mapping[str, Callable[[int, int], Case]] = {"single": single_case, "bifurcating": bifurcating_case}


class _Wall(NamedTuple):
    """Numbers of points of a mesh: on the wall without extensions, at its inlet, and those that count."""

    kept: np.ndarray
    inlet: np.ndarray
    counts: np.ndarray


def _case(
    number: int,
    lumen: Lumen,
    wall: _Wall,
    radius: float,
    guess: Callable[[float], np.ndarray] | None,
    drawn: Mapping[str, Any],
    started: tuple[float, float],
) -> Case:
    """Solve the flow; keep the wall."""
    inflow = float(SPEED * np.pi * radius**2)
    flow = steady_flow(lumen, inflow, start=guess(inflow) if guess else None)
    place = np.full(lumen.points.shape[0], -1)
    place[wall.kept] = np.arange(wall.kept.size)
    face = place[lumen.wall]
    found = {
        "case": number,
        "reynolds": float(2 * BLOOD.density * SPEED * radius / BLOOD.viscosity),
        "inflow_cm3_per_s": inflow,
        "flux_error": abs(flux(flow.velocity, lumen.points, lumen.outlet) / inflow - 1),
        "newton_steps": flow.iterations,
        "residual": flow.residual,
        "tetrahedra": lumen.tets.shape[0],
        "seconds": time.perf_counter() - started[0],
        "cpu_seconds": time.process_time() - started[1],
    }
    return Case(
        pos=lumen.points[wall.kept],
        face=face[(face >= 0).all(axis=1)],
        wss=wall_shear_stress(lumen, flow)[wall.kept],
        pressure=flow.pressure[wall.kept][:, None],
        inlet_idcs=place[wall.inlet],
        mask=np.isin(wall.kept, wall.counts),
        facts={**drawn, **found},
    )


def _drawn(vessel: Vessel) -> dict[str, Any]:
    table = lambda rows, columns: np.asarray(rows, float).reshape(-1, columns)
    return {
        "radius_cm": vessel.radius,
        "length_cm": vessel.length,
        "taper": vessel.taper,
        "bends_position_half_cm_angle_direction_rad": table(vessel.bends, 4),
        "stenoses_position_half_cm_severity_eccentricity_direction_rad": table(vessel.stenoses, 5),
    }
