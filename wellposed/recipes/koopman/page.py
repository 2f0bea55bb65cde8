"""The page of the run."""

from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np

from wellposed.recipes.six_questions import six_of
from wellposed.report import Column, Headline, Page, Picture, Section, Table, curves
from wellposed.report.style import MAGNITUDES, TEXT_WIDTH
from wellposed.simulate import pendulum_frequency

from .judge import PUBLISHED_LOSS, PUBLISHED_ONE_STEP, energy, spectra
from .questions import NAME
from .run import Findings

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def page(found: Findings) -> Page:
    """Everything that was found, for a reader who was not there."""
    sections = [
        Section("Every seed", SEEDS, [_seeds(found)]),
        Section("The frequency", FREQUENCY, [_frequency(found)]),
        Section("The coordinates", COORDINATES, [_coordinates(found)]),
        Section("Long predictions", _long_text(found), [_long(found)]),
        six_of(NAME, found.answers),
        Section("Training", "", [_losses(found)]),
    ]
    return Page("A pendulum that turns evenly", _lead(found), sections, _headlines(found))


SEEDS = (
    "The loss is the published one; it weighs states by a thousandth beside linearity, and grows and shrinks with the "
    "size of the coordinates, which the decoder can undo. So the ratios beside it say more."
)
FREQUENCY = (
    "A pendulum's frequency falls with its energy, to zero at the separatrix. The exact frequency is known, "
    "π / 2K with the complete elliptic integral K; the network has never seen it, nor an energy."
)
COORDINATES = (
    "Where coordinates linearise the dynamics, a swing goes round a circle at constant speed. Points are test swings, "
    "coloured by their energy."
)


def _lead(found: Findings) -> str:
    settings = found.settings
    return (
        "An autoencoder finds two coordinates of a pendulum in which every swing is a rotation, whose frequency an "
        f"auxiliary network gives as a function of the radius [@lusch2018]: one pair of coordinates for a whole "
        f"continuous spectrum. {settings.trajectories} swings of 51 times, {settings.steps} steps of "
        f"{settings.optimiser.upper()}, {settings.activation} layers, {len(found.seeds)} seeds."
    )


def _headlines(found: Findings) -> list[Headline]:
    best = found.best.figures
    return [
        Headline("Test loss", best.loss, "", f"published {PUBLISHED_LOSS:.2e}; best seed"),
        Headline("One step", best.one_step, "", f"mean-square ratio; published {PUBLISHED_ONE_STEP:.1e}"),
        Headline("Frequency", 100 * best.frequency, "%", "mean error beside the exact one"),
        Headline("Seeds", found.succeeded, f"of {len(found.seeds)}", "no worse than the published loss", 0),
    ]


def _seeds(found: Findings) -> Table:
    rows = [
        (
            str(number),
            of.loss,
            of.one_step,
            of.linearity,
            100 * of.frequency,
            100 * float(np.median(of.long)),
            100 * float(of.long.max()),
            seed.training.seconds / 60,
            "yes" if seed.succeeded else "no",
        )
        for number, seed in enumerate(found.seeds)
        for of in [seed.figures]
    ]
    columns = (
        "Seed",
        Column("Loss", "", "min"),
        Column("One step", "", "min"),
        Column("Linearity", "", "min"),
        Column("Frequency", "%", "min"),
        Column("1500 steps, median", "%", "min"),
        Column("1500 steps, worst", "%", "min"),
        Column("Training", "minutes", "none", 1),
        "As good as published",
    )
    return Table(
        columns,
        rows,
        "On test swings: the published loss; mean-square ratios of one step and of the linearity over 50 steps; the "
        "error of the frequency; the relative error of the last of 1500 steps.",
    )


def _frequency(found: Findings) -> Picture:
    x = np.asarray(found.test.states)[:, 0]
    e = energy(x)
    order = np.argsort(e)
    omega, _ = spectra(found.best.model, x)
    line = np.linspace(-1.0, 0.99, 200)
    series = {"exact": (line, pendulum_frequency(line)), "learned": (e[order], np.abs(omega[order]))}
    return Picture(
        lambda: curves(series, "energy", "angular frequency"),
        "The learned frequency of each test swing beside the exact one; the separatrix is at energy 1.",
        f"The two curves differ by {100 * found.best.figures.frequency:.2g} % on the average.",
    )


def _coordinates(found: Findings) -> Picture:
    states = np.asarray(found.test.states, np.float32)[:200]
    y = np.asarray(jax.vmap(jax.vmap(found.best.model.encoder))(jnp.asarray(states)))
    colours = np.repeat(energy(states[:, 0])[:, None], states.shape[1], axis=1)

    def draw() -> "Figure":
        from matplotlib.figure import Figure

        figure = Figure(figsize=(TEXT_WIDTH, 3.4), layout="constrained")
        left, right = figure.subplots(1, 2)
        for axes, at, names in (
            (left, states, ("angle", "angular velocity")),
            (right, y, ("first coordinate", "second coordinate")),
        ):
            drawn = axes.scatter(at[..., 0], at[..., 1], 1.5, colours, cmap=MAGNITUDES, linewidths=0)
            axes.set(xlabel=names[0], ylabel=names[1])
        right.set_aspect("equal", adjustable="datalim")
        figure.colorbar(drawn, ax=[left, right], label="energy")  # pyright: ignore[reportPossiblyUnboundVariable]
        return figure

    return Picture(
        draw,
        "Test swings in the plane of angle and velocity, and in the learned coordinates.",
        "Pieces of swings: as measured on the left, as encoded on the right.",
    )


def _long_text(found: Findings) -> str:
    late = found.best.figures.long
    return (
        f"From one state alone, 1500 steps ahead, thirty times as far as was trained: the error at the end is "
        f"{100 * np.median(late):.1f} % in the median of {len(late)} swings and {100 * late.max():.1f} % in the worst."
    )


def _long(found: Findings) -> Picture:
    truth = np.asarray(found.long.states)
    order = np.argsort(energy(truth[:, 0]))
    some = order[[len(order) // 10, len(order) // 2, (9 * len(order)) // 10]]
    off = np.linalg.norm(found.rollouts - truth, axis=2) / np.sqrt(np.mean(np.sum(truth**2, axis=2), axis=1))[:, None]
    series = {f"energy {energy(truth[k : k + 1, 0])[0]:.2f}": (np.asarray(found.long.ts), off[k] + 1e-9) for k in some}
    return Picture(
        lambda: curves(series, "time", "relative error", y_scale="log"),
        "The error of the prediction from the first state, for a small, a middling and a large swing.",
        f"At the end, the median over all swings is {100 * np.median(found.best.figures.long):.1f} %.",
    )


def _losses(found: Findings) -> Picture:
    series = {}
    for number, seed in enumerate(found.seeds):
        losses = seed.training.history.loss
        width = max(1, len(losses) // 200)
        count = len(losses) // width
        series[f"seed {number}"] = (np.arange(count) * width, losses[: count * width].reshape(count, width).mean(1))
    return Picture(
        lambda: curves(series, "step", "loss", y_scale="log"),
        "The loss of each seed, smoothed over a two-hundredth of the steps.",
        f"The best seed ends at {found.best.loss:.1e}.",
    )
