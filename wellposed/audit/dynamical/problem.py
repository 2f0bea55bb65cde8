"""The record of everything that the six questions need to know about a dynamical system."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

if TYPE_CHECKING:
    from .laws import Law

Predictor: TypeAlias = Callable[[Any, Any, Any], Any]
"""A map `(x0, parameter, ts) -> states`: from a state (size,) at ts[0] to the states (times, size) at ts."""


class Runs(NamedTuple):
    """Trajectories of one system, all at the same times.

    Args:
        states: the truth; NaN from where it is unknown on, as after a state has left the region of interest.
        parameters: what the system was run with, one row for each trajectory; None if there is no parameter.
    """

    states: Float[Array | np.ndarray, "n times size"]
    parameters: Float[Array | np.ndarray, "n ..."] | None = None


class Run(NamedTuple):
    """One trajectory, as a law looks at it.

    Args:
        states: the truth.
        parameter: of the system, or None.
        ts: times.
    """

    states: Float[Array, "times size"]
    parameter: Any
    ts: Float[Array, " times"]

    def predicted(self, f: Predictor) -> Array:
        """The states that f predicts from the first."""
        return f(self.states[0], self.parameter, self.ts)

    def end(self, f: Predictor) -> Callable[..., Array]:
        """The map from a first state to the last, as `dynamics` measures flows: its second argument is not used."""
        return lambda x0, args=None: f(x0, self.parameter, self.ts)[-1]


class Problem(eqx.Module):
    """A dynamical system as the audit asks about it: an immutable record.

    Args:
        ts: the times of all trajectories, ascending.
        test: trajectories that no map has learned from.
        noise: the standard deviation with which an initial state is known, in the unit of the states.
        train: those that the maps learned from.
        elsewhere: name -> other trajectories: other initial states, other parameters.
        laws: what a trajectory or a flow of this system has to keep; `composition()` holds for each that does not
            depend on time.
        truth: the system's own map, where it is known.

    Raises:
        ValueError: where the shapes do not fit, or an initial state is not finite.

    Example:
        >>> import jax
        >>> ts = jnp.linspace(0, 1, 11)
        >>> decay = lambda x0, parameter, ts: jnp.outer(jnp.exp(-parameter * ts), x0)
        >>> rates = jnp.array([1.0, 2.0])
        >>> states = jax.vmap(decay, (0, 0, None))(jnp.ones((2, 1)), rates, ts)
        >>> Problem(ts, Runs(states, rates), noise=0.01).size
        1
    """

    ts: Float[Array | np.ndarray, " times"]
    test: Runs
    noise: float
    train: Runs | None = None
    elsewhere: Mapping[str, Runs] = eqx.field(default_factory=dict)
    laws: "tuple[Law, ...]" = ()
    truth: Predictor | None = None

    def __check_init__(self):
        """Compare the shapes once, so that every question can rely on them."""
        for name, runs in self.sets().items():
            states, parameters = runs
            if states.ndim != 3 or states.shape[1:] != (len(self.ts), self.size):
                raise ValueError(
                    f"Problem, {name} set: expected states of shape (n, {len(self.ts)}, {self.size}), found "
                    f"{states.shape}: pass trajectories at the times of the problem"
                )
            if parameters is not None and len(parameters) != len(states):
                raise ValueError(
                    f"Problem, {name} set: expected {len(states)} parameters, found {len(parameters)}: pass one row "
                    "for each trajectory"
                )
            if not np.isfinite(np.asarray(states[:, 0])).all():
                raise ValueError(f"Problem, {name} set: expected finite initial states, found NaN: drop those runs")

    @property
    def size(self) -> int:
        """Numbers in a state."""
        return self.test.states.shape[-1]

    @property
    def radius(self) -> float:
        """The norm of the noise in an initial state."""
        return self.noise * self.size**0.5

    def sets(self) -> dict[str, Runs]:
        """All sets of trajectories by their names, training first."""
        train = {} if self.train is None else {"train": self.train}
        return {**train, "test": self.test, **self.elsewhere}

    def check(self, f: Predictor) -> None:
        """Raise a ValueError unless f maps one state and one parameter to a trajectory."""
        states, parameters = self.test
        first = None if parameters is None else jnp.asarray(parameters[0])
        found = eqx.filter_eval_shape(f, jnp.asarray(states[0, 0]), first, jnp.asarray(self.ts)).shape
        expected = (len(self.ts), self.size)
        if found != expected:
            raise ValueError(
                f"Problem: expected a map (x0, parameter, ts) -> states of shape {expected}, found one to {found}: "
                "give the map of one trajectory, not its vmap"
            )


def some(runs: Runs, count: int) -> Runs:
    """At most `count` trajectories spread evenly over the set."""
    chosen = np.unique(np.linspace(0, len(runs.states) - 1, min(len(runs.states), count)).round().astype(int))
    parameters = None if runs.parameters is None else np.asarray(runs.parameters)[chosen]
    return Runs(np.asarray(runs.states)[chosen], parameters)


def last_known(states: Array | np.ndarray) -> Int[np.ndarray, " n"]:
    """The index of the last known state of each trajectory."""
    finite = np.isfinite(np.asarray(states)).all(axis=2)
    return np.where(finite.all(axis=1), finite.shape[1], np.argmin(finite, axis=1)) - 1


@eqx.filter_jit
def over_runs(one: Callable[..., Any], *rows: Any) -> Any:
    """A function of one trajectory, of all; None stays None."""
    return eqx.filter_vmap(one)(*rows)


def rollout(f: Predictor, ts: Array | np.ndarray, runs: Runs) -> np.ndarray:
    """What f predicts for each trajectory, (n, times, size)."""
    return np.asarray(over_runs(_Rolled(f, jnp.asarray(ts)), runs.states[:, 0], runs.parameters))


class _Rolled(eqx.Module):
    """f at fixed times, as a pytree: its arrays are no constants of the compiled program."""

    f: Predictor
    ts: Array

    def __call__(self, x0: Array, parameter: Any) -> Array:
        return self.f(x0, parameter, self.ts)


def rms(states: Array | np.ndarray) -> float:
    """The root mean square norm of the known states of a set."""
    return float(np.sqrt(np.nanmean(np.sum(np.asarray(states) ** 2, axis=2)))) or 1e-300


def relative_errors(predicted: np.ndarray, true: Array | np.ndarray) -> np.ndarray:
    """sqrt(mean_t |x_hat - x|^2) of each trajectory over the set's own rms; infinite where f broke down.

    A trajectory that decays has a norm of next to nothing: hence the rms of the set in the denominator.
    """
    true = np.asarray(true)
    known = np.isfinite(true).all(axis=2)
    squared = np.where(known, np.sum((predicted - np.where(known[..., None], true, 0)) ** 2, axis=2), 0)
    errors = np.sqrt(squared.sum(axis=1) / known.sum(axis=1)) / rms(true)
    return np.where(np.isfinite(errors), errors, np.inf)
