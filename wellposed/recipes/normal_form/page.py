"""The page of the run."""

from typing import Any

import numpy as np

from wellposed.audit.dynamical import draw
from wellposed.dynamics import StuartLandau
from wellposed.metrics import mean_interval
from wellposed.recipes.six_questions import Answers, six_questions
from wellposed.report import (
    Animation,
    Cell,
    Column,
    Headline,
    Item,
    Page,
    Picture,
    Section,
    Table,
    Text,
    curves,
)

from . import diagrams, portraits
from .evaluate import LIMIT, Judged
from .orientation import Restarts
from .run import COMPARED, Findings

UNEXPLAINED = 0.5  # of the slopes by the affine start: more is said in words


def page(found: Findings) -> Page:
    """Everything that was found, for a reader who was not there."""
    equations = found.fit.seed(found.best).equations()
    sections = [
        Section("Bifurcation", _bifurcation_text(found), _bifurcation(found)),
        Section("Trajectories", "", _trajectories(found)),
        Section("Seeds", _seeds_text(found), [_seeds(found), _losses(found)]),
        *_variants(found),
        audit_section(found.answers),
        Section("The learned equations", "", [Text(f"`{line}`") for line in equations]),
        Section("Limits", _limits(found)),
    ]
    title = f"{found.system.title}: its {found.system.form.name} bifurcation, learned"
    return Page(title, _lead(found), sections, _headlines(found))


def _lead(found: Findings) -> str:
    low, high = found.sampled_range
    gathered = found.gathered
    return (
        f"{found.system.text}\n\nNormal-form autoencoders [@kalia2021] learn coordinates z, a map from the parameter "
        f"{found.system.parameter} to β, and a time scale τ, in which {len(gathered.train.states)} trajectories follow "
        f"the {found.system.form.name} normal form. The networks see the raw parameter, scaled from its sampled range "
        f"{low:.4g} to {high:.4g}, and nothing else: the bifurcation is the zero of the learned β."
    )


def _headlines(found: Findings) -> list[Headline]:
    seeds, judged = found.settings.seeds, found.judged.seeds
    lines = [
        Headline("Success", int(judged["success"].sum()), f"of {seeds} seeds", _success(), 0),
        Headline("Rollout error", 100 * float(np.median(judged["rollout_error"])), "%", "median over seeds", 2),
    ]
    scalar = found.system.form.dimension == 1
    name, of = ("of_range", "the sampled range") if scalar else ("relative", "its parameter")
    if f"bifurcation_error_{name}" in judged:
        errors = 100 * np.asarray(judged[f"bifurcation_error_{name}"], float)
        known = np.isfinite(errors)
        largest = float(errors[known].max()) if known.any() else float("nan")
        note = f"of {of}; largest error over the {known.sum()} of {seeds} seeds whose β has one zero"
        lines.append(Headline("Bifurcation", largest, "%", note, 2))
    if "worst_amplitude_error" in judged:
        error = 100 * float(np.max(judged["worst_amplitude_error"]))
        lines.append(Headline("Amplitude", error, "%", "largest error of a limit cycle over seeds and parameters", 1))
    return lines


def _success() -> str:
    return f"monotone parameter map and rollout error of at most {100 * LIMIT:g} %"


def _bifurcation_text(found: Findings) -> str:
    if found.system.critical is None:
        return "The zero of β is the learned bifurcation; there is no true one to compare with."
    low, high = found.sampled_range
    true = found.system.critical()
    place = 100 * (true - low) / (high - low)
    return (
        f"The true bifurcation is at {found.system.parameter} = {true:.5g}, at {place:.0f} % "
        "of the sampled range: its place is not the middle of anything that the networks see."
    )


def _bifurcation(found: Findings) -> list[Item]:
    what = "equilibria" if found.system.form.dimension == 1 else "amplitude of the limit cycle"
    return [
        Picture(
            lambda: diagrams.bifurcation_diagram(found),
            f"The learned bifurcation diagram over the true one: {what} over the parameter.",
            f"Curves of learned {what} over the parameter, with marks for the true values.",
        ),
        Picture(
            lambda: diagrams.parameter_maps(found),
            "Left, the parameter map β: its zero is the bifurcation. Right, how fast the normal form runs. For scalar "
            "normal forms, stretching z stretches β and τ² with it, so that seeds need not agree on them.",
            "Rising or falling curves of beta and of the time scale over the parameter.",
        ),
    ]


