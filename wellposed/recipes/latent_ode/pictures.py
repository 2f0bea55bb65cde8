"""The drawings of the page."""

from typing import TYPE_CHECKING, Any

import numpy as np

from wellposed.dynamics import Forecast
from wellposed.report.style import INK, MUTED, SERIES, TEXT_WIDTH

from .learn import LAST, ODE, PLAIN, RNN
from .run import SHOWN, Findings
from .tasks import Task

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS = {ODE: SERIES[0][0], PLAIN: SERIES[1][0], RNN: SERIES[2][0]}  # as the curves of the same page
DASHED = {PLAIN: (0, (1, 1)), RNN: "--"}


def extrapolations(found: Findings, name: str) -> "Figure":
    """Some test spirals in the plane: the truth, what was seen, and how two models go on."""
    figure, panels = _panels(found.tasks[name])
    task, shown = found.tasks[name], found.shown[name]
    for i, axes in enumerate(panels):
        truth, seen = np.asarray(task.whole.values[i]), np.asarray(task.test.values[i])
        axes.plot(*truth.T, color=MUTED[0], linewidth=4, alpha=0.35, label="truth")
        axes.plot(*seen.T, ".", color=INK[0], markersize=4, label="seen")
        axes.plot(*shown["whole"].mean[i].T, color=COLOURS[ODE], label=ODE)
        for other, dash in DASHED.items():
            axes.plot(*shown[other].mean[i].T, color=COLOURS[other], linestyle=dash, label=other)
        middle, half = (truth.min(0) + truth.max(0)) / 2, 0.7 * np.ptp(truth, axis=0).max()
        axes.set(xlim=middle[0] + np.array([-half, half]), ylim=middle[1] + np.array([-half, half]), aspect="equal")
    _finish(figure, panels, "x", "y")
    return figure


def over_time(found: Findings, name: str, value: int = 0) -> "Figure":
    """One value of some test series over time: what was seen, what came, and the forecasts with their band."""
    task, shown = found.tasks[name], found.shown[name]
    figure, panels = _panels(task)
    scale, mean = float(task.units.scale[value]), float(task.units.mean[value])
    own = lambda values: mean + scale * np.asarray(values)[:, value]
    for i, axes in enumerate(panels):
        clock = lambda ts: np.asarray(ts) * float(task.units.time)
        for series, mark, label in ((task.test, "o", "seen"), (task.ahead, "x", "came")):
            there = np.asarray(series.mask[i][:, value])
            axes.plot(clock(series.ts[i])[there], own(series.values[i])[there], mark, color=INK[0], label=label)
        _band(axes, clock(task.whole.ts[i]), shown["whole"], i, own, scale, value)
        for other, dash in DASHED.items():
            ts, there = clock(task.ahead.ts[i]), np.asarray(task.ahead.mask[i][:, value])
            axes.plot(ts[there], own(shown[other].mean[i])[there], color=COLOURS[other], linestyle=dash, label=other)
    _finish(figure, panels, "time since the first observation (the file's unit)", task.names[value])
    return figure


def _band(axes: Any, ts: np.ndarray, forecast: Forecast, i: int, own: Any, scale: float, value: int) -> None:
    middle = own(forecast.mean[i])
    half = 1.96 * scale * np.sqrt(forecast.spread[i][:, value] ** 2 + forecast.noise[i][value] ** 2)
    axes.plot(ts, middle, color=COLOURS[ODE], label=ODE)
    axes.fill_between(ts, middle - half, middle + half, color=COLOURS[ODE], alpha=0.15, linewidth=0)


def _panels(task: Task) -> tuple["Figure", list[Any]]:
    from matplotlib.figure import Figure

    count = min(SHOWN, len(task.test.ts))
    rows = -(-count // 3)
    figure = Figure(figsize=(TEXT_WIDTH, 2.6 * rows), layout="constrained")
    panels = list(figure.subplots(rows, 3, squeeze=False).flat)
    for empty in panels[count:]:
        empty.set_axis_off()
    return figure, panels[:count]


def _finish(figure: "Figure", panels: list[Any], x_label: str, y_label: str) -> None:
    figure.supxlabel(x_label, fontsize=9)
    figure.supylabel(y_label, fontsize=9)
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=5, frameon=False)


def errors_over_time(found: Findings, name: str) -> dict[str, tuple[Any, ...]]:
    """Model -> times ahead, and its error there, the mean over the repeats and their range."""
    task, series = found.tasks[name], {}
    ts = np.asarray(task.ahead.ts[0]) - task.t1
    for what, scores in found.scores[name].items():
        if what != LAST:
            rows = np.stack([score.by_time for score in scores])
            series[what] = (ts, rows.mean(0), rows.min(0), rows.max(0))
    return series


def errors_over_points(found: Findings) -> dict[str, tuple[Any, ...]]:
    """Model -> points seen, and its error with the interval of the repeats."""
    from .record import rmse

    points = found.settings.observed
    series = {}
    for what in next(iter(found.scores.values())):
        intervals = [rmse(scores[what]) for scores in found.scores.values()]
        ends = np.array([(one.mean, one.low, one.high) for one in intervals])
        ends = np.where(np.isfinite(ends), ends, ends[:, :1])
        series[what] = (points, *ends.T)
    return series
