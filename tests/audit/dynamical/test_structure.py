"""Each law is kept by the exact flow, and broken by a map that breaks it."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from toy_dynamics import TS, friction, runs, spring

from wellposed.audit.dynamical import (
    Problem,
    Runs,
    composition,
    conjugacy,
    conserved,
    equivariant,
    reversible,
    structure,
    symplectic,
)

ENERGY = lambda x: jnp.vdot(x, x) / 2
LAWS = {
    "composition": (composition(), lambda x0, p, ts: spring(x0, p, jnp.sqrt(ts))),
    "energy": (conserved(ENERGY), friction),
    "symplecticity": (symplectic(), friction),
    "reversibility": (reversible(), friction),
    "reflection": (equivariant(jnp.negative, "reflection"), lambda x0, p, ts: spring(jnp.abs(x0), p, ts)),
    "conjugacy": (conjugacy(lambda x: 2 * x, spring), None),
}


def _problem(law):
    return Problem(TS, runs(spring, jax.random.normal(jax.random.key(3), (4, 2))), noise=0.01, laws=(law,))


@pytest.mark.parametrize("name", LAWS)
def test_the_exact_flow_keeps_each_law(name):
    law, _ = LAWS[name]
    answer = structure.ask(spring, _problem(law))
    assert law.name == name
    assert answer.details[f"{name}: error"] < 1e-4
    assert answer.holds


@pytest.mark.parametrize("name", [name for name, (_, broken) in LAWS.items() if broken])
def test_a_map_that_breaks_a_law_is_found(name):
    law, broken = LAWS[name]
    answer = structure.ask(broken, _problem(law))
    assert answer.details[f"{name}: error"] > law.tolerance
    assert not answer.holds


def test_a_latent_flow_of_another_pace_is_not_conjugate():
    law = conjugacy(lambda x: 2 * x, lambda z0, p, ts: spring(z0, p, 1.3 * ts))
    assert not structure.ask(spring, _problem(law)).holds


def test_the_energy_lost_is_the_energy_that_friction_takes():
    answer = structure.ask(friction, _problem(conserved(ENERGY)))
    assert answer.details["energy: error"] == pytest.approx(1 - np.exp(-0.2 * 6), rel=1e-4)


def test_conjugacy_ends_where_the_truth_is_unknown():
    states = np.array(_problem(composition()).test.states)
    states[:, 60:] = np.nan
    problem = Problem(TS, Runs(states), noise=0.01, laws=(conjugacy(lambda x: 2 * x, spring),))
    assert structure.ask(spring, problem).holds


def test_the_law_of_a_flow_is_asked_where_no_law_is_named(springs):
    assert list(structure.ask(spring, springs).details) == ["composition: error", "composition: tolerance"]
