"""Trajectories in state space and in latent space, as fields, and as a film."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from wellposed.report import Row, image_grid
from wellposed.report.style import ERRORS, INK, SERIES, TEXT_WIDTH

from .run import Findings

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TRUE, LEARNED = SERIES[1][0], SERIES[0][0]
FRAMES = 40


def chosen(found: Findings, count: int) -> list[int]:
    """Test trajectories spread over the parameter, from its low to its high end."""
    order = np.argsort(np.asarray(found.gathered.test.parameters))
    return order[np.linspace(0, len(order) - 1, min(count, len(order))).round().astype(int)].tolist()


def _parameter(found: Findings, k: int) -> float:
    return float(np.asarray(found.gathered.test.parameters)[k])


def _latents(found: Findings, k: int) -> tuple[np.ndarray, np.ndarray]:
    """A test trajectory in latent space: its states encoded, and the normal form's own solution."""
    model, test = found.fit.seed(found.best), found.gathered.test
    states = jnp.asarray(test.states[k], jnp.float32)
    encoded = jax.vmap(model.at(_parameter(found, k)).encode)(states)
    solved = eqx.filter_jit(model.latent_trajectory)(
        encoded[0], jnp.float32(_parameter(found, k)), jnp.asarray(test.ts, jnp.float32)
    )
    return np.asarray(encoded), np.asarray(solved)


def _masked(found: Findings, k: int, values: np.ndarray) -> np.ndarray:
    """Not a number where the trajectory does not count any more."""
    inside = found.gathered.test.inside
    return values if inside is None else np.where(np.asarray(inside)[k][:, None], values, np.nan)


