"""The page of the run."""

from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from wellposed.recipes.six_questions import six_of
from wellposed.report import Column, Headline, Page, Picture, Section, Table, curves, matrices
from wellposed.report.press import number_text
from wellposed.report.style import MAGNITUDES, TEXT_WIDTH

from .judge import LYAPUNOV_TIME, PUBLISHED, PUBLISHED_OUTSIDE, PUBLISHED_TERMS
from .questions import NAME
from .run import Findings

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAMES = {"decoder": "states", "dx": "slopes in the state", "dz": "slopes in the coordinates"}


def page(found: Findings) -> Page:
    """Everything that was found, for a reader who was not there."""
    sections = [
        Section("Errors beside the published ones", CONVENTION, [_errors(found), _seeds(found)]),
        Section("The equations", _equations_text(found), [_coefficients(found)]),
        Section("The attractor", ATTRACTOR, [_attractors(found), _states(found)]),
        six_of(NAME, found.answers),
        Section("Training", _training_text(found), [_losses(found), _terms(found)]),
    ]
    return Page("Coordinates and equations learned together", _lead(found), sections, _headlines(found))


CONVENTION = (
    "The published figures are *mean-square ratios*, mean (a - b)² / mean a². Their roots, |a - b| / |a|, are what is "
    "elsewhere called a relative error: 2.7e-5 is half a percent. Both stand in the table."
)
ATTRACTOR = (
    "The learned equations are integrated from the first state of trajectories that were not trained on. Since the "
    "system is chaotic, a prediction can only hold for a while; afterwards it should stay on the same attractor."
)


def _lead(found: Findings) -> str:
    settings = found.settings
    return (
        f"A Lorenz system is seen in {settings.size} dimensions, as Legendre modes times its three coordinates and "
        f"their cubes. An autoencoder finds {settings.latent} coordinates in which the dynamics are sparse polynomials "
        f"of degree {settings.degree} [@champion2019], from {settings.trajectories} trajectories, in {settings.steps} "
        f"steps of {settings.optimiser.upper()}; 1.5 million steps of Adam are published. {len(found.seeds)} trainings "
        "start from different weights."
    )


def _headlines(found: Findings) -> list[Headline]:
    best = found.best
    lines = [
        Headline(f"Error of {NAMES[name]}", value, note=f"mean-square ratio; published {number_text(PUBLISHED[name])}")
        for name, value in best.test._asdict().items()
    ]
    return [
        *lines,
        Headline("Seeds", found.succeeded, f"of {len(found.seeds)}", "no worse than published in all three", 0),
        Headline("Terms", best.active, "", f"of the best seed; published {PUBLISHED_TERMS}", 0),
    ]


def _errors(found: Findings) -> Table:
    best = found.best
    rows = []
    for name, words in NAMES.items():
        test, outside = getattr(best.test, name), getattr(best.outside, name)
        rows.append(
            (
                words,
                test,
                PUBLISHED[name],
                100 * test**0.5,
                100 * PUBLISHED[name] ** 0.5,
                outside,
                PUBLISHED_OUTSIDE[name],
            )
        )
    columns = (
        "Error of",
        "Test",
        "Test, published",
        Column("Relative", "%"),
        Column("Relative, published", "%"),
        "Outside",
        "Outside, published",
    )
    return Table(
        columns,
        rows,
        "The seed of the lowest training loss, on new trajectories from the same box of starts, and on trajectories "
        "that start outside of it. Mean-square ratios but for the two columns in percent.",
    )


def _seeds(found: Findings) -> Table:
    rows = [
        (
            str(number),
            *seed.test,
            float(seed.active),
            float(np.median(seed.valid)),
            seed.training.seconds / 60,
            "yes" if seed.succeeded else "no",
        )
        for number, seed in enumerate(found.seeds)
    ]
    columns = (
        "Seed",
        Column("States", "", "min"),
        Column("Slopes in the state", "", "min"),
        Column("Slopes in the coordinates", "", "min"),
        Column("Terms", "", "min", 0),
        Column("Valid time", "Lyapunov times", "max", 2),
        Column("Training", "minutes", "none", 1),
        "As good as published",
    )
    return Table(columns, rows, "Every seed, on the test trajectories; nothing was restarted or left out.")


def _equations_text(found: Findings) -> str:
    lines = "\n".join(f"- `{line}`" for line in found.best.model.equations())
    return (
        "What the best seed found. The coordinates are free up to what keeps sparse polynomials sparse, so the "
        f"equations need not be Lorenz' own.\n\n{lines}"
    )


