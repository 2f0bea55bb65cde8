"""The page of the run."""

from typing import Any

import numpy as np

from wellposed.audit import draw
from wellposed.recipes.six_questions import Answers, six_questions
from wellposed.report import (
    Gallery,
    Headline,
    Item,
    Page,
    Picture,
    Row,
    Section,
    curves,
    image_grid,
    matrices,
)

from . import tables
from .methods import FROM_RANDOM, FROM_SVD, LEARNED, NONLINEAR, TIKHONOV
from .oracles import Optima
from .pictures import source
from .run import TEST, Findings
from .settings import Settings

SHOWN_ELSEWHERE = ("CT head", "MR abdomen", "MR brain")


def page(found: Findings) -> Page:
    """Everything that was found, for a reader who was not there."""
    sections = [
        Section("Reconstructions", _reconstructions_text(found), _galleries(found)),
        Section("Comparison", "", [tables.comparison(found)]),
        Section("Other people, other scanners", _elsewhere_text(found), tables.away(found)),
        Section("Learned regularisation", _panels_text(found), _panels(found)),
        Section("Latent representations", LATENT, [_latents(found), tables.paths(found)]),
        Section("Rank", RANK, [_rank(found)]),
        audit_section(found.answers),
        Section("Choosing a parameter without the truth", "", [tables.rules(found)]),
    ]
    return Page("The learned SVD, and whether to trust it", _lead(found), sections, _headlines(found))


def audit_page(settings: Settings, answers: Answers) -> Page:
    """The answers alone, for `wellposed audit`."""
    lead = (
        f"Six questions asked of the maps of a learned SVD of rank {settings.rank} on {source(settings).name}. The "
        "curves over ranks and numbers of pictures belong to the run's own report: here, *Expressive?* asks "
        "of every map what "
        "more components of the data bring it."
    )
    return Page("Audit of a learned SVD", lead, [audit_section(answers)])


LATENT = (
    "A latent vector with a single entry, decoded: what one coordinate of the latent space adds to a picture. Of "
    "each map, "
    "the coordinates that vary most over the training pictures are shown, scaled by one standard deviation."
)
RANK = "The dimension k of the latent space bounds what any linear map of this form can do."


def _lead(found: Findings) -> str:
    settings = found.settings
    where = source(settings)
    scanner = (
        f"an operator from {settings.operator}"
        if settings.operator
        else f"{settings.angles} views over {settings.angular_range:g} degrees"
    )
    return (
        f"A *learned singular value decomposition* [@boink2019] reconstructs pictures of {settings.size} × "
        f"{settings.size} "
        f"pixels from {scanner} with {_noise(settings)}, beside the "
        f"classical methods "
        f"and on the same data. The pictures are {where.caption}. Six questions are then asked of every map."
    )


def _noise(settings: Settings) -> str:
    if settings.noise_model == "poisson":
        return f"the noise of {settings.noise**-2:.0f} photons a ray"
    return f"{100 * settings.noise:g} % {settings.noise_model} noise"


def _headlines(found: Findings) -> list[Headline]:
    mean = {name: float(score.psnr_db.mean()) for name, score in found.scores.items()}
    gain = mean[NONLINEAR] - mean[TIKHONOV]
    lines = [
        Headline("Nonlinear L-SVD", mean[NONLINEAR], "dB", f"{gain:+.1f} dB over Tikhonov at its best parameter", 1),
        Headline("Tikhonov", mean[TIKHONOV], "dB", "the classical yardstick", 1),
    ]
    if found.optima is not None:
        above = 100 * (found.optima.figures["d_over_optimum"] - 1)
        lines.append(Headline("Learned linear map (d)", above, "%", "above the closed-form optimum of its rank", 1))
    lost = [place for place in found.elsewhere if _best_classical(found, place)[1] > 0]
    lines.append(
        Headline(
            "Lost",
            len(lost),
            f"of {len(found.elsewhere)}",
            "out-of-distribution sets where a classical method is better",
            0,
        )
    )
    return lines


def _best_classical(found: Findings, place: str) -> tuple[str, float]:
    """The best classical method on pictures of a place, and by how many dB it beats the nonlinear L-SVD."""
    best = max((name for name in found.scores if name not in LEARNED), key=lambda name: _mean(found, place, name))
    return best, _mean(found, place, best) - _mean(found, place, NONLINEAR)


def _reconstructions_text(found: Findings) -> str:
    if found.settings.images != "anatomy":
        return ""
    return (
        "MNI152 is *one averaged head*: its slices are smoother than anybody's, and training and test slices "
        "come from the "
        "same head, only from slabs that do not touch. The pictures of single persons below it carry more weight for "
        "practice: no method has seen their like."
    )


def _galleries(found: Findings) -> list[Item]:
    name, what = source(found.settings)
    titles = {TEST: f"{name}, test"}
    galleries: list[Item] = []
    for place in (TEST, *SHOWN_ELSEWHERE):
        x, _ = found.sets.shown[place]
        middle = len(x) // 2
        scores = found.scores if place == TEST else found.elsewhere[place]
        notes = {name: f"{score.psnr_db[middle]:.1f} dB" for name, score in scores.items()}
        shown = {name: pictures[place][middle] for name, pictures in found.pictures.items()}
        caption = (
            f"{titles.get(place, place)}: {found.sets.captions.get(place, what)}. Above, what each method makes "
            f"of the same "
            "noisy data, with its PSNR; below, its error."
        )
        galleries.append(Gallery(np.asarray(x[middle]), shown, caption, notes))
    return galleries