def _trajectories(found: Findings) -> list[Item]:
    items: list[Item] = [
        Picture(
            lambda: portraits.portraits(found),
            "Three test trajectories, at a low, a middle and a high parameter: above in state space, below in latent "
            "space, where the data are the encoded states. The normal form knows the first state only. The seed is the "
            "one with the median rollout error.",
            "Curves of data and of predictions which lie on one another.",
        )
    ]
    if found.system.form.dimension == 2 and found.gathered.test.states.shape[2] > 2:
        items += [
            Picture(
                lambda: portraits.fields(found),
                "A test trajectory (time from left to right), what the normal form makes of its first state, and the "
                "difference.",
                "Three images of the state over time: data, prediction, difference.",
            ),
            *_ends(found),
            Animation(
                lambda: portraits.film(found),
                "The same trajectory as it runs: the data, the decoded normal form, and both in latent space.",
                "An oscillating state beside its prediction, and a point that runs round a circle.",
                6.0,
            ),
        ]
    return items


def _ends(found: Findings) -> list[Item]:
    if not len(found.system.ends):
        return []
    text = (
        "The end of a test trajectory as it was simulated, what the components of its state make of it, and what the "
        "normal form makes of the first state; below, the differences from what was simulated."
    )
    return [Picture(lambda: portraits.ends(found), text, "Three images of one field, and their differences.")]


def _seeds_text(found: Findings) -> str:
    gathered = found.gathered
    lost = f" {gathered.discarded} of {gathered.runs} runs were left out." if gathered.discarded else ""
    return (
        f"All seeds saw the same trajectories; they differ in the networks' weights and in the order of the data. None "
        f"was restarted.{lost} The rollout error is the root mean square of the error over all test trajectories and "
        "times, over that of the test states about their mean."
    )


NAMES: dict[str, tuple[str, str, float]] = {
    "rollout_error": ("Rollout", "%", 100.0),
    "worst_trajectory_error": ("Worst one", "%", 100.0),
    "reconstruction_error": ("Reconstruction", "%", 100.0),
    "bifurcation": ("Bifurcation", "", 1.0),
    "bifurcation_error_relative": ("Its error", "%", 100.0),
    "bifurcation_error_of_range": ("Of the range", "%", 100.0),
    "worst_amplitude_error": ("Amplitude", "%", 100.0),
    "leaving_time_error": ("Leaving time", "%", 100.0),
}


def _seeds(found: Findings) -> Table:
    judged = found.judged.seeds
    other = "bifurcation_error_relative" if found.system.form.dimension == 1 else "bifurcation_error_of_range"
    shown = {name: label for name, label in NAMES.items() if name in judged and name != other}
    decimals = lambda name: 4 if name == "bifurcation" else 2
    columns = [Column(title, unit, "none", decimals(name)) for name, (title, unit, _) in shown.items()]
    rows = [
        (
            f"{k}",
            *(factor * float(judged[name][k]) for name, (_, _, factor) in shown.items()),
            "yes" if judged["monotone"][k] else "no",
            "yes" if judged["success"][k] else "no",
        )
        for k in range(found.settings.seeds)
    ]
    caption = (
        f"Every seed: errors over all test trajectories and of the worst one, of states that are encoded and decoded "
        f"only, {_of_bifurcation(found)}. Success: {_success()}."
    )
    return Table(("Seed", *columns, "Monotone", "Success"), rows, caption)


def _of_bifurcation(found: Findings) -> str:
    if found.system.form.dimension == 1:
        return "of the bifurcation over the sampled range, and of the times at which trajectories leave, over the last"
    return "of the bifurcation over itself, and the largest of limit cycles' amplitudes"


