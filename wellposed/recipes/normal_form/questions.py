"""The audit: an autoencoder as a map from a first state and a parameter to a trajectory."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from wellposed.audit import Answer
from wellposed.audit.dynamical import Law, Problem, Runs, composition, conjugacy, six
from wellposed.dynamics import RK4, Flow, NormalFormAutoencoder, one_of
from wellposed.simulate import Trajectories

from .evaluate import judge
from .gather import Gathered, gather
from .settings import Settings
from .systems.system import System

NOISE = 0.01  # of the root mean square of the states: how well an initial state is known
FEW = 24
NAME = "normal-form autoencoder"


class Latent(eqx.Module):
    """(z0, parameter, ts) -> latent states, by a fixed number of Runge-Kutta steps, so that it has all derivatives."""

    model: NormalFormAutoencoder
    steps: int = eqx.field(static=True)

    def __call__(self, z0: Float[Array, " d"], parameter: Array, ts: Float[Array, " times"]) -> Float[Array, "times d"]:
        """Latent states at the times ts."""
        field = lambda t, z, alpha: self.model.slope(z, alpha)
        flow = Flow(field, RK4(), ts[0], ts[-1], self.steps)
        return flow.trajectory(z0, ts, self.model.alpha(parameter))


class Predicted(eqx.Module):
    """(x0, parameter, ts) -> states: encoded, followed and decoded."""

    latent: Latent

    def __call__(self, x0: Float[Array, " n"], parameter: Array, ts: Float[Array, " times"]) -> Float[Array, "times n"]:
        """The states at the times ts."""
        model = self.latent.model.at(parameter)
        return jax.vmap(model.decode)(self.latent(model.encode(x0), parameter, ts))


def ask(settings: Settings, models: NormalFormAutoencoder, gathered: Gathered) -> dict[str, dict[str, Answer]]:
    """The six questions, asked of the seed with the median rollout error."""
    system = gathered.system
    errors = judge(system, models, gathered.test, None).seeds["rollout_error"]
    model = one_of(models, int(np.argsort(errors)[len(errors) // 2]))
    return {
        NAME: six(
            Predicted(_latent(model, gathered.test)), problem_of(settings, system, model, gathered), _key(settings)
        )
    }


def problem_of(settings: Settings, system: System, model: NormalFormAutoencoder, gathered: Gathered) -> Problem:
    """What the audit is told of the system."""
    elsewhere = {} if system.elsewhere is None else system.elsewhere(_key(settings), FEW)
    size = float(model.units.size)
    latent = _latent(model, gathered.test)
    conjugate = lambda f, run: conjugacy(model.at(run.parameter).encode, latent).error(f, run)
    laws = (composition(), Law("conjugacy", conjugate, conjugacy(model.encode, latent).tolerance))
    return Problem(
        np.asarray(gathered.test.ts, np.float32),
        _runs(gathered.test),
        noise=NOISE * size,
        train=_runs(gathered.train),
        elsewhere={name: _runs(simulated.trajectories) for name, simulated in elsewhere.items()},
        laws=laws,
    )


def audited(settings: Settings, models: NormalFormAutoencoder) -> dict[str, dict[str, Answer]]:
    """The questions, asked of a finished run again."""
    return ask(settings, models, gather(settings))


def _latent(model: NormalFormAutoencoder, like: Trajectories) -> Latent:
    """With steps that turn an oscillation by a quarter of a radian at most."""
    ts = np.asarray(like.ts)
    rates = jax.vmap(model.rate)(jnp.linspace(-1.0, 1.5, 21))
    return Latent(model, int(np.clip(np.ceil((ts[-1] - ts[0]) * float(rates.max()) / 0.25), 8, 2000)))


def _runs(of: Trajectories) -> Runs:
    """The first few trajectories; not a number from where they do not count any more."""
    few = of.take(slice(0, FEW))
    states = np.asarray(few.states, np.float32)
    if few.inside is not None:
        states = np.where(np.asarray(few.inside)[..., None], states, np.nan)
    return Runs(states, np.asarray(few.parameters, np.float32))


def _key(settings: Settings) -> Array:
    return jax.random.fold_in(jax.random.key(settings.seed), 17)
