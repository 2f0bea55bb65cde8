"""What a system is to this recipe."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from jaxtyping import Array, Float, Key

from wellposed.dynamics import Architecture, NormalForm, NormalFormLoss, Stage
from wellposed.simulate import Trajectories


class Simulated(NamedTuple):
    """Trajectories, and how many runs were left out of them.

    Attributes:
        trajectories: with slopes, and the raw parameter of each.
        discarded: runs that belong to another normal form.
    """

    trajectories: Trajectories
    discarded: int = 0


class Prepared(NamedTuple):
    """A system whose simulation is long, with all that was simulated.

    Attributes:
        system: with what is known only now.
        train: training trajectories.
        test: test trajectories.
    """

    system: "System"
    train: Simulated
    test: Simulated


@dataclass(frozen=True)
class Training:
    """What suits a system: the networks, the loss, the parts of the training.

    Args:
        architecture: of the networks.
        loss: the weights of the terms.
        stages: of the training.
    """

    architecture: Architecture
    loss: NormalFormLoss
    stages: tuple[Stage, ...]


@dataclass(frozen=True)
class System:
    """A system with a bifurcation, and what is known of it.

    Args:
        title: for the page.
        text: what it is, in a sentence or two, with its sources.
        form: its normal form.
        parameter: symbol of its parameter.
        simulate: (key, how many) -> trajectories, whose parameters are drawn from a range that is not centred on the
            bifurcation.
        training: what suits it.
        critical: -> the exact parameter of the bifurcation, or None where it is not known.
        equilibria: parameter -> states of all equilibria nearby, shape (m, n), for scalar systems.
        saturated: (key, parameters) -> a late piece of a trajectory for each, for the amplitude of limit cycles.
        box: the states count until a component leaves +-box; None where they always do.
        states: what the components of a state are, for axes.
        pictures: (state (n,), parameter) -> picture (height, width), where a state is a field on the plane; None draws
            the states themselves over time.
        shown: the largest value that pictures show in full, where a few places exceed all others; None for the maximum.
        ends: pictures of the test trajectories at their ends that no reduction to a state has touched; they may be
            fewer than the trajectories.
        size: components of a state, for a system that is `prepare`d; otherwise found by simulation.
        prepare: (key, how many for training, how many for the test, folder) -> the system and its trajectories, for a
            long simulation that has to serve both; its stages are kept in the folder.
        elsewhere: (key, how many) -> name -> trajectories from parameters that were not sampled, for the audit.
        notes: sentences for the reader of the page.
    """

    title: str
    text: str
    form: NormalForm
    parameter: str
    simulate: Callable[[Key[Array, ""], int], Simulated]
    training: Training
    critical: Callable[[], float] | None = None
    equilibria: Callable[[float], Float[Any, "m n"]] | None = None
    saturated: Callable[[Key[Array, ""], Float[Any, " m"]], Trajectories] | None = None
    box: float | None = None
    states: str = "state"
    pictures: Callable[[Float[Any, " n"], Any], Float[Any, "height width"]] | None = None
    shown: float | None = None
    ends: Sequence[Float[Any, "height width"]] = ()
    size: int | None = None
    prepare: "Callable[[Key[Array, ''], int, int, Path | None], Prepared] | None" = None
    elsewhere: Callable[[Key[Array, ""], int], dict[str, Simulated]] | None = None
    notes: tuple[str, ...] = field(default=())


def uniform(key: Key[Array, ""], count: int, low: float, high: float) -> Any:
    """Independent numbers between low and high, as a NumPy array."""
    import jax
    import numpy as np

    return low + (high - low) * np.asarray(jax.random.uniform(key, (count,)), float)
