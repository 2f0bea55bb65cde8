"""The same CPU time for all: how many steps a method takes in it, measured once and kept."""

import time
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import jax
import numpy as np
import optax

from wellposed.io import read_json, write_json
from wellposed.train import Minibatches, Progress, StratifiedMinibatches, falling, fit
from wellposed.transport import AbstractNormalizingFlow, Pairs, flow_loss, ot_pairs
from wellposed.transport import FlowMatching as _FlowMatching

from .settings import Settings

ADAM = optax.chain(optax.clip_by_global_norm(1.0), optax.adam(1.0))
Batches: TypeAlias = Minibatches | StratifiedMinibatches
_MOST = 2**22  # samples of `StratifiedMinibatches`
_TRIALS, _TRIAL = 3, 0.02  # trials, and the part of the budget that each takes


def batches(settings: Settings, flow: AbstractNormalizingFlow, points: np.ndarray, key: Any) -> Batches:
    """Points, or for flow matching pairs by the optimal transport of minibatches; spread evenly in each batch.

    Tables too large for that are drawn from at random.
    """
    size = min(settings.batch, len(points))
    part: np.ndarray | Pairs = points
    if isinstance(flow, _FlowMatching):
        part = ot_pairs(points, jax.random.fold_in(key, 1), min(256, len(points)))
    return (StratifiedMinibatches if len(points) <= _MOST else Minibatches)(part, size=size, key=key)


class Pace(NamedTuple):
    """What a step of a method costs, and how many of them its budget pays for.

    Attributes:
        steps: of training.
        cpu_seconds_per_step: the median of the trials.
    """

    steps: int
    cpu_seconds_per_step: float


def pace_within(
    seconds: float, name: str, flow: AbstractNormalizingFlow, lessons: Batches, rate: float, folder: Path
) -> Pace:
    """How many steps fit into so many CPU seconds, from trials that are not kept; a resumed run reads the number.

    CPU seconds of this process, since other processes may share the cores.
    """
    path = folder / f"{plain(name)}.pace.json"
    if path.exists():
        return Pace(**read_json(path))

    def spent(steps: int) -> float:
        clock, quiet = time.process_time(), Progress(shown=False)
        fit(flow, flow_loss, lessons, falling(ADAM, rate, 1000), steps=steps, key=jax.random.key(0), progress=quiet)
        return time.process_time() - clock

    spent(1)  # compiles
    without = spent(1)
    pace = max(spent(9) - without, 1e-3) / 8
    trial = 1 + int(np.clip(_TRIAL * seconds / pace, 8, 400))
    pace = float(np.median([max(spent(trial) - without, 1e-3) / (trial - 1) for _ in range(_TRIALS)]))
    found = Pace(max(2, int(seconds / pace)), pace)
    write_json(path, found._asdict())
    return found


def plain(name: str) -> str:
    """The name of a method as the name of a file."""
    return "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name)
