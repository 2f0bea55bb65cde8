"""The learned bifurcation diagram over the true one, and the parameter map."""

from typing import TYPE_CHECKING, Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from wellposed.dynamics import NormalFormAutoencoder
from wellposed.report.style import INK, MUTED, SERIES, TEXT_WIDTH

from .evaluate import learned_amplitudes
from .run import Findings

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LEARNED, TRUE = SERIES[0][0], SERIES[1][0]
_POINTS = 161


def bifurcation_diagram(found: Findings) -> "Figure":
    """Equilibria over the parameter for a scalar system, the amplitude of limit cycles for an oscillation."""
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    figure = Figure(figsize=(TEXT_WIDTH, 3.8), layout="constrained")
    axes: Any = figure.subplots()
    if found.system.form.dimension == 1:
        _equilibria(found, axes)
    else:
        _amplitudes(found, axes)
    critical = found.judged.seeds["bifurcation"]
    for value in critical[np.isfinite(critical)]:
        axes.axvline(value, color=LEARNED, linewidth=0.6, alpha=0.5)
    handles = [Line2D([], [], color=LEARNED, label="learned, each seed"), Line2D([], [], color=LEARNED, lw=0.6)]
    labels = ["learned, one line a seed", "learned zero of β"]
    if found.system.critical is not None:
        axes.axvline(found.system.critical(), color=TRUE, linewidth=1.4, linestyle=(0, (1, 1.5)))
        handles.append(Line2D([], [], color=TRUE, linestyle=(0, (1, 1.5))))
        labels.append("true bifurcation")
    if found.system.form.dimension == 1:
        handles += [Line2D([], [], color=MUTED[0]), Line2D([], [], color=MUTED[0], linestyle=(0, (4, 2)))]
        labels += ["stable", "unstable"]
    axes.set_xlabel(f"parameter {found.system.parameter}")
    figure.legend(handles, labels, loc="outside upper center", ncols=len(labels), frameon=False)
    return figure


def _equilibria(found: Findings, axes: Any) -> None:
    range_, form = _range(found), found.system.form
    if found.system.equilibria is not None:
        for p in range_[::3]:
            for u in found.system.equilibria(float(p)):
                axes.plot(p, u[0], "o", color=TRUE, markersize=5, alpha=0.45, markeredgewidth=0)
    for k in range(found.settings.seeds):
        model = found.fit.seed(k)
        branches: dict[tuple[int, bool], list[tuple[float, float]]] = {}
        betas = np.asarray(jax.vmap(model.beta)(jnp.asarray(range_, jnp.float32)))
        decode = eqx.filter_jit(lambda z, p, model=model: model.at(p).decode(z))
        for p, beta in zip(range_, betas, strict=True):
            for place, z in enumerate(form.equilibria(float(beta))):
                key = (place, form.stable(z, float(beta)))
                branches.setdefault(key, []).append((p, float(decode(jnp.asarray(z, jnp.float32), jnp.float32(p))[0])))
        for (_, stable), points in branches.items():
            p, u = np.array(points).T
            axes.plot(p, u, color=LEARNED, linestyle="-" if stable else (0, (4, 2)), linewidth=1.0, alpha=0.7)
    box = found.system.box
    axes.set_ylabel(f"equilibria, {found.system.states}")
    if box is not None:
        axes.set_ylim(-1.05 * box, 1.05 * box)


def _amplitudes(found: Findings, axes: Any) -> None:
    range_ = _range(found)
    for curve in learned_amplitudes(found.models, range_):
        axes.plot(range_, curve, color=LEARNED, linewidth=1.0, alpha=0.7)
    amplitudes = found.judged.amplitudes
    if amplitudes is not None:
        axes.plot(amplitudes.parameters, amplitudes.true, "o", color=TRUE, markersize=6, label="long simulations")
        axes.legend(loc="upper left", frameon=False)
    axes.set_ylabel("amplitude of the limit cycle\n(root mean square of the state)")


def parameter_maps(found: Findings) -> "Figure":
    """beta over the parameter and 1 / tau^2 over it, a line a seed."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(TEXT_WIDTH, 3.0), layout="constrained")
    left, right = figure.subplots(1, 2)
    range_ = _range(found)

    def maps(model: NormalFormAutoencoder, p: Any) -> Any:
        return jax.vmap(lambda p: (model.beta(p), model.rate(model.alpha(p))))(p)

    betas, rates = eqx.filter_vmap(maps, in_axes=(0, None))(found.models, jnp.asarray(range_, jnp.float32))
    for beta, rate in zip(np.asarray(betas), np.asarray(rates), strict=True):
        left.plot(range_, beta, color=LEARNED, linewidth=1.0, alpha=0.7)
        right.plot(range_, rate, color=LEARNED, linewidth=1.0, alpha=0.7)
    left.axhline(0.0, color=INK[0], linewidth=0.8)
    if found.system.critical is not None:
        left.axvline(found.system.critical(), color=TRUE, linewidth=1.4, linestyle=(0, (1, 1.5)))
    left.set(xlabel=f"parameter {found.system.parameter}", ylabel="β")
    right.set(xlabel=f"parameter {found.system.parameter}", ylabel="1 / τ², per unit of time")
    return figure


def _range(found: Findings) -> np.ndarray:
    middle, half = float(found.models.units.middle[0]), float(found.models.units.half[0])
    return np.linspace(middle - half, middle + half, _POINTS)
