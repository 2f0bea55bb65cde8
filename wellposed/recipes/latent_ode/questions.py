"""The audit: each model as a map from the last state that was seen, and the window before it, to what follows."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from wellposed.audit import Answer
from wellposed.audit.dynamical import Law, Problem, Run, Runs, six
from wellposed.dynamics import LatentODE, Observations
from wellposed.simulate import spirals

from .learn import ODE, Methods
from .settings import Settings

AHEAD = 100
TEST = 12


class Onward(eqx.Module):
    """A trained model as the audit asks about it: `(x0, window, ts) -> states`, x0 being the window's last state.

    A window is a table of times and values, (points, 1 + size), whose last values x0 replaces.
    """

    model: Any

    def __call__(
        self, x0: Float[Array, " size"], window: Float[Array, "points columns"], ts: Float[Array, " times"]
    ) -> Float[Array, "times size"]:
        """The states at `ts`, counted from the window's last time."""
        values = window[:, 1:].at[-1].set(x0)
        seen = Observations(window[:, 0], values, jnp.ones(values.shape, bool))
        later = window[-1, 0] + ts
        if isinstance(self.model, LatentODE):
            return self.model(seen, later)
        return jnp.concatenate([x0[None], self.model(seen, later[1:])])


def restart(tolerance: float = 0.05) -> Law:
    """To forecast on from half-way, with the forecast so far as the end of the window, is to forecast all the way."""

    def error(f: Any, run: Run) -> Array:
        whole, half, window = run.predicted(f), (len(run.ts) - 1) // 2, run.parameter
        passed = jnp.concatenate([(window[-1, 0] + run.ts[1 : half + 1])[:, None], whole[1 : half + 1]], axis=1)
        rows = jnp.concatenate([window, passed])[-len(window) :]
        rest = f(whole[half], rows.at[:, 0].add(-rows[0, 0]), run.ts[: len(run.ts) - half])
        return jnp.linalg.norm(rest - whole[half:]) / jnp.linalg.norm(whole[half:])

    return Law("restart", error, tolerance)


def ask(settings: Settings, methods: Methods) -> dict[str, dict[str, Answer]]:
    """The six questions, on spirals; series of the user's have no common times, and are not asked about."""
    if settings.data is not None:
        return {}
    points = settings.observed[-1]
    key = jax.random.fold_in(jax.random.key(settings.seed), 9)
    asked = Problem(
        spirals(key, 2).ts[: AHEAD + 1],
        _runs(settings, key, points, (100, 300)),
        noise=settings.noise,
        elsewhere={"earlier than any spiral of training": _runs(settings, key, points, (0, 100))},
        laws=(restart(),),
    )
    models = methods.learned() if settings.audit_all else {ODE: methods.ode}
    long = lambda model: model.until(2.02 * float(model.flow.t1)) if isinstance(model, LatentODE) else model
    return {name: six(Onward(long(model)), asked, key) for name, model in models.items()}


def _runs(settings: Settings, key: Array, points: int, starts: tuple[int, int]) -> Runs:
    """Trajectories from the last observed time on, each with its window."""
    found = spirals(key, TEST, points, noise=settings.noise, starts=starts)
    last = jnp.searchsorted(found.ts, found.seen_at[:, -1] - 1e-3)
    states = jax.vmap(lambda truth, k: jax.lax.dynamic_slice_in_dim(truth, k, AHEAD + 1))(found.truth, last)
    return Runs(states, jnp.concatenate([found.seen_at[:, :, None], found.seen], axis=2))
