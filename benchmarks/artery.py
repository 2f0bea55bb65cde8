"""The solver of blood flow beside closed forms, and on meshes of growing fineness; writes results/artery.json.

Poiseuille's flow, a slowly tapering tube with inertia, a cosine stenosis with Richardson's extrapolation, drawn
arteries on the mesh of the data set and a finer one; flux and rotation. About four minutes of processor time.
"""

import time
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from wellposed.io import write_json
from wellposed.recipes.record import versions
from wellposed.simulate.artery import (
    BLOOD,
    RINGS,
    Bend,
    SteadyFlow,
    Stenosis,
    Swept,
    Vessel,
    draw_vessel,
    finer,
    flux,
    single_case,
    steady_flow,
    swept_lumen,
    wall_shear_stress,
)

ROOT = Path(__file__).parent.parent
COARSE = RINGS[::2]
RADIUS, SPEED = 0.15, 15.0
INFLOW = SPEED * np.pi * RADIUS**2


def solved(vessel: Vessel, inflow: float, around: int, rings: Any = RINGS) -> tuple[Swept, SteadyFlow, np.ndarray]:
    """The mesh, the flow, and the stress at (section, angle)."""
    swept = swept_lumen(vessel, around, rings=rings)
    flow = steady_flow(swept.lumen, inflow, start=swept.guess(inflow))
    stress = wall_shear_stress(swept.lumen, flow)
    rim = np.arange(swept.s.size)[:, None] * swept.disc.points.shape[0] + np.arange(around)
    return swept, flow, stress[rim]


def poiseuille(around: int, rings: Any) -> dict[str, Any]:
    swept, flow, stress = solved(Vessel(RADIUS, 0.3, inlet_extension=0.1, outlet_extension=0.1), INFLOW, around, rings)
    middle = np.abs(swept.s - 0.15) < 0.1
    points = swept.lumen.points
    exact = 2 * INFLOW / (np.pi * RADIUS**2) * (1 - (points[:, :2] ** 2).sum(axis=1) / RADIUS**2)
    inside = np.abs(points[:, 2] - 0.15) < 0.1
    square = (flow.velocity[inside, 2] - exact[inside]) ** 2
    theory = 4 * BLOOD.viscosity * INFLOW / (np.pi * RADIUS**3)
    size = np.linalg.norm(stress[middle], axis=2) / theory
    return {
        "around": around,
        "rings": len(rings),
        "velocity_error": float(np.sqrt(square.mean() / (exact[inside] ** 2).mean())),
        "stress_error": float(size.mean() - 1),
        "stress_deviation": float(size.std()),
    }


def taper(inflow: float, slope: float = -0.03) -> dict[str, Any]:
    """tau = 4 mu Q / (pi R^3) (1 - Re R' / 12) to first order in the slope: inertia's part beside that of theory."""
    vessel = Vessel(RADIUS, 1.2, -slope * 1.2 / RADIUS, inlet_extension=0.15, outlet_extension=0.3)
    stress = {}
    for q in (1e-6, inflow):
        swept, _, found = solved(vessel, q, 16)
        middle = np.abs(swept.s - 0.9) < 0.15
        stress[q] = np.linalg.norm(found[middle], axis=2).mean(axis=1) / q
    local = RADIUS + slope * swept.s[middle]
    reynolds = 2 * BLOOD.density * inflow / (np.pi * local * BLOOD.viscosity)
    theory = -reynolds * slope / 12
    return {
        "reynolds": float(reynolds.mean()),
        "theory": float(theory.mean()),
        "measured": float((stress[inflow] / stress[1e-6] - 1).mean()),
    }


def stenosis(around: int, rings: Any) -> dict[str, Any]:
    """Cosine, 40 % of the radius, four radii long, Re = 100."""
    speed = 100 * BLOOD.viscosity / (BLOOD.density * 2 * RADIUS)
    inflow = speed * np.pi * RADIUS**2
    vessel = Vessel(RADIUS, 1.5, stenoses=(Stenosis(0.5, 0.3, 0.4),), inlet_extension=0.2, outlet_extension=0.3)
    begin = time.process_time()
    swept, flow, stress = solved(vessel, inflow, around, rings)
    seconds = time.process_time() - begin
    axial = stress[..., 2].mean(axis=1) / (4 * BLOOD.viscosity * inflow / (np.pi * RADIUS**3))
    s = np.linspace(0.1, 1.4, 4001)
    from scipy.interpolate import CubicSpline

    wall = CubicSpline(swept.s, axial)(s)
    pressure = CubicSpline(swept.s, flow.pressure.reshape(swept.s.size, -1)[:, :around].mean(axis=1))
    return {
        "around": around,
        "rings": len(rings),
        "points": int(swept.lumen.points.shape[0]),
        "largest_stress": float(wall.max()),
        "least_stress": float(wall.min()),
        "pressure_drop_dyn_per_cm2": float(pressure(0.1) - pressure(1.4)),
        "separated_cm": float((wall < 0).mean() * 1.3),
        "cpu_seconds": seconds,
    }


