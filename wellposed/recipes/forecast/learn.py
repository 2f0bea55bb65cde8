"""The learned maps: a reservoir, a recurrent network, a sparse law and a linear map."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import optax
from jaxtyping import Array

from wellposed.dynamics import DMD, Knobs, Recurrent, Reservoir, SINDy, numerical_rank
from wellposed.simulate import Trajectories
from wellposed.train import Progress

from .settings import Settings
from .systems import splits

RESERVOIR, RECURRENT, LAW, LINEAR = "reservoir", "recurrent network", "sparse law", "linear map"
HORIZON, BATCH = 32, 64  # of the recurrent network's windows


class Methods(eqx.Module):
    """The trained maps of the first repeat: what is saved, and applied to the states of others."""

    reservoir: Reservoir
    recurrent: Recurrent
    horizon: int = eqx.field(static=True)

    def __call__(self, history: Array) -> Array:
        """The reservoir's forecast, (horizon, state), from a history of states, oldest first."""
        ts = self.reservoir.step * jax.numpy.arange(self.horizon + 1)
        return self.reservoir.predict(history, None, ts)[1:]


def build(settings: Settings, key: Array) -> Methods:
    """The maps before training, in their shapes."""
    train = splits(settings).train.between(0, 150)
    knobs = _knobs(settings)._replace(washout=50)
    return Methods(
        Reservoir.fit(train, key, knobs), Recurrent.init(train, settings.hidden, key), horizon=settings.horizon
    )


def reservoirs(settings: Settings, train: Trajectories) -> list[Reservoir]:
    """One of each seed."""
    return [Reservoir.fit(train, key, _knobs(settings)) for key in _keys(settings, 1)]


def recurrents(
    settings: Settings, train: Trajectories, checkpoints: Path, progress: Progress
) -> tuple[list[Recurrent], dict[str, Any]]:
    """One of each seed, and the first training."""
    found, first = [], None
    schedule = optax.cosine_decay_schedule(3e-3, settings.steps)
    optimiser = optax.chain(optax.clip_by_global_norm(1.0), optax.adam(schedule))
    for repeat, key in enumerate(_keys(settings, 2)):
        trained = Recurrent.fit(
            train,
            settings.hidden,
            optimiser,
            horizon=HORIZON,
            batch=BATCH,
            steps=settings.steps,
            key=key,
            folder=checkpoints,
            name=f"recurrent-{repeat}",
            resume=True,
            progress=progress,
        )
        found.append(trained.model)
        first = first or trained
    return found, {"recurrent network": first}


def explicit(train: Trajectories) -> dict[str, Any]:
    """The maps that are no networks: there is one of each."""
    rank = numerical_rank(train)  # less than the components where one of them follows from others
    return {LAW: SINDy.fit(train, degree=2, threshold=0.05), LINEAR: DMD.fit(train, max(rank, 1))}


def forecaster(model: Any, history: bool) -> Callable[[Array, Any, Array], Array]:
    """The model as a map `(states so far, parameter, ts) -> states`; one without memory takes the last of them."""
    if history and isinstance(model, Reservoir):
        return lambda past, parameter, ts: model.predict(past, None, ts)
    return lambda past, parameter, ts: model.predict(past[-1] if past.ndim > 1 else past, None, ts)


def _knobs(settings: Settings) -> Knobs:
    return Knobs(size=settings.reservoir, radius=settings.radius, reach=settings.reach)


def _keys(settings: Settings, stream: int) -> Array:
    return jax.random.split(jax.random.fold_in(jax.random.key(settings.seed), stream), settings.repeats)
