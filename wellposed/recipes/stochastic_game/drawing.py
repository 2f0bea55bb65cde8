"""Pictures of crowds."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from wellposed.report.style import MAGNITUDES, MUTED, SERIES, TEXT_WIDTH

from .apac import SHOWN, Played
from .obstacle import Crossing
from .problem import HALF, START, TARGET

if TYPE_CHECKING:
    from matplotlib.figure import Figure

EXTENT = (-HALF[0], HALF[0], -HALF[1], HALF[1])
VIEW = (3.2, 3.9)  # of the box that is shown
FRAMES = 40


def _figure(columns: int, rows: int = 1, aspect: float = 1.2, **options: Any) -> tuple["Figure", Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(TEXT_WIDTH, aspect * TEXT_WIDTH * rows / columns), layout="constrained")
    return figure, figure.subplots(rows, columns, squeeze=False, **options)


def _bare(axes: Any, title: str = "") -> None:
    axes.set(xlim=(-VIEW[0], VIEW[0]), ylim=(-VIEW[1], VIEW[1]), xticks=[], yticks=[], title=title)
    axes.set_aspect("equal")
    axes.grid(visible=False)


def _obstacle(axes: Any, height: float) -> None:
    """Contours of the obstacle's cost."""
    x, y = np.linspace(-HALF[0], HALF[0], 81), np.linspace(-HALF[1], HALF[1], 91)
    q = height / (2 * np.pi * np.sqrt(0.5)) * np.exp(-(x[None] ** 2) / 2 - y[:, None] ** 2)
    axes.contour(x, y, q, levels=np.array([0.1, 0.5, 0.9]) * q.max(), colors="#444444", linewidths=0.8)


def agents(crossings: Mapping[str, Crossing], height: float) -> "Figure":
    """Paths of the neural SDE above, and of the value function's policy below."""
    figure, grid = _figure(len(crossings), 2, 0.8)
    for column, (name, of) in enumerate(crossings.items()):
        rows = (("neural SDE", of.generated_paths), ("policy -∇φ", of.paths[:SHOWN]))
        for axes, (who, paths) in zip(grid[:, column], rows, strict=True):
            _bare(axes, f"{name} ν = {of.nu:g}: {who}")
            _obstacle(axes, height)
            axes.plot(*np.moveaxis(paths[:SHOWN], -1, 0).swapaxes(1, 2), color=SERIES[0][0], linewidth=0.5, alpha=0.5)
            _ends(axes, paths[:SHOWN])
    return figure


def _ends(axes: Any, paths: np.ndarray) -> None:
    axes.scatter(*paths[:, 0, :2].T, s=7, c=SERIES[2][0], marker="o", linewidths=0, label="start", zorder=3)
    axes.scatter(*paths[:, -1, :2].T, s=7, c=SERIES[1][0], marker="s", linewidths=0, label="end", zorder=3)


def densities(of: Crossing, height: float) -> "Figure":
    """The policy's density at some times."""
    rho = np.asarray(of.last.rho)
    shown = np.unique(np.linspace(0, len(rho) - 1, 5).round().astype(int))
    figure, grid = _figure(len(shown))
    drawn: Any = None
    for axes, k in zip(grid[0], shown, strict=True):
        _bare(axes, f"t = {k / (len(rho) - 1):.2g}")
        drawn = axes.imshow(rho[k].T, cmap=MAGNITUDES, origin="lower", extent=EXTENT, vmin=0, vmax=rho.max())
        _obstacle(axes, height)
    figure.colorbar(drawn, ax=grid[0].tolist(), label="density", shrink=0.7)
    return figure


def values(crossings: Mapping[str, Crossing], height: float) -> "Figure":
    """The value function at three times."""
    figure, grid = _figure(3, len(crossings), 1.05)
    most = max(of.phi[:, :, 4:-4].max() for of in crossings.values()) / 3
    for line, (name, of) in zip(grid, crossings.items(), strict=True):
        drawn: Any = None
        for axes, phi, t in zip(line, of.phi, (0, 0.5, 1), strict=True):
            _bare(axes, f"{name}, ν = {of.nu:g}, t = {t:g}")
            drawn = axes.imshow(phi.T, cmap=MAGNITUDES, origin="lower", extent=EXTENT, vmin=0, vmax=most)
            axes.contour(phi.T, levels=12, extent=EXTENT, colors="#ffffff", linewidths=0.4, alpha=0.7)
            _obstacle(axes, height)
        figure.colorbar(drawn, ax=line.tolist(), label="value φ", shrink=0.7, extend="max")
    return figure


