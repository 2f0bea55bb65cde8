"""One artery of a data set: drawn, meshed, solved, and what is kept of it."""

import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from .draw import draw_vessel
from .navier_stokes import BLOOD, SteadyFlow, steady_flow
from .sweep import Swept, swept_lumen
from .tetrahedra import Triangles, flux
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
    facts: Mapping[str, float | int | Float[np.ndarray, "n m"]]


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
    started, cpu = time.perf_counter(), time.process_time()
    vessel = draw_vessel(np.random.default_rng([seed, number]))
    swept = swept_lumen(vessel, around)
    inflow = SPEED * np.pi * vessel.radius**2
    flow = steady_flow(swept.lumen, inflow, start=swept.guess(inflow))
    case = _wall(swept, flow, vessel)
    found = {
        "case": number,
        "reynolds": 2 * BLOOD.density * SPEED * vessel.radius / BLOOD.viscosity,
        "inflow_cm3_per_s": inflow,
        "flux_error": abs(flux(flow.velocity, swept.lumen.points, swept.lumen.outlet) / inflow - 1),
        "newton_steps": flow.iterations,
        "residual": flow.residual,
        "tetrahedra": swept.lumen.tets.shape[0],
        "seconds": time.perf_counter() - started,
        "cpu_seconds": time.process_time() - cpu,
    }
    return case._replace(facts=_drawn(vessel) | found)


KINDS: Mapping[str, Callable[[int, int], Case]] = {"single": single_case}


def _wall(swept: Swept, flow: SteadyFlow, vessel: Vessel) -> Case:
    """Without the extensions."""
    around, size, s = swept.disc.around, swept.disc.points.shape[0], swept.s
    eps = 1e-9 * vessel.length
    kept = np.flatnonzero((s >= -eps) & (s <= vessel.length + eps))
    rim = (kept[:, None] * size + np.arange(around)[None]).ravel()
    place = np.full(swept.lumen.points.shape[0], -1)
    place[rim] = np.arange(rim.size)
    face = place[swept.lumen.wall]
    low, high = 2 * PADDING * vessel.tapered(np.asarray([0.0, vessel.length]))
    counts = (s[kept] >= low - eps) & (s[kept] <= vessel.length - high + eps)
    return Case(
        pos=swept.lumen.points[rim],
        face=face[(face >= 0).all(axis=1)],
        wss=wall_shear_stress(swept.lumen, flow)[rim],
        pressure=flow.pressure[rim][:, None],
        inlet_idcs=np.arange(around),
        mask=np.repeat(counts, around),
        facts={},
    )


def _drawn(vessel: Vessel) -> dict[str, float | np.ndarray]:
    table = lambda rows, columns: np.asarray(rows, float).reshape(-1, columns)
    return {
        "radius_cm": vessel.radius,
        "length_cm": vessel.length,
        "taper": vessel.taper,
        "bends_position_half_cm_angle_direction_rad": table(vessel.bends, 4),
        "stenoses_position_half_cm_severity_eccentricity_direction_rad": table(vessel.stenoses, 5),
    }
