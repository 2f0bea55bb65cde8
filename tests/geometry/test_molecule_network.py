"""Laws of the networks on molecules in float64, and energies that are learned."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from jaxtyping import TypeCheckError
from scipy.spatial.transform import Rotation

from wellposed.geometry import MolecularGraph, MoleculeNetwork
from wellposed.simulate import bonded_molecules, lennard_jones_clusters
from wellposed.train import Minibatches, fit

ATOMS = 7
KEY = jax.random.key(0)
MOLECULE = bonded_molecules(1, ATOMS, seed=1)[0]


@pytest.fixture(params=["distances", "coordinates"])
def network(request, double):
    return MoleculeNetwork(3, 6, 2, sees=request.param, basis=8, key=KEY)


@pytest.fixture
def double():
    with jax.enable_x64(True):
        yield


@eqx.filter_jit
def answer(network, molecule):
    return network(molecule), network.forces(molecule)


def graph(order=None):
    order = np.arange(ATOMS) if order is None else order
    new = np.argsort(order)
    return MolecularGraph.of(MOLECULE.positions[order], MOLECULE.species[order], new[MOLECULE.bonds])


def motion(mirrored):
    turn = Rotation.random(rng=np.random.default_rng(0)).as_matrix() * (-1 if mirrored else 1)
    return jnp.asarray(turn), jnp.array([3.0, -2.0, 0.5])


def test_the_atoms_have_no_order(network):
    order = np.random.default_rng(2).permutation(ATOMS)
    (one, forces), (other, moved) = answer(network, graph()), answer(network, graph(order))
    np.testing.assert_allclose(other, one, rtol=0, atol=1e-10)
    np.testing.assert_allclose(moved, forces[order], rtol=0, atol=1e-10)


@pytest.mark.parametrize("mirrored", [False, True])
def test_rigid_motions_change_nothing_seen_by_distances_and_turn_forces(network, mirrored):
    turn, shift = motion(mirrored)
    (one, forces), (other, moved) = answer(network, graph()), answer(network, graph().moved(turn, shift))
    errors = float(jnp.abs(other - one).max()), float(jnp.abs(moved - forces @ turn.T).max())
    if network.sees == "distances":
        assert max(errors) < 1e-10
        assert float(jnp.abs(forces.sum(0)).max()) < 1e-10
    else:
        assert min(errors) > 1e-3


def test_a_network_that_knows_a_direction_is_caught(double):
    network = MoleculeNetwork(3, 6, 2, sees="distances", basis=8, key=KEY)
    stretched = lambda one: eqx.tree_at(lambda g: g.positions, one, one.positions * jnp.array([[1.0, 1.0, 1.1]]))
    turned = graph().moved(*motion(False))
    assert float(jnp.abs(answer(network, stretched(turned))[0] - answer(network, stretched(graph()))[0]).max()) > 1e-3


def test_species_and_bonds_are_seen(network):
    one = graph()
    others = (
        eqx.tree_at(lambda g: g.species, one, (one.species + 1) % 3),
        eqx.tree_at(lambda g: g.bonded, one, ~one.bonded),
    )
    assert all(float(jnp.abs(answer(network, other)[0] - answer(network, one)[0]).max()) > 1e-3 for other in others)


def test_forces_are_finite_differences(network):
    one, step = graph(), 1e-5
    forces = answer(network, one)[1]
    for atom, axis in ((0, 0), (3, 1), (6, 2)):
        at = lambda h, atom=atom, axis=axis: eqx.tree_at(
            lambda g: g.positions, one, one.positions.at[atom, axis].add(h)
        )
        slope = (answer(network, at(step))[0][0] - answer(network, at(-step))[0][0]) / (2 * step)
        np.testing.assert_allclose(forces[atom, axis], -slope, rtol=1e-6, atol=1e-8)


def test_a_batch_is_its_molecules(double):
    network = MoleculeNetwork(3, 6, 2, sees="distances", basis=8, key=KEY)
    found = bonded_molecules(3, ATOMS, seed=5)
    of = lambda name: np.stack([getattr(one, name) for one in found])
    batch = MolecularGraph.batch(of("positions"), of("species"), [one.bonds for one in found])
    answers = eqx.filter_jit(jax.vmap(lambda one: network(one)))(batch)
    for n, one in enumerate(found):
        np.testing.assert_allclose(
            answers[n], answer(network, MolecularGraph.of(one.positions, one.species, one.bonds))[0], atol=1e-10
        )


def data(found):
    of = lambda name: np.stack([getattr(one, name) for one in found])
    graphs = MolecularGraph.batch(of("positions"), of("species"), [one.bonds for one in found])
    return graphs, jnp.asarray(of("energy"), float)


SETS = {
    "Lennard-Jones": (lambda number, seed: lennard_jones_clusters(number, 4, seed=seed), 8, 120, 200, 0.03),
    "bonded": (lambda number, seed: bonded_molecules(number, 6, seed=seed), 16, 1000, 1200, 0.01),
}


@pytest.mark.parametrize("name", SETS)
def test_energies_are_learned_far_beyond_their_mean(name):
    draw, hidden, number, steps, rate = SETS[name]
    train, (graphs, energies) = data(draw(number, 1)), data(draw(80, 2))
    mean, scale = train[1].mean(), train[1].std()

    def loss(network, batch, key):
        return (((jax.vmap(network)(batch[0])[:, 0] - (batch[1] - mean) / scale) ** 2).mean(), {})

    start, adam = MoleculeNetwork(3, hidden, 1, key=KEY), optax.adam(optax.cosine_decay_schedule(rate, steps))
    fitted = fit(start, loss, Minibatches(train, size=40, key=KEY), adam, steps=steps, key=KEY)
    found = mean + scale * eqx.filter_jit(lambda net, x: jax.vmap(net)(x))(fitted.model, graphs)[:, 0]
    unexplained = ((found - energies) ** 2).mean() / ((energies - mean) ** 2).mean()
    assert float(unexplained) < 0.1


def test_what_cannot_be_seen_is_said():
    with pytest.raises((ValueError, TypeCheckError), match="sees"):
        MoleculeNetwork(1, 4, 1, sees="colours", key=KEY)  # pyright: ignore[reportArgumentType]
