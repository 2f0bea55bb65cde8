"""The one record of trajectories: what simulators make, readers read, and learned dynamics are fitted to."""

from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float


class Trajectories(NamedTuple):
    """Solutions x(t) of dx/dt = f(x, p), sampled at common times; a pytree of NumPy or JAX arrays.

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

    ts: Float[Any, " times"]
    states: Float[Any, "trajectories times state"]
    slopes: Float[Any, "trajectories times state"] | None = None
    parameters: Float[Any, " trajectories"] | None = None
    inside: Bool[Any, "trajectories times"] | None = None

    def take(self, places: Any) -> "Trajectories":
        """Some of the trajectories, by an array of numbers, a mask or a slice."""
        some = lambda part: None if part is None else part[places]
        return Trajectories(self.ts, self.states[places], some(self.slopes), some(self.parameters), some(self.inside))

    def between(self, start: int, stop: int | None = None) -> "Trajectories":
        """All trajectories at the times with numbers start ... stop - 1."""
        cut = lambda part: None if part is None else part[:, start:stop]
        return Trajectories(
            self.ts[start:stop], self.states[:, start:stop], cut(self.slopes), self.parameters, cut(self.inside)
        )


def until_outside(states: Float[Any, "n times state"], bound: float) -> Bool[np.ndarray, "n times"]:
    """True until a trajectory first has a component beyond +-bound.

    Example:
        >>> until_outside(np.array([[[0.0], [2.0], [0.5]]]), 1.0)
        array([[ True, False, False]])
    """
    here = np.all(np.abs(np.asarray(states)) <= bound, axis=-1)
    return np.logical_and.accumulate(here, axis=1)
