"""The page of the run."""

import math

import numpy as np

from wellposed.report import Cell, Column, Headline, Page, Picture, Section, Table, curves

from .pictures import histograms, paths_in_space, posterior
from .record import interval
from .run import GAUSSIAN, ITSELF, PRIOR, Findings

COLUMNS = {
    "marginal": Column(
        "Values at a time",
        "std. dev.",
        "none",
        3,
        "Wasserstein's distance between the values at one time, mean over the times and coordinates.",
    ),
    "pooled": Column(
        "Values at all times",
        "std. dev.",
        "none",
        3,
        "The same between the values of all times together.",
    ),
    "spectrum": Column("Spectrum", "", "none", 3, "The part of the power at other frequencies."),
}


def page(found: Findings) -> Page:
    """Everything that was found, for a reader who was not there."""
    sections = [
        Section("The learned system, alone", _prior_text(found), [_table(found), *_prior_pictures(found)]),
        Section("Paths that were observed", _posterior_text(found), [_posterior_picture(found)]),
        Section("Training", _training_text(found), [_losses(found)]),
    ]
    return Page("A latent SDE on the stochastic Lorenz system", _lead(found), sections, _headlines(found))


def _lead(found: Findings) -> str:
    settings = found.settings
    return (
        f"{settings.paths} paths of Lorenz's system with multiplicative noise, seen at {settings.points} times up to "
        f"{settings.end:g} with noise of {settings.noise:g} standard deviations. A *latent SDE* [@li2020] learns from "
        "them a prior, which is a stochastic system of its own, and a posterior, which follows a given path. The "
        "question is whether the prior, which has seen no path when it is asked, draws paths of the same law."
    )


def _headlines(found: Findings) -> list[Headline]:
    rows = {source: interval(found, source, "marginal").mean for source in found.distances}
    note = f"of the values at a time; two draws of the system itself {rows[ITSELF]:.3f}"
    return [
        Headline("Prior from the system", rows[PRIOR], "std. dev.", note, 3),
        Headline("Gaussian process from the system", rows[GAUSSIAN], "std. dev.", "the best linear model", 3),
        Headline("Posterior mean", float(np.mean(found.rmse)), "std. dev.", "error on test paths", 3),
    ]


def _prior_text(found: Findings) -> str:
    return (
        "Distances in law between drawn paths and test paths of the system, as many of each. The row of the system "
        "itself is what two independent draws differ by: no model can do better. The Gaussian process has the mean and "
        "the covariance of all training paths. Brackets are 95 % intervals over "
        f"{found.settings.repeats} repeats, each with its own paths and initial weights. The audit asks about maps "
        "that give one answer; this one draws, so its law is compared in place of its answers."
    )


def _table(found: Findings) -> Table:
    rows = []
    for source in found.distances:
        cells = []
        for kind in COLUMNS:
            one = interval(found, source, kind)
            known = math.isfinite(one.low)
            cells.append(Cell(one.mean, one.low if known else None, one.high if known else None))
        rows.append((source, *cells))
    return Table(("Paths drawn from", *COLUMNS.values()), rows, "Distance of drawn paths from paths of the system.")


def _prior_pictures(found: Findings) -> list[Picture]:
    ts = np.asarray(found.known.ts)
    return [
        Picture(
            lambda: paths_in_space(found),
            "Ten paths of the system (left) and ten that the learned prior draws (right), from starts of their own "
            "(crosses); in standard deviations of the coordinates.",
            "Two three-dimensional drawings of paths around the two wings of Lorenz's attractor.",
        ),
        Picture(
            lambda: histograms(found),
            "The distribution of each coordinate (rows) at three times (columns): data in grey, the learned prior, and "
            "the Gaussian process (dashed).",
            "Nine histograms, each with two outlines over it.",
        ),
        Picture(
            lambda: curves({s: (ts, row) for s, row in found.by_time.items()}, "time", "distance (std. deviations)"),
            "Wasserstein's distance of the values at each time, mean over the coordinates, in the first repeat.",
            "Three curves over time.",
        ),
    ]


def _posterior_text(found: Findings) -> str:
    errors = ", ".join(f"{error:.4f}" for error in found.rmse)
    return (
        f"The posterior's mean against the path without noise, root mean square over test paths, for each repeat: "
        f"{errors} standard deviations, where the noise of the data is {found.settings.noise:g}."
    )


def _posterior_picture(found: Findings) -> Picture:
    return Picture(
        lambda: posterior(found),
        "Test paths (columns) with their posterior: mean and 95 % band. In standard deviations of the coordinates.",
        "Nine small panels of dots with a curve through them.",
    )


def _training_text(found: Findings) -> str:
    settings = found.settings
    return (
        f"{settings.steps} steps with {settings.batch} paths each, where the published setting is 5000 steps with all "
        f"1024 paths, and drifts of width {settings.width}, where it is 128: a smaller budget, for one core. The "
        f"weight of the divergence rises to 1 in {settings.rise} steps."
    )


def _losses(found: Findings) -> Picture:
    window = max(1, found.settings.steps // 100)

    def smooth(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        cut = values[: len(values) // window * window].reshape(-1, window).mean(axis=1)
        return window * (np.arange(len(cut)) + 0.5), cut

    series = {
        f"{term.replace('_', '-')}, repeat {repeat}": smooth(np.asarray(fit.history.terms[term], float))
        for repeat, fit in enumerate(found.fits[:3])
        for term in ("log_likelihood", "divergence")
    }
    return Picture(
        lambda: curves(series, "step", "nats a path", y_scale="symlog"),
        "The two parts of the evidence lower bound.",
        "Curves over the training steps.",
    )
