"""A system whose flow is known in closed form, as the audit asks about it."""

import jax
import pytest
from toy_dynamics import TS, runs, spring

from wellposed.audit.dynamical import Problem


@pytest.fixture(scope="session")
def springs():
    starts = jax.random.normal(jax.random.key(0), (8, 2))
    far = runs(spring, 5 * starts)
    return Problem(TS, runs(spring, starts), noise=0.05, train=runs(spring, starts + 0.1), elsewhere={"far": far})
