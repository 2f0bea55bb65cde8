"""The audit: the Koopman autoencoder as a map from a state of the pendulum to the swing after it."""

import jax
import jax.numpy as jnp
import numpy as np

from wellposed.audit import Answer
from wellposed.audit.dynamical import Problem, Runs, composition, conserved, equivariant, reversible, six
from wellposed.dynamics import KoopmanAutoencoder
from wellposed.simulate import pendulum_trajectories

from .learn import LONG, SPLITS
from .settings import Settings

NAME = "Koopman autoencoder"
TIMES = LONG[:251]  # 5 units of time: five times as far as was trained
RUNS = 12


def ask(settings: Settings, model: KoopmanAutoencoder) -> dict[str, Answer]:
    """All six, on new swings; the laws are those of the pendulum."""
    first = settings.seed * len(SPLITS) + SPLITS["long"] + 1
    runs = np.asarray(pendulum_trajectories(8 * RUNS, first, TIMES).states, np.float32)
    large = np.abs(runs[:, :, 0]).max(1) > 2.0
    energy = lambda x: x[1] ** 2 / 2 + 1 - jnp.cos(x[0])
    problem = Problem(
        jnp.asarray(TIMES, jnp.float32),
        Runs(runs[:RUNS]),
        noise=0.01,
        elsewhere={"swings beyond 2 radians": Runs(runs[large][:RUNS])} if large.any() else {},
        laws=(
            composition(),
            conserved(energy),
            reversible(),
            equivariant(lambda x: -x, "reflection"),
        ),
    )
    return six(model.predict, problem, jax.random.fold_in(jax.random.key(settings.seed), 9))