def extrapolated(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The limits of the first three rows, whose cells are of sizes 1, 1/2 and 1/3, with errors of second order."""
    a, b = rows[1], rows[2]
    names = ("largest_stress", "least_stress", "pressure_drop_dyn_per_cm2", "separated_cm")
    return {name: b[name] + (b[name] - a[name]) / (9 / 4 - 1) for name in names}


def drawn(number: int, finest: int = 36) -> dict[str, Any]:
    """The stress of an artery of the data set beside that on a finer mesh, at the angles that both have."""
    from scipy.interpolate import CubicSpline

    vessel = draw_vessel(np.random.default_rng([0, number]))
    inflow = SPEED * np.pi * vessel.radius**2
    swept, _, stress = solved(vessel, inflow, 24)
    fine, _, reference = solved(vessel, inflow, finest, finer(COARSE, 3))
    kept = (swept.s > 2 * vessel.radius) & (swept.s < vessel.length - 2 * vessel.radius)
    truth = CubicSpline(fine.s, reference)(swept.s[kept])[:, :: finest // 12]
    difference = stress[kept][:, ::2] - truth
    return {"case": number, "difference": float(np.linalg.norm(difference) / np.linalg.norm(truth))}


def rotation() -> dict[str, Any]:
    """The largest change of the stress, relative to the largest stress, when a vessel is rotated and moved."""
    vessel = Vessel(RADIUS, 1.0, 0.1, (Bend(0.5, 0.4, 0.8, 1.0),), (Stenosis(0.5, 0.3, 0.25, 0.5),), 0.2, 0.4)
    lumen = swept_lumen(vessel, 12).lumen
    turn, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))
    turn *= np.sign(np.linalg.det(turn))
    moved = lumen._replace(points=lumen.points @ turn.T + 1.0)
    first, again = (wall_shear_stress(x, steady_flow(x, INFLOW)) for x in (lumen, moved))
    out = flux(steady_flow(lumen, INFLOW).velocity, lumen.points, lumen.outlet)
    return {
        "change": float(np.abs(again - first @ turn.T).max() / np.abs(first).max()),
        "flux_error": float(abs(out / INFLOW - 1)),
    }


def case(number: int) -> dict[str, Any]:
    facts = single_case(0, number).facts
    names = ("case", "reynolds", "tetrahedra", "newton_steps", "flux_error", "cpu_seconds")
    return {name: float(np.asarray(facts[name])) for name in names}


def show(title: str, rows: list[dict[str, Any]]) -> None:
    table = Table(title=title)
    for name in rows[0]:
        table.add_column(name)
    for found in rows:
        table.add_row(*(f"{v:.4g}" if isinstance(v, float) else str(v) for v in found.values()))
    Console(width=160).print(table)


def main() -> None:
    family = [(12, COARSE), (24, finer(COARSE, 2)), (36, finer(COARSE, 3))]
    metrics: dict[str, Any] = {
        "poiseuille": [poiseuille(*mesh) for mesh in [*family, (24, RINGS)]],
        "taper": [taper(inflow) for inflow in (0.05, 0.1, 0.2)],
        "rotation": [rotation()],
        "stenosis": [stenosis(*mesh) for mesh in [*family, (24, RINGS)]],
        "cases": [case(number) for number in (0, 1, 2)],
        "finer": [drawn(number) for number in (1, 2)],
    }
    metrics["stenosis_extrapolated"] = [extrapolated(metrics["stenosis"])]
    for name, rows in metrics.items():
        show(name, rows)
    record = {"benchmark": "artery", "metrics": metrics, "versions": versions()}
    write_json(ROOT / "results" / "artery.json", record)


if __name__ == "__main__":
    main()
