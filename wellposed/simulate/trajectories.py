"""The one record of trajectories: what simulators make, readers read, and learned dynamics are fitted to."""

from typing import NamedTuple

import numpy as np
from jaxtyping import ArrayLike, Bool, Float, Int


class Trajectories(NamedTuple):
    """Solutions x(t) of dx/dt = f(x, p), sampled at common times; a pytree of arrays.

    Attributes:
        ts: the times, increasing, shape (times,).
        states: shape (trajectories, times, state).
        slopes: dx/dt at the same places, of the same shape, or None where it is not known.
        parameters: p of each trajectory, shape (trajectories,), or None where the system has none.
        inside: shape (trajectories, times), True until a trajectory first leaves the box in which it counts; None
            where all of them count throughout.

    Example:
        >>> ts = np.linspace(0.0, 1.0, 3)
        >>> decay = Trajectories(ts, np.exp(-ts)[None, :, None], parameters=np.ones(1))
        >>> decay.states.shape, decay.slopes is None
        ((1, 3, 1), True)
    """

    ts: Float[ArrayLike, " times"]
    states: Float[ArrayLike, "trajectories times state"]
    slopes: Float[ArrayLike, "trajectories times state"] | None = None
    parameters: Float[ArrayLike, " trajectories"] | None = None
    inside: Bool[ArrayLike, "trajectories times"] | None = None

    def take(self, places: Int[ArrayLike, " some"] | slice) -> "Trajectories":
        """Some of the trajectories."""
        chosen = (None if part is None else np.asarray(part)[places] for part in self[1:])
        return Trajectories(self.ts, *chosen)  # pyright: ignore[reportArgumentType]

    def between(self, start: int, stop: int | None = None) -> "Trajectories":
        """All trajectories at the times with numbers start ... stop - 1."""
        cut = lambda part: None if part is None else np.asarray(part)[:, start:stop]
        return Trajectories(
            np.asarray(self.ts)[start:stop], cut(self.states), cut(self.slopes), self.parameters, cut(self.inside)
        )


def until_outside(states: Float[ArrayLike, "trajectories times state"], bound: float) -> Bool[np.ndarray, "n times"]:
    """True until a trajectory first has a component beyond +-bound.

    Example:
        >>> until_outside(np.array([[[0.0], [2.0], [0.5]]]), 1.0)
        array([[ True, False, False]])
    """
    here = np.all(np.abs(np.asarray(states)) <= bound, axis=-1)
    return np.logical_and.accumulate(here, axis=1)
