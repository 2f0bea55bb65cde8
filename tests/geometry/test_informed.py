"""A network that knows its equation keeps what the equation keeps, and with the true law it is the exact flow."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.geometry import Cells, InformedNetwork, Mesh, cotangent_law, mesh_cells
from wellposed.geometry.graphs.cells import ARRIVING
from wellposed.simulate import advection_on_graph, heat_on_graph, uneven_surface, waves_on_graph

KEY = jax.random.key(0)
MESH = Mesh.from_record(uneven_surface("ellipsoid", 40, jitter=0.1))
START = np.random.default_rng(0).normal(size=(40, 1))


@pytest.fixture(scope="module", autouse=True)
def double():
    with jax.enable_x64(True):
        yield


def rotation(points):
    return np.stack([-points[:, 1], points[:, 0], np.zeros(len(points))], axis=1)


class Truth(eqx.Module):
    """The true law in the place of the perceptron."""

    def __call__(self, features):
        angle = jnp.pi / 3 * (1 + features[0])
        half = 0.5 / jnp.tan(angle)
        return jnp.array([half if features.size == 1 else jnp.maximum(features[1] * half, 0)])


def cells_of(velocity=None):
    return mesh_cells(MESH, velocity)


def informed(second_order=False, features=1, time=0.05, steps=40):
    return InformedNetwork.random(features, 5, second_order, time=time, steps=steps, key=KEY)


def drift(network, cells):
    x = jnp.concatenate([START, 0 * START], axis=1) if network.field.second_order else jnp.asarray(START)
    change = network(x, cells)[:, 0] - START[:, 0]
    return abs(float(MESH.areas @ change)) / float(MESH.areas @ abs(START[:, 0]))


@pytest.mark.parametrize(("second_order", "velocity"), [(False, None), (True, None), (False, rotation)])
def test_mass_stays_whatever_is_learned(second_order, velocity):
    assert drift(informed(second_order, 1 if velocity is None else 2), cells_of(velocity).on_device()) < 1e-13


def test_a_flux_that_differs_at_its_two_ends_is_caught():
    good = cells_of().on_device()
    sizes = jnp.repeat(good.sizes, 2, axis=1).at[:, ARRIVING].mul(1.1)
    broken = Cells(good.table, jnp.repeat(good.features, 2, axis=1), sizes, good.mass)
    assert drift(informed(), broken) > 1e-4


def test_with_the_true_law_it_is_the_exact_solution():
    L = np.diag(cells_of().rates(cotangent_law).sum(1)) - cells_of().rates(cotangent_law)
    with_truth = lambda network: eqx.tree_at(lambda n: n.g, network, Truth())
    heat = with_truth(informed()).stable_on(cells_of().on_device())
    found = heat(jnp.asarray(START), cells_of().on_device())
    np.testing.assert_allclose(found, heat_on_graph(L, MESH.areas, START, 0.05), atol=1e-5)
    wave = with_truth(informed(True, time=0.3))
    found = wave(jnp.concatenate([START, 0 * START], axis=1), cells_of().on_device())
    want = np.concatenate(waves_on_graph(L, MESH.areas, START, 0 * START, 0.3), axis=1)
    np.testing.assert_allclose(found, want, atol=1e-3)
    turning = cells_of(rotation)
    found = with_truth(informed(features=2, time=0.3))(jnp.asarray(START), turning.on_device())
    want = advection_on_graph(turning.rates(cotangent_law), MESH.areas, START, 0.3)
    np.testing.assert_allclose(found, want, atol=1e-6)


def test_nodes_have_no_order_and_space_no_direction():
    network, order = informed(), np.random.default_rng(1).permutation(40)
    turn = np.linalg.qr(np.random.default_rng(2).normal(size=(3, 3)))[0]
    turn = turn * np.linalg.det(turn)
    moved = mesh_cells(MESH.moved(turn, np.ones(3)).renumbered(order)).on_device()
    found = network(jnp.asarray(START[order]), moved)
    np.testing.assert_allclose(found, network(jnp.asarray(START), cells_of().on_device())[order], atol=1e-12)


def test_a_finer_place_gets_more_steps():
    coarse = informed(time=1.0, steps=1).stable_on(cells_of().on_device())
    fine = mesh_cells(Mesh.from_record(uneven_surface("ellipsoid", 200))).on_device()
    assert 1 < coarse.steps < informed(time=1.0, steps=1).stable_on(fine).steps
    assert informed(steps=500).stable_on(fine).steps == 500