def _losses(found: Findings) -> Item:
    terms = ("reconstruction", "state_slopes", "latent_slopes", "rollout")
    series: dict[str, Any] = {}
    for name in terms:
        rows = [of.history.terms[name] for of in found.fit.stages if name in of.history.terms]
        if rows:
            whole = np.concatenate(rows)
            width = max(1, len(whole) // 200)
            mean = whole[: len(whole) // width * width].reshape(-1, width).mean(axis=1)
            series[name.replace("_", " ")] = (width * (1 + np.arange(len(mean))), mean)
    return Picture(
        lambda: curves(series, "step", "term of the loss, mean over seeds", "linear", "log"),
        "The terms of the loss during training, each relative to the size of what it compares. The learning rate falls "
        "to zero at the end of each part.",
        "Falling curves.",
    )


def _variants(found: Findings) -> list[Section]:
    if not found.variants:
        return []
    columns = (
        "Training",
        Column("Monotone", f"of {found.settings.seeds}", "max", 0),
        Column("Success", f"of {found.settings.seeds}", "max", 0),
        Column("Rollout error", "%", "min", 2),
        Column("Bifurcation error", "%", "min", 2),
    )
    rows = [(name, *_variant(judged)) for name, judged in found.variants.items()]
    caption = (
        f"Variants, each trained for {max(2, round(COMPARED * found.fit.stages[0].steps))} steps only, over all seeds. "
        "Errors are means over seeds with 95 % intervals; a map without exactly one zero has no bifurcation error."
    )
    return [Section("What keeps the parameter map monotone", _restarts_text(found), [Table(columns, rows, caption)])]


def _variant(judged: Judged) -> tuple[Any, ...]:
    bifurcation = judged.seeds.get("bifurcation_error_relative", np.empty(0))
    return (
        int(judged.seeds["monotone"].sum()),
        int(judged.seeds["success"].sum()),
        _cell(100 * judged.seeds["rollout_error"]),
        _cell(100 * bifurcation),
    )


def _cell(values: np.ndarray) -> Cell | None:
    known = values[np.isfinite(values)]
    if not len(known):
        return None
    interval = mean_interval(known)
    return Cell(interval.mean, interval.low, interval.high) if len(known) > 1 else Cell(interval.mean)


def _restarts_text(found: Findings) -> str:
    text = (
        "The published orientation loss compares the signs of β and of the parameter's distance from the bifurcation. "
        "It has no gradient, so it trains nothing: it works by throwing away what began wrongly, and it has to be told "
        "the bifurcation. A monotone map needs neither."
    )
    return "\n\n".join([text, *(f"- {_restarts_line(name, of)}" for name, of in found.restarts.items())])


def _restarts_line(name: str, restarts: Restarts) -> str:
    told = {"centred": "centred on the bifurcation beforehand, as published", "raw": "not centred on the bifurcation"}
    counted = (
        f"Of {restarts.begun} parameter autoencoders trained as published on a parameter {told[name]}, "
        f"{restarts.monotone} were monotone and {restarts.accepted} had the right signs throughout"
    )
    if not restarts.accepted:
        return f"{counted}: more than {restarts.begun} restarts, which the monotone map saves."
    return f"{counted}: **{restarts.expected:.1f} restarts** are to be expected, which the monotone map saves."


def _limits(found: Findings) -> str:
    blind = "The coordinates z do not see the parameter, so what changes with it at the same z cannot be decoded."
    seeing = "The coordinates depend on the parameter too, which the published ones do not."
    sheared = (
        "The Hopf normal form has a shear c, learned with the coordinates, by which the frequency changes with the "
        "amplitude [@stuart1960]; the published form has none."
    )
    points = [
        *found.system.notes,
        *([sheared] if isinstance(found.system.form, StuartLandau) else []),
        seeing if found.system.training.architecture.parametric else blind,
        "Six terms of the loss are the published ones; the seventh, the rollout, is not, and the table of variants "
        "says what it brings.",
        "Training begins at the affine coordinates that follow the normal form best, with the orientation (which way "
        "an oscillation turns, whether β rises) chosen by trying all of them on the data.",
    ]
    return "\n".join(f"- {point}" for point in [*_doubt(found.fit.residual, found.system.form.name), *points])


def _doubt(residual: float, form: str) -> list[str]:
    """What to think of data that hardly follow the normal form before training."""
    if residual <= UNEXPLAINED:
        return []
    return [
        f"**No affine coordinates were found in which the data follow the {form} normal form: the best leave "
        f"{100 * residual:.0f} % of the mean square of the slopes unexplained.** The training began with next to "
        "nothing, and networks bend many things into a shape that fits: the learned bifurcation may be one that the "
        "data do not have. Look whether another normal form, a wider range of the parameter or more measured "
        "components explain them better."
    ]


def audit_page(answers: Answers) -> Page:
    """The answers alone, for `wellposed audit`."""
    return Page("Audit of a normal-form autoencoder", ASKED, [audit_section(answers)])


ASKED = (
    "Six questions, asked of the map from a first state and a parameter to a trajectory, for the seed with the median "
    "rollout error. Conjugacy is what a normal-form autoencoder promises: to encode and then follow the normal form is "
    "to follow the system and then encode."
)


def audit_section(answers: Answers) -> Section:
    """Six cards about the seed with the median rollout error."""
    return six_questions(answers, next(iter(answers), ""), ASKED if answers else "No map was asked.", draw)
