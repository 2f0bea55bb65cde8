"""The run: every network and its rival learn the same samples, and are judged on others, moved by the group too."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import numpy as np
from jaxtyping import Array, Float, Key

from wellposed.geometry import GroupCNN
from wellposed.train import FitResult, Progress

from . import pictures
from .learn import Judged, judge, learn, named_rightly
from .room import Labelled, Room
from .rooms import ROOMS
from .settings import Settings

NETWORK, RIVAL = "network", "rival"
BLOCKS = (1, 2, 4, 5, 10)  # sides of the blocks that scale separation averages over
TRAIN, TEST, LAW = 0, 1, 2  # what a seed is for


class Maps(eqx.Module):
    """The trained networks of the first seed, and their rivals, by the architecture's name."""

    networks: dict[str, Any]
    rivals: dict[str, Any]


@dataclass(frozen=True)
class Findings:
    """All that a run found.

    Attributes:
        settings: of the run.
        judged: architecture -> network or rival -> one for each seed.
        separation: side of the blocks -> share of the coarse-grained pictures that are named rightly, for each seed.
        maps: of the first seed.
        fits: name of a training -> how it went.
        seconds: of everything.
    """

    settings: Settings
    judged: Mapping[str, Mapping[str, list[Judged]]]
    separation: Mapping[int, np.ndarray]
    maps: Maps
    fits: Mapping[str, FitResult]
    seconds: float


def data(settings: Settings, split: str) -> Mapping[str, Labelled]:
    """The samples of each room for the first seed."""
    use, count = (TRAIN, settings.samples) if split == "train" else (TEST, settings.test_samples)
    return {name: ROOMS[name].draw(seed_of(settings, 0, use), count, False) for name in settings.rooms}


def build(settings: Settings, key: Key[Array, ""]) -> Maps:
    """The networks before training."""
    rooms = [ROOMS[name] for name in settings.rooms]
    return Maps(
        {room.architecture: room.network(key) for room in rooms}, {room.architecture: room.rival(key) for room in rooms}
    )


def find(settings: Settings, checkpoints: Path, progress: Progress) -> Findings:
    """Everything; trainings that were stopped are taken up."""
    clock = time.perf_counter()
    checkpoints.mkdir(parents=True, exist_ok=True)
    judged: dict[str, dict[str, list[Judged]]] = {name: {NETWORK: [], RIVAL: []} for name in settings.rooms}
    fits: dict[str, FitResult] = {}
    with progress.task("blueprint", total=settings.seeds * len(settings.rooms) + settings.scales) as advance:
        for name in settings.rooms:
            for turn in range(settings.seeds):
                _room(ROOMS[name], turn, settings, checkpoints, progress, judged[name], fits)
                advance(1, stage=name)
        separation = {}
        for block in BLOCKS[: settings.scales]:
            separation[block] = np.array(
                [_separated(block, turn, settings, checkpoints, progress) for turn in range(settings.seeds)]
            )
            advance(1, stage=f"blocks of {block}")
    first = lambda who: {name: fits[f"{name}, {who}, 0"].model for name in settings.rooms}
    maps = Maps(first(NETWORK), first(RIVAL))
    return Findings(settings, judged, separation, maps, fits, time.perf_counter() - clock)


def _room(
    room: Room,
    turn: int,
    settings: Settings,
    folder: Path,
    progress: Progress,
    judged: dict[str, list[Judged]],
    fits: dict[str, FitResult],
) -> None:
    """One seed of a row."""
    train = room.draw(seed_of(settings, turn, TRAIN), settings.samples, False)
    plain, moved = (room.draw(seed_of(settings, turn, TEST), settings.test_samples, m) for m in (False, True))
    for who, make in ((NETWORK, room.network), (RIVAL, room.rival)):
        title = f"{room.architecture}, {who}, {turn}"
        start = make(jax.random.key(seed_of(settings, turn, TRAIN)))
        fits[title] = learn(start, train, settings, seed_of(settings, turn, TRAIN), folder, _plain(title), progress)
        judged[who].append(judge(fits[title], room, seed_of(settings, turn, LAW), plain, moved))


def _separated(block: int, turn: int, settings: Settings, folder: Path, progress: Progress) -> float:
    """The share of pictures that f' names rightly from P x, the means over blocks."""
    room = ROOMS["CNN"]
    of = lambda use, count: coarse(room.draw(seed_of(settings, turn, use), count, False), block)
    key = jax.random.key(seed_of(settings, turn, TRAIN))
    start = GroupCNN(1, pictures.CHANNELS, pictures.CLASSES, order=1, depth=pictures.DEPTH, key=key)
    name = f"blocks-{block}-{turn}"
    fitted = learn(start, of(TRAIN, settings.samples), settings, seed_of(settings, turn, TRAIN), folder, name, progress)
    test = of(TEST, settings.test_samples)
    return float(named_rightly(fitted.model, test).mean())


def coarse(samples: Labelled, block: int) -> Labelled:
    """P: each picture by the means over its blocks."""
    x: Float[Array, "n side side 1"] = samples.inputs
    n, side = x.shape[:2]
    parts = x.reshape(n, side // block, block, side // block, block, 1)
    return samples._replace(inputs=parts.mean((2, 4)))


def seed_of(settings: Settings, turn: int, use: int) -> int:
    """Another one for each training and use."""
    return 1000 * settings.seed + 10 * turn + use


def _plain(title: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in title)
