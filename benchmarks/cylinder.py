"""The flow past a cylinder beside published numbers, on meshes of growing order; writes results/cylinder.json.

The channel of Schaefer and Turek at Re = 20 (2D-1) and Re = 100 (2D-2), and the Reynolds number at which the wake in a
wide stream begins to oscillate, from the growth rates of small oscillations about the steady flow. All in float64;
about half an hour of processor time.
"""

import multiprocessing
import os
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from rich.console import Console
from rich.table import Table

from wellposed.io import write_json
from wellposed.recipes.record import versions
from wellposed.simulate.cylinder import (
    Signals,
    channel,
    cylinder_wake,
    growth_rates,
    onset,
    parabola,
    signals,
    steady_flows,
    still,
    swirl,
)

ROOT = Path(__file__).parent.parent
STEADY = [(4, 2e-3, 0), (6, 2e-3, 0), (8, 2e-3, 0), (5, 2e-3, 1)]  # order, step in seconds, bisections
SHEDDING = [(5, 5e-4, 0), (6, 5e-4, 0), (8, 5e-4, 0), (8, 2.5e-4, 0), (10, 2.5e-4, 0)]
WAKES = [(5, 0.025), (6, 0.025), (8, 0.018)]  # order, step in diameters over speed at the largest Reynolds number
REYNOLDS = np.asarray([42.0, 44.0, 46.0, 48.0, 50.0, 52.0])


def row(order: int, dt: float, bisections: int) -> dict[str, Any]:
    return {"order": order, "step_s": dt, "bisections": bisections}


def steady_channel(order: int, dt: float, bisections: int) -> dict[str, Any]:
    """2D-1, followed until it rests."""
    problem = channel(20.0, order, dt, bisections)
    begin = still(problem.mesh, lambda p: parabola(p, problem.speed))
    state, _ = signals(problem, begin, int(12.0 / dt), int(12.0 / dt))
    state, found = signals(problem, state, 100, 50)
    change = jnp.abs(state.velocity - state.before).max() / dt
    return row(order, dt, bisections) | {
        "drag": float(found.drag[-1]),
        "lift": float(found.lift[-1]),
        "pressure_drop": float(found.pressure_drop[-1]),
        "change_per_second": float(change),
        "largest_divergence": float(jnp.abs(problem.flow.space.divergence(state.velocity)).max()),
    }


def shedding_channel(order: int, dt: float, bisections: int) -> dict[str, Any]:
    """2D-2: 8 seconds from a disturbed parabola, the last 2 of them (six periods) recorded."""
    problem = channel(100.0, order, dt, bisections)
    wavy = lambda p: parabola(p, problem.speed) * (1 + 0.3 * np.sin(40 * p[..., :1]))
    state, _ = signals(problem, still(problem.mesh, wavy), int(6.0 / dt), int(6.0 / dt))
    begin = time.process_time()
    _, found = jax.block_until_ready(signals(problem, state, int(2.0 / dt), 2))
    milliseconds = 1e3 * (time.process_time() - begin) / int(2.0 / dt)
    return row(order, dt, bisections) | {
        "drag_max": top(found.drag),
        "lift_max": top(found.lift),
        "lift_min": -top(-found.lift),
        "strouhal": 0.1 / problem.speed / period(found),
        "pressure_drop_mid_period": mid_drop(found),
        "cpu_ms_per_step": milliseconds,
    }


def top(signal: Any) -> float:
    """The largest sample, by the parabola through its neighbours."""
    s = np.asarray(signal)
    k = int(np.clip(s.argmax(), 1, s.size - 2))
    a, b, c = s[k - 1 : k + 2]
    return float(b - (a - c) ** 2 / (8 * (a - 2 * b + c)))


def rises(found: Signals) -> np.ndarray:
    """When the lift passes zero on its way up."""
    t, lift = np.asarray(found.times), np.asarray(found.lift)
    k = np.flatnonzero((lift[:-1] < 0) & (lift[1:] >= 0))
    return t[k] - lift[k] * (t[k + 1] - t[k]) / (lift[k + 1] - lift[k])


def period(found: Signals) -> float:
    return float(np.diff(rises(found)).mean())


def mid_drop(found: Signals) -> float:
    """The pressure drop half a period after the largest lift, as the benchmark defines it."""
    t, lift = np.asarray(found.times), np.asarray(found.lift)
    within = t < t[0] + period(found)
    when = t[within][lift[within].argmax()] + period(found) / 2
    return float(np.interp(when, t, np.asarray(found.pressure_drop)))


def wake_onset(order: int, dt: float) -> dict[str, Any]:
    """Growth rates about the steady flow."""
    wake = cylinder_wake(order, dt / REYNOLDS[-1])
    base = steady_flows(wake, REYNOLDS[0], REYNOLDS[-1], 4, 250.0)
    found = growth_rates(wake, base, np.moveaxis(swirl(wake.mesh.points, 1e-4), -1, 0), REYNOLDS)
    return {
        "order": order,
        "step": dt,
        "steady_change": float(base.change.max()),
        "reynolds": REYNOLDS.tolist(),
        "rates": [g.rate for g in found],
        "strouhal": [g.frequency / (2 * np.pi) for g in found],
        "residuals": [g.residual for g in found],
        "onset": onset(REYNOLDS, np.asarray([g.rate for g in found])),
    }


def timed(case: tuple[Callable[..., dict[str, Any]], tuple]) -> dict[str, Any]:
    """Run a case."""
    run, arguments = case
    begin = time.process_time()
    found = run(*arguments)
    return found | {"cpu_seconds": time.process_time() - begin}


def in_float64() -> None:
    jax.config.update("jax_enable_x64", True)


def show(title: str, rows: list[dict[str, Any]]) -> None:
    table = Table(title=title)
    for name in rows[0]:
        table.add_column(name)
    for found in rows:
        table.add_row(*(f"{v:.6g}" if isinstance(v, float) else str(v) for v in found.values()))
    Console(width=200).print(table)


def main() -> None:
    """Each case in a process of its own, as many at once as there are cores; the longest begin first."""
    cases = [(run, case) for _, _, run, all_of in PARTS for case in all_of]
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), spawn, in_float64) as pool:
        ahead = {case: pool.submit(timed, case) for case in reversed(cases)}
        found = {case: ahead[case].result() for case in cases}
    metrics = {}
    for name, title, run, all_of in PARTS:
        metrics[name] = [found[run, case] for case in all_of]
        show(title, metrics[name])
    write_json(
        ROOT / "results" / "cylinder.json", {"benchmark": "cylinder", "metrics": metrics, "versions": versions()}
    )


PARTS = (
    ("channel_2d_1", "2D-1, Re = 20", steady_channel, STEADY),
    ("wake", "onset of the wake's oscillation", wake_onset, WAKES),
    ("channel_2d_2", "2D-2, Re = 100", shedding_channel, SHEDDING),
)


if __name__ == "__main__":
    main()
