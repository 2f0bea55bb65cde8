"""The run: measure, choose, learn, compare, audit."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from wellposed.audit import Answer, Curve
from wellposed.inverse import LearnedSVD, LSVDLoss, Pairs
from wellposed.simulate import individuals
from wellposed.train import FitResult, Progress

from . import learn
from .classical import Classical, choose
from .latents import latent_pictures
from .methods import CENTRED, DIAGONAL, FROM_RANDOM, Methods, starts
from .oracles import Optima, optima
from .pictures import data
from .questions import TRAINING_PICTURES, Pair, audited, problem
from .scanner import Scanner, check, scanner
from .score import Score, milliseconds, reconstruct, score
from .settings import Settings
from .sweep import expressivity

TEST = "test"


@dataclass(frozen=True)
class Sets:
    """Pictures and their data, by split; and single persons, out of distribution."""

    train: np.ndarray
    validation: Pair
    test: Pair
    elsewhere: Mapping[str, Pair]
    captions: Mapping[str, str]

    @property
    def shown(self) -> Mapping[str, Pair]:
        """The test set, by the name `TEST`, and the sets of single persons by theirs."""
        return {TEST: self.test, **self.elsewhere}


@dataclass(frozen=True)
class Findings:
    """All that a run found, for its record and its page."""

    settings: Settings
    sets: Sets
    methods: Methods
    classical: Classical
    pictures: Mapping[str, Mapping[str, np.ndarray]]
    scores: Mapping[str, Score]
    elsewhere: Mapping[str, Mapping[str, Score]]
    milliseconds: Mapping[str, float]
    paths: Mapping[str, Mapping[str, float]]
    optima: Optima | None
    best_linear: Score | None
    latents: Mapping[str, np.ndarray]
    curves: Mapping[str, Curve]
    answers: Mapping[str, Mapping[str, Answer]]
    fits: Mapping[str, FitResult]
    seconds: Mapping[str, float]


def find(settings: Settings, checkpoints: Path, progress: Progress) -> Findings:
    """Everything, stage by stage; trainings that were finished or stopped are taken up from their checkpoints."""
    check(settings)
    clock = _Clock()
    key = jax.random.key(settings.seed)
    with progress.task("lsvd", total=8) as advance:
        train = data(settings, "train")
        scan = scanner(settings, train)
        sets = gather(settings, scan, train)
        advance(1, stage=clock("data and singular values"))
        classical = choose(scan, learn.means(scan, train), *sets.validation)
        advance(1, stage=clock("classical methods"))
        x = jnp.asarray(train)
        school = learn.School(scan, x, scan.project(x), key, checkpoints, True, progress)
        methods, fits = teach(settings, school, classical, sets)
        advance(1, stage=clock("learned methods"))
        found = optima(methods, train) if settings.noise_model == "gaussian" else None
        advance(1, stage=clock("closed forms"))
        maps = methods.maps()
        pictures = reconstruct_all(maps, sets)
        scores = {
            place: {name: score(of[place], sets.shown[place][0]) for name, of in pictures.items()}
            for place in sets.shown
        }
        times = {name: milliseconds(f, sets.test[1]) for name, f in maps.items()}
        advance(1, stage=clock("comparison"))
        curves = expressivity(settings, school, *sets.test)
        advance(1, stage=clock("rank and number of pictures"))
        latents = latent_pictures(settings, school, methods)
        advance(1, stage=clock("latent pictures"))
        asked = audit_problem(settings, methods, sets, curves)
        answers = audited(settings, methods, asked, key, progress)
        advance(1, stage=clock("audit"))
    return Findings(
        settings=settings,
        sets=sets,
        methods=methods,
        classical=classical,
        pictures=pictures,
        scores=scores[TEST],
        elsewhere={place: scores[place] for place in sets.elsewhere},
        milliseconds=times,
        paths=sub_paths(methods, sets.test),
        optima=found,
        best_linear=None if found is None else _closed_form(found, *sets.test),
        latents=latents,
        curves=curves,
        answers=answers,
        fits=fits,
        seconds=clock.seconds,
    )


def gather(settings: Settings, scan: Scanner, train: np.ndarray) -> Sets:
    """The pictures of all splits with noisy data; the noise of a set depends on the seed and its place alone."""
    key = jax.random.fold_in(jax.random.key(settings.seed), 7)
    people = individuals(settings.size)
    pictures = [data(settings, "validation"), data(settings, "test"), *(person.images for person in people)]
    pairs = [_pair(scan, jax.random.fold_in(key, i), x) for i, x in enumerate(pictures)]
    names = [person.name for person in people]
    captions = {person.name: person.caption for person in people}
    return Sets(train, pairs[0], pairs[1], dict(zip(names, pairs[2:], strict=True)), captions)


def _pair(scan: Scanner, key: jax.Array, x: np.ndarray) -> Pair:
    x_ = jnp.asarray(x)
    return x_, scan.measure(key, scan.project(x_))


def reconstruct_all(maps: Mapping[str, Any], sets: Sets) -> dict[str, dict[str, np.ndarray]]:
    """What every map makes of every set that is shown: map -> set -> pictures."""
    ends = np.cumsum([len(x) for x, _ in sets.shown.values()])[:-1]
    together = jnp.concatenate([y for _, y in sets.shown.values()])
    split = lambda f: np.split(reconstruct(f, together), ends)
    return {name: dict(zip(sets.shown, split(f), strict=True)) for name, f in maps.items()}


def teach(
    settings: Settings, school: learn.School, classical: Classical, sets: Sets
) -> tuple[Methods, dict[str, FitResult]]:
    """Panels (b), (c) and (d) and the nonlinear L-SVD, which starts from (d)."""
    scan, s = school.scanner, school.scanner.svd.s
    tikhonov = s / (s**2 + classical.alpha)
    c, d, _ = starts(settings, scan, school.means, classical.alpha, school.key)
    b = learn.data_driven(school, settings.rank, tikhonov, settings.sigma_steps, max(1, settings.batch // 4))
    c = learn.linear(school, c, "c", settings.linear_steps, settings.batch)
    d = learn.linear(school, d, "d", settings.linear_steps, settings.batch)
    coders = {"width": settings.channels, "depth": settings.depth}
    start = d.model.nonlinear(settings.network, jax.random.fold_in(school.key, 1), **coders)
    x, y = sets.validation
    loss = LSVDLoss(settings.alpha_y, settings.alpha_x, settings.distances)
    few = max(1, settings.batch // 8)
    curved = learn.nonlinear(school, start, loss, settings.nonlinear_steps, few, Pairs(x, y, scan.project(x)))
    methods = Methods(
        scan, classical.fbp, jnp.asarray(classical.alpha), jnp.asarray(classical.alpha_centred),
        jnp.asarray(classical.cut), jnp.asarray(classical.weight),
        b.model.gains, b.model.sigma, c.model, d.model, curved.model,
    )  # fmt: skip
    return methods, {"b": b, "c": c, "d": d, "nonlinear": curved}


def audit_problem(settings: Settings, methods: Methods, sets: Sets, curves: Mapping[str, Curve]) -> Any:
    """What the six questions ask about."""
    key = jax.random.fold_in(jax.random.key(settings.seed), 8)
    seen = _pair(methods.scanner, key, sets.train[:TRAINING_PICTURES])
    return problem(methods.scanner, sets.test, seen, sets.elsewhere, {FROM_RANDOM: curves})


def sub_paths(methods: Methods, test: Pair) -> dict[str, dict[str, float]]:
    """Relative errors of the three paths through each L-SVD: reconstruction, data and signal autoencoder."""
    x, y = test
    mean = lambda f, given, wanted: float(
        np.mean([np.linalg.norm(a - b) / np.linalg.norm(b) for a, b in zip(reconstruct(f, given), wanted, strict=True)])
    )
    clean = np.asarray(methods.scanner.project(x))
    plain = (CENTRED, DIAGONAL)
    models = {n: f for n, f in methods.maps().items() if isinstance(f, LearnedSVD) and n not in plain}
    return {
        name: {
            "reconstruction": mean(f, y, np.asarray(x)),
            "data autoencoder": mean(eqx.Partial(_data_path, f), y, clean),
            "signal autoencoder": mean(eqx.Partial(_signal_path, f), x, np.asarray(x)),
        }
        for name, f in models.items()
    }


def _data_path(model: Any, y: jax.Array) -> jax.Array:
    return model.data_autoencoder(y)


def _signal_path(model: Any, x: jax.Array) -> jax.Array:
    return model.signal_autoencoder(x)


def _closed_form(found: Optima, x: jax.Array, y: jax.Array) -> Score:
    matrix, mean_y, mean_x = (jnp.asarray(part, jnp.float32) for part in found.best)

    def best(y: jax.Array) -> jax.Array:
        return (matrix @ (y.ravel() - mean_y) + mean_x).reshape(x.shape[1:])

    return score(reconstruct(best, y), x)


class _Clock:
    def __init__(self):
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def __call__(self, stage: str) -> str:
        now = time.perf_counter()
        self.seconds[stage], self._last = now - self._last, now
        return stage