def _elsewhere_text(found: Findings) -> str:
    lines = []
    for place in found.elsewhere:
        best, _ = _best_classical(found, place)
        gaps = {name: _mean(found, place, name) - _mean(found, place, best) for name in LEARNED}
        lost = [f"{name} by {-gap:.1f} dB" for name, gap in gaps.items() if gap < 0]
        word = "no learned map loses" if not lost else f"**these lose**: {', '.join(lost)}"
        lines.append(f"- {place}, against {best}, the best classical method there: {word}; ")
        won = [f"{name} by {gap:.1f} dB" for name, gap in gaps.items() if gap >= 0]
        lines[-1] += f"better are {', '.join(won)}." if won else "none is better."
    return "Where the learned maps win and where they lose, off their training distribution:\n\n" + "\n".join(lines)


def _mean(found: Findings, place: str, name: str) -> float:
    return float(found.elsewhere[place][name].psnr_db.mean())


def _panels_text(found: Findings) -> str:
    c, d = found.pictures[FROM_SVD][TEST], found.pictures[FROM_RANDOM][TEST]
    apart = 100 * np.linalg.norm(c - d) / np.linalg.norm(c)
    return (
        "Each linear method is a matrix Σ between data coefficients and picture coefficients. (a) Tikhonov damps the "
        "operator's singular values, one parameter for all. (b) Data-driven Tikhonov keeps the singular vectors and "
        "learns Σ. (c) The learned SVD starts at the singular vectors and learns them as well. (d) So does this "
        "one, from "
        "random numbers: its latent coordinates are its own, so its Σ need not look like the others. What counts "
        "is what "
        f"the map does: on the test pictures, (c) and (d) differ by {apart:.1f} % of the picture. All have a "
        f"closed-form "
        "optimum to be compared with [@boink2019] [@izenman1975]."
    )


def _panels(found: Findings) -> list[Item]:
    k, shown = found.settings.rank, min(found.settings.rank, 60)
    s = np.asarray(found.methods.scanner.svd.s[:k])
    alpha = float(found.methods.alpha)
    sigmas = {
        "(a) Tikhonov": np.diag(s / (s**2 + alpha)),
        "(b) learned Σ": np.asarray(found.methods.sigma),
        FROM_SVD: np.asarray(found.methods.c.sigma),
        FROM_RANDOM: np.asarray(found.methods.d.sigma),
    }
    cut = {name: sigma[:shown, :shown] for name, sigma in sigmas.items()}
    picture = Picture(
        lambda: matrices(cut, "entry of Σ"),
        f"The first {shown} rows and columns of Σ, of {k}, in the four panels of the talk.",
        "Four square matrices of signed entries, side by side on one colour scale.",
    )
    table = tables.optima_table(found)
    return [picture, *([table] if table else [])]


def _latents(found: Findings) -> Item:
    rows = [
        Row([(f"{i + 1}" if not below else "", image) for i, image in enumerate(images)], unit=name, signed=True)
        for below, (name, images) in enumerate(found.latents.items())
    ]
    return Picture(
        lambda: image_grid(rows),
        "Unit vectors of latent space, decoded: one row for each map (named at its colour bar), the strongest "
        "coordinates from left to right.",
        "Four rows of small signed pictures, one for each coordinate of a latent space.",
    )


def _rank(found: Findings) -> Item:
    curve = found.curves["rank"]
    norms = np.linalg.norm(np.asarray(found.sets.test[0]).reshape(len(found.sets.test[0]), -1), axis=1)
    mse = np.mean((curve.errors * norms[None]) ** 2, axis=1) / found.settings.size**2
    series: dict[str, Any] = {"learned from random, on test pictures": (curve.values, np.sqrt(mse))}
    own = np.mean((found.pictures[FROM_RANDOM][TEST] - np.asarray(found.sets.test[0])) ** 2)
    series["(d), on test pictures"] = ([found.settings.rank], [np.sqrt(own)])
    if found.optima is not None:
        series["closed-form optimum, training distribution"] = _optimum_curve(found.optima, found.settings.rank)
    return Picture(
        lambda: curves(series, "rank k", "root mean square error of a pixel", "log", "log"),
        "Error against the rank of the map. Two things part the curves: one is measured on test pictures, the other is "
        f"exact for the training distribution; and each point of the learned curve was trained for "
        f"{found.settings.sweep_steps} steps only. The single point is (d), trained for {found.settings.linear_steps}.",
        "Root mean square error of a pixel over the rank, for learned maps and for their closed-form optimum.",
    )


def _optimum_curve(found: Optima, rank: int) -> tuple[np.ndarray, np.ndarray]:
    at = np.unique(np.geomspace(4, min(2 * rank, len(found.errors) - 1), 30).astype(int))
    return at, np.sqrt(found.errors[at])


def audit_section(answers: Answers) -> Section:
    """Six cards about the nonlinear L-SVD, with all other maps folded inside."""
    text = (
        "The numbers on the cards are those of the nonlinear L-SVD; open a card for the definition, for every other "
        "map, and for the picture."
    )
    return six_questions(answers, NONLINEAR, text, draw)
