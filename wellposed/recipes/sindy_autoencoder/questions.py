"""The audit: the autoencoder as a map from a state in many dimensions to the trajectory after it."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np

from wellposed.audit import Answer
from wellposed.audit.dynamical import Problem, Runs, composition, conjugacy, six
from wellposed.dynamics import RK4, SINDyAutoencoder
from wellposed.dynamics.reduction.rollout import rollout
from wellposed.simulate import Trajectories

from .observations import data
from .settings import Settings

NAME = "SINDy autoencoder"
TIMES = 51  # 1 unit of time, about a Lyapunov time: beyond, no map of a chaotic system is well-posed
RUNS = 12


def ask(settings: Settings, model: SINDyAutoencoder) -> dict[str, Answer]:
    """All six, on trajectories of the attractor and on ones that start outside the box of training.

    None of them where predictions run away to infinity, as equations without a training do: a map that has no
    values has no Lipschitz constant.
    """
    quick = replace(model, solver=RK4())
    latent = lambda z0, parameter, ts: rollout(quick.slope, quick.solver, z0, ts)
    test, outside = data(settings, "test").observed, data(settings, "outside").observed
    problem = Problem(
        jnp.asarray(test.ts, jnp.float32)[:TIMES],
        _late(test),
        noise=0.01,
        elsewhere={"starts outside the box": Runs(np.asarray(outside.states)[:RUNS, :TIMES])},
        laws=(composition(), conjugacy(quick.encoder, latent)),
    )
    every = np.concatenate([runs.states[:, 0] for runs in problem.sets().values()])
    ends = jax.vmap(lambda x0: quick.predict(x0, None, problem.ts))(jnp.asarray(every))
    if not bool(jnp.isfinite(ends).all() & (jnp.abs(ends) < 1e6).all()):
        return {}
    return six(quick.predict, problem, jax.random.fold_in(jax.random.key(settings.seed), 9))


def _late(trajectories: Trajectories) -> Runs:
    """The ends of trajectories, when they have come to the attractor."""
    return Runs(np.asarray(trajectories.states)[:RUNS, -TIMES:])
