"""The pictures of the three questions."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from wellposed.report.style import DASHES, INK, MARKERS, MUTED, SERIES, TEXT_WIDTH

from .descent import Descent
from .networks import INFORMED, PLAIN
from .widths import Widths

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def transfer(cases: Mapping[str, Mapping[str, Mapping[str, Sequence[float]]]], seen: str) -> "Figure":
    """One panel a case: each place is a row, each network a mark at its error, with the seeds around."""
    from matplotlib.figure import Figure

    columns = 2 if len(cases) > 1 else 1
    rows = -(-len(cases) // columns)
    figure = Figure(figsize=(TEXT_WIDTH, 0.6 + 1.95 * rows), layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False, sharex=True)
    for index, (case, networks) in enumerate(cases.items()):
        axes = panels[index % rows, index // rows]
        _transfer_panel(axes, networks, seen)
        axes.set_title(case)
    for axes in panels.T.ravel()[len(cases) :]:
        axes.set_axis_off()
    for column in range(columns):
        last = panels[min(rows, len(cases) - column * rows) - 1, column]
        last.set_xlabel("relative error")
        last.tick_params(labelbottom=True)
    handles, labels = panels[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=3, frameon=False)
    return figure


def _transfer_panel(axes: Any, networks: Mapping[str, Mapping[str, Sequence[float]]], seen: str) -> None:
    names = list(next(iter(networks.values())))
    for k, (network, places) in enumerate(networks.items()):
        for place, errors in places.items():
            row = names.index(place)
            axes.plot(errors, [row] * len(errors), MARKERS[k], color=SERIES[k][0], alpha=0.35, markersize=4)
        means = [float(np.exp(np.mean(np.log(errors)))) for errors in places.values()]
        rows = [names.index(place) for place in places]
        axes.plot(means, rows, MARKERS[k], color=SERIES[k][0], label=network, markersize=7, linestyle="none")
    axes.axvline(1e-3, color=MUTED[0], linestyle="--", linewidth=1)
    axes.set(xscale="log", ylim=(len(names) - 0.5, -0.5))
    axes.set_yticks(range(len(names)), ["the one seen" if name == seen else name for name in names])


def double_descent(d: Descent) -> "Figure":
    """Median errors over the parameters, on the same graph and on others, with the two thresholds."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(TEXT_WIDTH, 3.6), layout="constrained")
    panels = figure.subplots(1, 2, sharey=True)
    for axes, name, test in zip(panels, ("the same graph", "other graphs"), (d.test, d.elsewhere), strict=True):
        for k, kind in enumerate((INFORMED, PLAIN)):
            colour, limit = SERIES[k][0], d.conserved if kind == INFORMED else d.equations
            low, middle, high = np.quantile(test[kind], (0.25, 0.5, 0.75), axis=0)
            axes.plot(
                d.parameters, middle, MARKERS[k], linestyle=DASHES[0], color=colour, label=f"{kind}, unseen values"
            )
            axes.fill_between(d.parameters, low, high, color=colour, alpha=0.15, linewidth=0)
            axes.axvline(limit, color=colour, linestyle=DASHES[2], linewidth=1.2)
            if name == "the same graph":
                fitted = np.median(d.train[kind], axis=0)
                axes.plot(d.parameters, fitted, linestyle=DASHES[1], color=colour, label=f"{kind}, fitted values")
        axes.set(xscale="log", yscale="log", xlabel="parameters for each quantity", title=name, ylim=(0.02, None))
    panels[0].set_ylabel("relative error")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=4, frameon=False)
    return figure


def rates(w: Widths) -> "Figure":
    """Squared errors over the width, a panel a target."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(TEXT_WIDTH, 3.6), layout="constrained")
    panels = figure.subplots(1, len(w.errors))
    methods = list(dict.fromkeys(method for of in w.errors.values() for method in of))
    for axes, (target, of) in zip(panels, w.errors.items(), strict=True):
        for method, errors in of.items():
            k = methods.index(method)
            low, high = errors.min(0), errors.max(0)
            axes.plot(w.neurons, errors.mean(0), MARKERS[k], linestyle=DASHES[k], color=SERIES[k][0], label=method)
            axes.fill_between(w.neurons, low, high, color=SERIES[k][0], alpha=0.15, linewidth=0)
        start = next(iter(of.values())).mean(0)[0]
        line = w.bound if len(of) == len(methods) else start * w.neurons[0] / w.neurons
        axes.plot(w.neurons, line, color=INK[0], linewidth=1, label="1 / m")
        axes.set(xscale="log", yscale="log", xlabel="neurons m", title=target)
        axes.set_xticks(w.neurons, [str(m) for m in w.neurons])
        axes.minorticks_off()
    panels[0].set_ylabel("squared error / variance")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=4, frameon=False)
    return figure
