"""A twin experiment on Lorenz's ring: its state from noisy observations, by ensembles and by 4D-Var."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from wellposed.dynamics import RK4, EnsembleKalman, Flow, FourDVar, Observed
from wellposed.simulate import lorenz96

from .settings import Settings
from .systems import FORCING, STEP

SITES = 40
SPIN_UP, APART = 1000, 40  # steps onto the attractor, and between the members of the first ensemble
WINDOW = 10  # observations in a window of 4D-Var
# chosen on other seeds than the default: of 32 members, or with less for the perturbed one, a filter may diverge
INFLATION = {"transform": 1.02, "perturbed": 1.1}
NAMES = {"transform": "ensemble transform filter", "perturbed": "ensemble filter, perturbed observations"}
VAR, FREE = "4D-Var", "model alone"


class Twin(NamedTuple):
    """The experiment's truth, what was seen of it, and what was made of that.

    Attributes:
        truth: shape (times, sites).
        observations: of the same shape: every site is seen.
        states: method -> the states it found.
        spread: method -> the standard deviation that it gives its own states.
        converged: method -> the part of the times at which it arrived.
    """

    truth: Float[np.ndarray, "times sites"]
    observations: Float[np.ndarray, "times sites"]
    states: dict[str, Float[np.ndarray, "times sites"]]
    spread: dict[str, Float[np.ndarray, " times"]]
    converged: dict[str, float]

    def errors(self, name: str) -> Float[np.ndarray, " times"]:
        """The root mean square error over the sites, at each time."""
        return np.sqrt(np.mean((self.states[name] - self.truth) ** 2, axis=1))

    def settled(self, name: str) -> Float[np.ndarray, " times"]:
        """The errors after the first quarter, in which the filters forget how they began."""
        return self.errors(name)[len(self.truth) // 4 :]


def twin(settings: Settings) -> Twin:
    """Run the system, observe it, and assimilate."""
    flow = Flow(lambda t, u, F: lorenz96(u, F), RK4(), t1=STEP, steps=1, adjoint="checkpointed")
    model = lambda u: flow(u, FORCING)
    keys = jax.random.split(jax.random.fold_in(jax.random.key(settings.seed), 3), 4)
    start = _run(model, jax.random.normal(keys[0], (SITES,)), SPIN_UP)[-1]
    truth = _run(model, start, settings.assimilated)
    seen = truth + settings.noise * jax.random.normal(keys[1], truth.shape)
    observed = Observed(seen, lambda u: u, settings.noise)
    # states of another run, far apart in time: nobody knows where the truth begins
    climate = _run(model, jax.random.normal(keys[2], (SITES,)), SPIN_UP + APART * settings.members)
    ensemble = climate[SPIN_UP + APART - 1 :: APART]
    states, spread, converged = {FREE: _run(model, ensemble[0], settings.assimilated)}, {}, {}
    for kind, name in NAMES.items():
        found = EnsembleKalman(model, kind, INFLATION[kind])(ensemble, observed, keys[3])  # pyright: ignore
        states[name], spread[name] = found.states, np.asarray(found.spread)
        converged[name] = float(jnp.mean(found.converged))
    found = FourDVar(model, WINDOW, 0.5 * settings.noise)(ensemble[0], observed)
    states[VAR], converged[VAR] = found.states, float(jnp.mean(found.converged))
    plain = {name: np.asarray(of, float) for name, of in states.items()}
    return Twin(np.asarray(truth, float), np.asarray(seen, float), plain, spread, converged)


def _run(model, start: Array, count: int) -> Array:
    def onward(u: Array, _: None) -> tuple[Array, Array]:
        u = model(u)
        return u, u

    return jax.jit(lambda u: jax.lax.scan(onward, u, None, length=count)[1])(start)
