"""Exact solutions: Poiseuille's, Kovasznay's and Taylor's."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.simulate.cylinder import State, navier_stokes, rectangle_mesh, still

LINES = (-0.5, 0.0, 0.5, 1.0)
WALL = {"wall": lambda p: p[..., 0] > -9.0}
RE = 40.0
LAMBDA = RE / 2 - np.sqrt(RE**2 / 4 + 4 * np.pi**2)


def kovasznay(p):
    wave, x = 2 * np.pi * p[..., 1], np.exp(LAMBDA * p[..., 0])
    return np.stack([1 - x * np.cos(wave), LAMBDA / (2 * np.pi) * x * np.sin(wave)], axis=-1)


def taylor(p):
    """Vortices in a square, at time 0; they decay by exp(-2 pi^2 nu t) and never leave."""
    x, y = np.pi * p[..., 0], np.pi * p[..., 1]
    return np.stack([np.sin(x) * np.cos(y), -np.cos(x) * np.sin(y)], axis=-1)


def go(flow, state, dt, steps, amplitude=lambda t: jnp.ones_like(t)):
    def one(state, _):
        return flow.step(state, dt, amplitude(state.time + dt)), None

    return jax.jit(lambda s: jax.lax.scan(one, s, None, length=steps)[0])(state)


@pytest.fixture(autouse=True)
def _double():
    with jax.enable_x64(True):
        yield


def test_kovasznay_converges_exponentially_with_the_order():
    errors = []
    for order in (4, 6, 8):
        mesh, dt = rectangle_mesh(LINES, LINES, order, WALL), jnp.asarray(5e-3)
        flow = navier_stokes(mesh, 5e-3 / RE, {"wall": kovasznay})
        state = go(flow, still(mesh, kovasznay), dt, 200)
        exact = np.moveaxis(kovasznay(mesh.points), -1, 0)
        errors.append(float(jnp.abs(state.velocity - exact).max()))
        pressure = state.pressure - state.pressure.ravel()[0]
        truth = -0.5 * np.exp(2 * LAMBDA * mesh.points[..., 0])
        gap = float(jnp.abs(pressure - (truth - truth.ravel()[0])).max())
        assert gap < 30 * errors[-1] + 1e-4
        assert float(jnp.abs(flow.space.divergence(state.velocity)).max()) < 100 * errors[-1]
    assert errors[0] < 1e-2
    assert errors[1] < errors[0] / 20
    assert errors[2] < errors[1] / 20


def test_taylor_vortices_converge_with_the_square_of_the_step():
    nu, end = 0.05, 0.4
    mesh = rectangle_mesh((0, 0.5, 1), (0, 0.5, 1), 8, WALL)
    decay = lambda t: jnp.exp(-2 * np.pi**2 * nu * t)
    start = jnp.asarray(np.moveaxis(taylor(mesh.points), -1, 0))
    errors = []
    for steps in (16, 32, 64):
        dt = jnp.asarray(end / steps)
        flow = navier_stokes(mesh, nu * end / steps, {"wall": taylor})
        state = State(start, start * decay(-dt), jnp.zeros_like(start[0]), jnp.zeros(()))
        state = go(flow, state, dt, steps, decay)
        errors.append(float(jnp.abs(state.velocity - start * decay(end)).max()))
    rates = np.log2(np.asarray(errors[:-1]) / errors[1:])
    assert errors[-1] < 1e-4
    assert (np.abs(rates - 2) < 0.3).all(), (errors, rates)


def test_poiseuille_flow_passes_unchanged_and_its_slope_is_zero():
    """A parabola is in the space: what is left is rounding, also at the outflow; the pressure falls by 2 nu a unit."""
    parts = {
        "in": lambda p: p[..., 0] == 0.0,
        "out": lambda p: p[..., 0] == 2.0,
        "wall": lambda p: np.isin(p[..., 1], (0.0, 1.0)),
    }
    mesh, dt, nu = rectangle_mesh((0, 1, 2), (0, 0.5, 1), 4, parts), jnp.asarray(0.05), 0.1
    parabola = lambda p: np.stack([p[..., 1] * (1 - p[..., 1]), 0 * p[..., 1]], axis=-1)
    flow = navier_stokes(mesh, 0.05 * nu, {"in": parabola, "wall": np.zeros_like}, ("out",))
    before = still(mesh, parabola)
    state = go(flow, before, dt, 20)
    np.testing.assert_allclose(state.velocity, before.velocity, atol=1e-12)
    np.testing.assert_allclose(state.pressure, 2 * nu * (2 - mesh.points[..., 0]), atol=1e-11)
    after = flow.step(state, dt, jnp.ones(()))
    np.testing.assert_allclose(flow.slope(after, state, dt), 0.0, atol=1e-10)


def test_the_slope_is_the_derivative_in_time():
    """Of Taylor's vortices, -2 pi^2 nu u."""
    nu, dt = 0.05, jnp.asarray(1e-3)
    mesh = rectangle_mesh((0, 0.5, 1), (0, 0.5, 1), 7, WALL)
    decay = lambda t: jnp.exp(-2 * np.pi**2 * nu * t)
    u = jnp.asarray(np.moveaxis(taylor(mesh.points), -1, 0))
    flow = navier_stokes(mesh, nu * 1e-3, {"wall": taylor})
    state = go(flow, State(u, u * decay(-dt), jnp.zeros_like(u[0]), jnp.zeros(())), dt, 10, decay)
    after = flow.step(state, dt, decay(state.time + dt))
    np.testing.assert_allclose(flow.slope(after, state, dt), -2 * np.pi**2 * nu * after.velocity, atol=1e-3)


def test_every_part_of_the_boundary_needs_a_condition():
    mesh = rectangle_mesh((0, 1), (0, 1), 3, WALL)
    with pytest.raises(ValueError, match="each part of the boundary once"):
        navier_stokes(mesh, 1.0, {}, ())