def gaps(crossings: Mapping[str, Crossing]) -> "Figure":
    """Primal and dual over the training above, their gap as a share of the kinetic cost below."""
    figure, grid = _figure(len(crossings), 2, 0.62, sharex="col")
    for column, (name, of) in enumerate(crossings.items()):
        steps = np.array(of.value.steps)
        upper, lower = grid[:, column]
        primal, dual = (np.array([float(getattr(b, part)) for b in of.bounds]) for part in ("primal", "dual"))
        upper.plot(steps, primal, marker="o", label="primal: J of the policy")
        upper.plot(steps, dual, marker="s", linestyle="--", label="dual: what no policy can beat")
        upper.axhline(float(of.solved.primal), color=MUTED[0], linewidth=0.8, label="grid solver, primal")
        upper.axhline(float(of.solved.dual), color=MUTED[0], linewidth=0.8, linestyle=":", label="grid solver, dual")
        half = abs(float(of.last.kinetic))
        upper.set(title=f"{name} diffusivity, ν = {of.nu:g}", xscale="log")
        upper.set_ylim(float(of.last.primal) - half, float(of.last.primal) + half)
        percent = 100 * np.array([float(b.relative_gap) for b in of.bounds])
        lower.plot(steps, percent, marker="D", color=SERIES[1][0], label="value function")
        lower.axhline(2, color=MUTED[0], linewidth=0.8, linestyle="--", label="2 %")
        own = 100 * max(float(of.solved.relative_gap), 1e-4)
        lower.axhline(own, color=MUTED[0], linewidth=0.8, linestyle=":", label="grid solver's own")
        lower.set(xlabel="training step", xscale="log", yscale="log")
    grid[0, 0].set_ylabel("objective J")
    grid[1, 0].set_ylabel("gap (% of the kinetic cost)")
    for axes in grid[:, 0]:
        axes.legend()
    return figure


def moving(crossings: Mapping[str, Crossing], height: float) -> Iterator["Figure"]:
    """The crowd, frame by frame."""
    figure, grid = _figure(len(crossings), 1, 0.9)
    dots = []
    for axes, (name, of) in zip(grid[0], crossings.items(), strict=True):
        _bare(axes, f"{name} diffusivity, ν = {of.nu:g}")
        _obstacle(axes, height)
        axes.plot(*START, marker="o", color=SERIES[2][0])
        axes.plot(*TARGET, marker="s", color=SERIES[1][0])
        dots.append(axes.scatter(*of.paths[:, 0].T, s=6, c=SERIES[0][0], linewidths=0))
    nodes = next(iter(crossings.values())).paths.shape[1]
    for k in np.linspace(0, nodes - 1, FRAMES).round().astype(int):
        for dot, of in zip(dots, crossings.values(), strict=True):
            dot.set_offsets(of.paths[:, k])
        yield figure


def environment(of: Played) -> "Figure":
    """Agents of the generator and of the policy over the obstacle, and phi at time 0."""
    figure, grid = _figure(3, 1, 1.12)
    half = of.environment.shown
    extent = (-half, half, -half, half)
    for axes, (who, paths) in zip(
        grid[0], (("generator", of.generated), ("agents who follow φ", of.paths)), strict=False
    ):
        axes.imshow(
            of.obstacle.T, cmap="Greys", origin="lower", extent=extent, alpha=0.5, vmax=of.obstacle.max() + 1e-9
        )
        axes.plot(
            *np.moveaxis(paths[:SHOWN, :, :2], -1, 0).swapaxes(1, 2), color=SERIES[0][0], linewidth=0.5, alpha=0.5
        )
        _ends(axes, paths[:SHOWN])
        axes.set(title=who)
    drawn = grid[0, 2].imshow(of.phi[0].T, cmap=MAGNITUDES, origin="lower", extent=extent)
    grid[0, 2].set(title="φ at t = 0")
    figure.colorbar(drawn, ax=grid[0].tolist(), label="value φ", shrink=0.6)
    for axes in grid[0]:
        axes.set(xlim=(-half, half), ylim=(-half, half), xticks=[], yticks=[])
        axes.set_aspect("equal")
        axes.grid(visible=False)
    return figure


def heights(of: Played) -> "Figure":
    """Place and speed of the quadcopters who follow phi, over time."""
    figure, grid = _figure(3, 1, 0.8, sharey=True)
    ts = np.linspace(0, of.environment.horizon, of.paths.shape[1])
    for k, (axes, name) in enumerate(zip(grid[0], "xyz", strict=True)):
        axes.plot(ts, of.paths[:SHOWN, :, k].T, color=SERIES[0][0], linewidth=0.4, alpha=0.4)
        axes.axhline(2, color=MUTED[0], linestyle="--", linewidth=0.8)
        axes.set(xlabel="time (s)", title=name, ylim=(-6, 6))
    grid[0, 0].set_ylabel("place (m)")
    return figure