def _coefficients(found: Findings) -> Picture:
    model = found.best.model
    names = model.library.names([f"z{i}" for i in range(1, len(model.coefficients) + 1)])
    return Picture(
        lambda: matrices({"coefficients": np.asarray(model.coefficients)}, "coefficient"),
        f"The coefficients, a row for each coordinate; the columns are the terms {', '.join(names)}.",
        f"{found.best.active} of {model.coefficients.size} entries are not zero.",
    )


def _attractors(found: Findings) -> Picture:
    model, states = found.best.model, found.long.observed.states
    z = np.asarray(jax.vmap(jax.vmap(model.encoder))(jnp.asarray(states)))[0]
    again = np.asarray(jax.vmap(model.encoder)(jnp.asarray(np.nan_to_num(found.rollouts[0]))))
    panels = {
        "Lorenz, hidden": np.asarray(found.long.hidden.states)[0],
        "coordinates of the data": z,
        "learned equations": again,
    }
    return Picture(
        lambda: _phase(panels),
        "One long trajectory, its first two coordinates: the hidden Lorenz system's, the encoder's, and those that the "
        "learned equations give from the first state.",
        f"The prediction holds for {found.best.valid[0]:.1f} Lyapunov times.",
    )


def _phase(panels: dict[str, Any]) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(TEXT_WIDTH, 2.6), layout="constrained")
    for axes, (title, z) in zip(figure.subplots(1, len(panels)), panels.items(), strict=True):
        axes.plot(z[:, 0], z[:, min(1, z.shape[1] - 1)], linewidth=0.7)
        axes.set_title(title, fontsize=9, fontweight="normal")
        axes.set(xlabel="first coordinate", ylabel="second coordinate")
    return figure


def _states(found: Findings) -> Picture:
    truth, ours = np.asarray(found.long.observed.states)[0].T, found.rollouts[0].T

    def draw() -> "Figure":
        from matplotlib.figure import Figure

        figure = Figure(figsize=(TEXT_WIDTH, 3.0), layout="constrained")
        panels = figure.subplots(2, 1, sharex=True)
        low, high = float(truth.min()), float(truth.max())
        end = float(np.asarray(found.long.observed.ts)[-1]) / LYAPUNOV_TIME
        for axes, title, image in zip(panels, ("data", "learned equations"), (truth, ours), strict=True):
            drawn = axes.imshow(image, MAGNITUDES, aspect="auto", vmin=low, vmax=high, extent=(0, end, -1, 1))
            axes.set_title(title, fontsize=9, fontweight="normal")
            axes.set_ylabel("place")
        panels[-1].set_xlabel("time (Lyapunov times)")
        figure.colorbar(drawn, ax=list(panels), label="x")  # pyright: ignore[reportPossiblyUnboundVariable]
        return figure

    return Picture(
        draw,
        f"The state in {truth.shape[0]} dimensions over time, and as predicted from its first value alone.",
        f"The two agree for {found.best.valid[0]:.1f} Lyapunov times.",
    )


def _training_text(found: Findings) -> str:
    settings = found.settings
    minutes = sum(seed.training.seconds for seed in found.seeds) / 60
    return (
        f"Every {settings.threshold_every} steps, coefficients below {settings.threshold:g} are set to zero for good; "
        f"the last {100 * settings.refinement:g} % of the steps refine what is left, without sparsity. The trainings "
        f"took {minutes:.0f} minutes in all, pauses of the machine included."
    )


def _losses(found: Findings) -> Picture:
    series = {f"seed {k}": _thinned(seed.training.history.loss) for k, seed in enumerate(found.seeds)}
    return Picture(
        lambda: curves(series, "step", "loss", y_scale="log"),
        "The loss of each seed, smoothed over a two-hundredth of the steps.",
        f"The best seed ends at {found.best.loss:.1e}.",
    )


def _terms(found: Findings) -> Picture:
    series = {f"seed {k}": _thinned(seed.training.history.terms["active"]) for k, seed in enumerate(found.seeds)}
    return Picture(
        lambda: curves(series, "step", "active terms"),
        "How many coefficients are left.",
        f"The best seed ends with {found.best.active} terms.",
    )


def _thinned(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    width = max(1, len(values) // 200)
    count = len(values) // width
    return np.arange(count) * width, values[: count * width].reshape(count, width).mean(1)
