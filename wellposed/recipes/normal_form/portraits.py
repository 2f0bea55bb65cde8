"""Trajectories in state space and in latent space, as fields, and as a film."""

from collections.abc import Callable, Iterator, Sequence
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


def film(found: Findings) -> Iterator["Figure"]:
    """One test trajectory as it runs: the state beside its prediction, and where they are in latent space."""
    from matplotlib.figure import Figure

    k = chosen(found, 5)[-1]
    encoded, solved = _latents(found, k)
    figure = Figure(figsize=(TEXT_WIDTH, 2.7), layout="constrained", dpi=72)
    if found.system.pictures is None:
        left, right = figure.subplots(1, 2, width_ratios=(2, 1))
        show = _moving_curves(found, left, k)
    else:
        *pair, right = figure.subplots(1, 3, width_ratios=(2, 2, 1.2))
        show = _moving_pictures(found, pair, k)
    right.plot(*encoded.T[:2], color=TRUE, linewidth=0.7, alpha=0.5)
    (path,) = right.plot(*solved.T[:2], color=LEARNED, linewidth=0.9)
    (true,) = right.plot([], [], "o", color=TRUE, markersize=6)
    (learned,) = right.plot([], [], "o", color=LEARNED, markersize=4)
    right.set(xlabel="z₁", ylabel="z₂", aspect="equal")
    right.title.set_color(INK[0])
    for i in np.linspace(0, len(found.gathered.test.ts) - 1, FRAMES).astype(int).tolist():
        show(i)
        right.set_title(f"t = {found.gathered.test.ts[i]:.1f}")
        path.set_data(*solved[: i + 1].T[:2])
        true.set_data(*encoded[i : i + 1].T[:2])
        learned.set_data(*solved[i : i + 1].T[:2])
        yield figure
        figure.set_layout_engine("none")  # what the first frame found holds for all


def _moving_curves(found: Findings, axes: Any, k: int) -> Callable[[int], None]:
    """The components of the state, drawn so that they can be moved to another time."""
    true, learned = np.asarray(found.gathered.test.states[k]), found.judged.predicted[found.best, k]
    margin = 0.1 * (np.ptp(true) or 1.0)
    (marks,) = axes.plot(true[0], "o", color=TRUE, markersize=3, label="data")
    (curve,) = axes.plot(learned[0], color=LEARNED, linewidth=1.2, label="normal form, decoded")
    ends = (true.min() - margin, true.max() + margin)
    axes.set(ylim=ends, xlabel=f"component ({found.system.states})", ylabel="state")
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, frameon=False, borderaxespad=0)

    def show(i: int) -> None:
        marks.set_ydata(true[i])
        curve.set_ydata(learned[i])

    return show


def _moving_pictures(found: Findings, pair: Sequence[Any], k: int) -> Callable[[int], None]:
    """Fields on the plane, drawn so that they can be moved to another time."""
    assert found.system.pictures is not None
    picture, p = found.system.pictures, _parameter(found, k)
    states = np.asarray(found.gathered.test.states[k]), found.judged.predicted[found.best, k]
    last = np.asarray(picture(states[0][-1], p))
    size = found.system.shown or float(np.nanmax(np.abs(last)))
    shown = [axes.imshow(last, cmap=ERRORS, vmin=-size, vmax=size) for axes in pair]
    for axes, title in zip(pair, ("data", "normal form, decoded"), strict=True):
        axes.set(title=title, xticks=[], yticks=[])

    def show(i: int) -> None:
        for image, of in zip(shown, states, strict=True):
            image.set_data(np.asarray(picture(of[i], p)))

    return show
