"""Six questions asked of two flows of a pendulum: one by Verlet's scheme, one by Euler's."""

import jax
import jax.numpy as jnp

from wellposed.audit.dynamical import Problem, Runs, composition, conserved, six, symplectic
from wellposed.dynamics import RK4, Euler, Flow, Verlet

TS = jnp.linspace(0.0, 10.0, 101)


def pendulum(t, x, args):
    """Angle and momentum."""
    return jnp.array([x[1], -jnp.sin(x[0])])


def energy(x):
    """Of a pendulum of unit mass and length, above its highest point by 3."""
    return x[1] ** 2 / 2 - jnp.cos(x[0]) + 3


def map_of(flow):
    """The flow as the audit asks about it."""
    return lambda x0, parameter, ts: flow.trajectory(x0, ts)


exact = map_of(Flow(pendulum, RK4(), t1=10.0, steps=1000))
starts = jax.random.uniform(jax.random.key(0), (8, 2), minval=-1.0, maxval=1.0)
trajectories = jax.vmap(lambda x: exact(x, None, TS))
problem = Problem(
    TS,
    Runs(trajectories(starts)),
    noise=0.01,
    elsewhere={"farther": Runs(trajectories(1.3 * starts))},
    laws=(composition(), conserved(energy), symplectic(tolerance=1e-3)),
    truth=exact,
)
for scheme in (Verlet(), Euler()):
    print(type(scheme).__name__)
    learned = map_of(Flow(pendulum, scheme, t1=10.0, steps=100))
    for answer in six(learned, problem, jax.random.key(1)).values():
        print(f"  {answer.question:22} {answer.verdict}")