def portraits(found: Findings) -> "Figure":
    """Three test trajectories: above in state space, below in latent space."""
    from matplotlib.figure import Figure

    places = chosen(found, 3)
    figure = Figure(figsize=(TEXT_WIDTH, 5.2), layout="constrained")
    lines: Any = figure.subplots(2, len(places), squeeze=False)
    axes_of = _plane(found)
    for column, k in enumerate(places):
        states = np.asarray(found.gathered.test.states[k])
        pairs = (axes_of(states), axes_of(found.judged.predicted[found.best, k])), _latents(found, k)
        for axes, (true, learned) in zip(lines[:, column], pairs, strict=True):
            _drawn(found, axes, _masked(found, k, true), TRUE, "-", "data")
            _drawn(found, axes, _masked(found, k, learned), LEARNED, (0, (4, 2)), "normal form")
        lines[0, column].set_title(f"{found.system.parameter} = {_parameter(found, k):.4g}")
    if found.system.form.dimension == 2:
        labels = (("first principal axis", "second"), ("z₁", "z₂"))
    else:
        labels = (("time", found.system.states), ("time", "z"))
    for line, (x, y) in zip(lines, labels, strict=True):
        line[0].set_ylabel(y)
        for axes in line:
            axes.set_xlabel(x)
            axes.locator_params(axis="x", nbins=3)
    figure.legend(*lines[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=2, frameon=False)
    return figure


def _drawn(found: Findings, axes: Any, values: np.ndarray, color: str, dash: Any, label: str) -> None:
    if found.system.form.dimension == 2:
        axes.plot(values[:, 0], values[:, 1], color=color, linestyle=dash, linewidth=1.1, label=label)
        axes.plot(values[:1, 0], values[:1, 1], "o", color=color)
    else:
        axes.plot(found.gathered.test.ts, values[:, 0], color=color, linestyle=dash, label=label)


def _plane(found: Findings) -> Callable[[np.ndarray], np.ndarray]:
    """Coordinates to draw states in: themselves, or the leading principal axes of the training data."""
    d = found.system.form.dimension
    centre = np.asarray(found.models.units.centre)[0]
    states = np.asarray(found.gathered.train.states)[:50].reshape(-1, len(centre)) - centre
    if states.shape[1] == d:
        return lambda x: x
    axes = np.linalg.svd(states[:: max(1, len(states) // 2000)], full_matrices=False)[2][:d]
    return lambda x: (x - centre) @ axes.T


def fields(found: Findings) -> "Figure":
    """A late piece of a test trajectory, the prediction, and their difference: the state over time as an image."""
    k = chosen(found, 5)[-1]
    true, learned = np.asarray(found.gathered.test.states[k]), found.judged.predicted[found.best, k]
    if found.system.pictures is not None:
        return _snapshots(found, k)
    size = float(np.abs(true).max())
    name = f"{found.system.states}, {found.system.parameter} = {_parameter(found, k):.4g}"
    rows = [
        Row([("data", true.T)], (-size, size), "state", signed=True),
        Row([("normal form, decoded", learned.T)], (-size, size), "state", signed=True),
        Row([(f"their difference ({name})", (learned - true).T)], None, "difference", signed=True),
    ]
    return image_grid(rows)


def _snapshots(found: Findings, k: int) -> "Figure":
    """Fields on the plane at four times."""
    assert found.system.pictures is not None
    picture = found.system.pictures
    true, learned = np.asarray(found.gathered.test.states[k]), found.judged.predicted[found.best, k]
    times = np.linspace(len(true) // 2, len(true) - 1, 4).astype(int)
    titles = [f"t = {found.gathered.test.ts[i]:.3g}" for i in times]
    p = _parameter(found, k)
    above = [np.asarray(picture(true[i], p)) for i in times]
    below = [np.asarray(picture(learned[i], p)) for i in times]
    size = found.system.shown or max(float(np.nanmax(np.abs(image))) for image in above)
    rows = [
        Row(list(zip(titles, above, strict=True)), (-size, size), "data", signed=True),
        Row([("", image) for image in below], (-size, size), "normal form", signed=True),
        Row([("", b - a) for a, b in zip(above, below, strict=True)], None, "difference", signed=True),
    ]
    return image_grid(rows)


def ends(found: Findings) -> "Figure":
    """The end of a test trajectory as it was simulated, in the components of its state, and by the normal form."""
    parameters = np.asarray(found.gathered.test.parameters)[: len(found.system.ends)]
    picture, k = found.system.pictures, int(parameters.argmax())
    assert picture is not None
    whole, p = np.asarray(found.system.ends[k]), _parameter(found, k)
    state, learned = np.asarray(found.gathered.test.states[k])[-1], found.judged.predicted[found.best, k, -1]
    images = [whole, *(np.asarray(picture(x, p)) for x in (state, learned))]
    size = found.system.shown or float(np.nanmax(np.abs(whole)))
    titles = ["simulated", found.system.states, "normal form"]
    rows = [
        Row(list(zip(titles, images, strict=True)), (-size, size), f"{found.system.parameter} = {p:.4g}", signed=True),
        Row([("", image - whole) for image in images], None, "difference", signed=True),
    ]
    return image_grid(rows)


def film(found: Findings) -> list[Callable[[], "Figure"]]:
    """Frames of one test trajectory: the state beside its prediction, and where they are in latent space."""
    k = chosen(found, 5)[-1]
    latents = _latents(found, k)
    times = np.linspace(0, len(found.gathered.test.ts) - 1, FRAMES).astype(int)
    return [partial(_frame, found, k, latents, int(i)) for i in times]


def _frame(found: Findings, k: int, latents: tuple[np.ndarray, np.ndarray], i: int) -> "Figure":
    from matplotlib.figure import Figure

    true, learned = np.asarray(found.gathered.test.states[k]), found.judged.predicted[found.best, k]
    figure = Figure(figsize=(TEXT_WIDTH, 2.7), layout="constrained", dpi=72)
    if found.system.pictures is None:
        left, right = figure.subplots(1, 2, width_ratios=(2, 1))
        size = 1.1 * float(np.abs(true).max())
        left.plot(true[i], "o", color=TRUE, markersize=3, label="data")
        left.plot(learned[i], color=LEARNED, linewidth=1.2, label="normal form, decoded")
        left.set(ylim=(-size, size), xlabel=f"component ({found.system.states})", ylabel="state")
        left.legend(loc="upper right", frameon=True)
    else:
        left, middle, right = figure.subplots(1, 3, width_ratios=(2, 2, 1.2))
        p = _parameter(found, k)
        size = found.system.shown or float(np.nanmax(np.abs(found.system.pictures(true[-1], p))))
        for axes, state, title in ((left, true[i], "data"), (middle, learned[i], "normal form, decoded")):
            axes.imshow(np.asarray(found.system.pictures(state, p)), cmap=ERRORS, vmin=-size, vmax=size)
            axes.set(title=title, xticks=[], yticks=[])
    encoded, solved = latents
    right.plot(*encoded.T[:2], color=TRUE, linewidth=0.7, alpha=0.5)
    right.plot(*solved[: i + 1].T[:2], color=LEARNED, linewidth=0.9)
    right.plot(*encoded[i, :2], "o", color=TRUE, markersize=6)
    right.plot(*solved[i, :2], "o", color=LEARNED, markersize=4)
    right.set(xlabel="z₁", ylabel="z₂", aspect="equal", title=f"t = {found.gathered.test.ts[i]:.1f}")
    right.title.set_color(INK[0])
    return figure
