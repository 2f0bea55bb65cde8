"""The run: three questions, one after the other."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import numpy as np
from jaxtyping import Array, Key
from scipy.special import eval_legendre

from wellposed.geometry import InformedNetwork, Mesh
from wellposed.simulate import sphere
from wellposed.train import FitResult, Progress

from .cases import SEEN, TIMES, Pairs, Place, pairs, places, solution, sphere_place
from .descent import Descent, descent
from .learn import Judged, judge, learn
from .networks import CLASSICAL, INFORMED, networks
from .settings import Settings
from .widths import Widths, widths

DEGREES = (1, 2, 3, 4)  # of the spherical harmonics
TRAIN, TEST = 0, 1


class Maps(eqx.Module):
    """The trained networks of the first seed, by case and name."""

    networks: dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Harmonics:
    """Relative errors on refined icosahedra against exp(-l (l + 1) t) Y_l, means over degrees.

    Attributes:
        vertices: of each refinement.
        learned: by the learned map of the first seed.
        exact: by the exact solution on the mesh, which has the error of the mesh alone.
    """

    vertices: np.ndarray
    learned: np.ndarray
    exact: np.ndarray


@dataclass(frozen=True)
class Findings:
    """All that a run found.

    Attributes:
        settings: of the run.
        judged: case -> network -> place -> one for each seed.
        parameters: case -> network -> numbers that it learns.
        places: case -> its places, the seen one first.
        harmonics: where the heat equation on a mesh was learned.
        descent: of the second question.
        widths: of the third.
        maps: of the first seed.
        fits: name of a training -> how it went.
        seconds: of each question.
    """

    settings: Settings
    judged: Mapping[str, Mapping[str, Mapping[str, list[Judged]]]]
    parameters: Mapping[str, Mapping[str, int]]
    places: Mapping[str, list[Place]]
    harmonics: Harmonics | None
    descent: Descent
    widths: Widths
    maps: Maps
    fits: Mapping[str, FitResult]
    seconds: Mapping[str, float]


def cases(settings: Settings) -> list[tuple[str, str]]:
    """Every equation in every kind of place."""
    return [(equation, kind) for kind in settings.places for equation in settings.equations]


def title(equation: str, kind: str) -> str:
    """The name of a case.

    Example:
        >>> title("heat", "mesh")
        'heat, mesh'
    """
    return f"{equation}, {kind}"


def data(settings: Settings, split: str) -> Mapping[str, Pairs]:
    """The pairs of the seen place of each case, of the first seed."""
    use, count = (TRAIN, settings.samples) if split == "train" else (TEST, settings.test_samples)
    return {
        title(*case): pairs(*case, places(settings, *case)[0], count, seed_of(settings, 0, use))
        for case in cases(settings)
    }


def build(settings: Settings, key: Key[Array, ""]) -> Maps:
    """The networks before training."""
    return Maps(
        {title(*case): networks(*case, places(settings, *case)[0], settings.hidden, key) for case in cases(settings)}
    )


def find(settings: Settings, checkpoints: Path, progress: Progress) -> Findings:
    """Everything; trainings that were stopped are taken up."""
    checkpoints.mkdir(parents=True, exist_ok=True)
    fits: dict[str, FitResult] = {}
    seconds, clock = {}, time.perf_counter()
    judged, sites = {}, {}
    with progress.task("open questions", total=len(cases(settings)) + 2) as advance:
        for case in cases(settings):
            sites[title(*case)] = places(settings, *case)
            judged[title(*case)] = _case(case, sites[title(*case)], settings, checkpoints, progress, fits)
            advance(1, stage=title(*case))
        first = Maps({case: {name: fits[f"{case}, {name}, 0"].model for name in of} for case, of in judged.items()})
        found = harmonics(settings, first) if ("heat", "mesh") in cases(settings) else None
        seconds["modelling"], clock = time.perf_counter() - clock, time.perf_counter()
        second = descent(settings)
        seconds["generalisation"], clock = time.perf_counter() - clock, time.perf_counter()
        advance(1, stage="double descent")
        third = widths(settings, checkpoints, progress)
        seconds["expressiveness"] = time.perf_counter() - clock
        advance(1, stage="shallow networks")
    sizes = {case: {name: _size(model) for name, model in of.items()} for case, of in first.networks.items()}
    return Findings(settings, judged, sizes, sites, found, second, third, first, fits, seconds)


def _case(
    case: tuple[str, str],
    sites: list[Place],
    settings: Settings,
    folder: Path,
    progress: Progress,
    fits: dict[str, FitResult],
) -> dict[str, dict[str, list[Judged]]]:
    """One equation in one kind of place, all networks and seeds."""
    judged: dict[str, dict[str, list[Judged]]] = {}
    for turn in range(settings.seeds):
        seed = seed_of(settings, turn, TRAIN)
        seen = pairs(*case, sites[0], settings.samples, seed)
        unseen = [pairs(*case, site, settings.test_samples, seed_of(settings, turn, TEST)) for site in sites]
        for name, start in networks(*case, sites[0], settings.hidden, jax.random.key(seed)).items():
            label = f"{title(*case)}, {name}, {turn}"
            plain = "-".join((*case, name, str(turn)))
            fits[label] = learn(start, sites[0], seen, settings, seed, folder, plain, progress)
            for site, of in zip(sites, unseen, strict=True):
                if name != CLASSICAL or site.name == SEEN:
                    judged.setdefault(name, {}).setdefault(site.name, []).append(
                        judge(fits[label].model, case[0], site, of)
                    )
    return judged


def harmonics(settings: Settings, maps: Maps) -> Harmonics:
    """The learned heat equation on spheres, against the smooth solution: a spherical harmonic decays by itself."""
    model: InformedNetwork = maps.networks[title("heat", "mesh")][INFORMED]
    time = TIMES["heat", "mesh"]
    rows = []
    for refinements in range(1, settings.refinements + 1):
        place = sphere_place(Mesh(*sphere(refinements)))
        start = np.stack([eval_legendre(degree, place.positions[:, 2]) for degree in DEGREES])
        smooth = np.exp([-degree * (degree + 1) * time for degree in DEGREES])[:, None] * start
        mesh = np.moveaxis(solution("heat", place, start.T, time), 1, 0)
        against = Pairs(start[..., None], smooth[..., None], smooth[..., None])
        mass = np.asarray(place.cells.mass)
        size = lambda x, mass=mass: np.sqrt((x**2 * mass[None]).sum(1))
        rows.append(
            (len(mass), judge(model, "heat", place, against).error, (size(mesh[..., 0] - smooth) / size(smooth)).mean())
        )
    vertices, learned, exact = np.array(rows).T
    return Harmonics(vertices.astype(int), learned, exact)


def seed_of(settings: Settings, turn: int, use: int) -> int:
    """Another one for each training and use."""
    return 1000 * settings.seed + 10 * turn + use


def _size(model: Any) -> int:
    return sum(leaf.size for leaf in jax.tree.leaves(eqx.filter(model, eqx.is_inexact_array)))
