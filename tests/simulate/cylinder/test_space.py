import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.simulate.cylinder import Cylinder, cylinder_mesh, space_on, surface
from wellposed.simulate.cylinder.mesh import Mesh
from wellposed.simulate.cylinder.space import metrics

AROUND = {"around": lambda p: np.abs(p).max(axis=-1) > 0.99}
LINES = (-2.0, -1.0, 1.0, 3.0)
MESH = cylinder_mesh(LINES, LINES, Cylinder((0.0, 0.0), 0.5, 1.0), 8, AROUND)
X, Y = np.moveaxis(MESH.points, -1, 0)
AREA = 25.0 - np.pi / 4


@pytest.fixture(scope="module")
def space():
    with jax.enable_x64(True):
        yield space_on(MESH)


def test_integrals_over_a_square_with_a_hole(space):
    np.testing.assert_allclose(space.integral(jnp.ones_like(space.mass)), AREA, rtol=1e-9)
    polar = 0.5**4 * np.pi / 4
    np.testing.assert_allclose(space.integral(jnp.asarray(X**2)), 5 * (27 + 8) / 3 - polar, rtol=1e-9)


def test_gradients_divergence_and_vorticity_of_smooth_flows(space):
    rise = space.gradient(jnp.asarray(np.sin(X) * Y))
    np.testing.assert_allclose(rise, np.stack([np.cos(X) * Y, np.sin(X)]), atol=2e-5)
    flow = jnp.asarray(np.stack([np.sin(Y), np.cos(X)]))
    np.testing.assert_allclose(space.divergence(flow), 0.0, atol=2e-5)
    np.testing.assert_allclose(space.vorticity(flow), -np.sin(X) - np.cos(Y), atol=2e-5)


def test_the_weak_divergence_is_the_transpose_of_the_gradient(space):
    keys = jax.random.split(jax.random.key(0), 2)
    phi, flux = jax.random.normal(keys[0], X.shape), jax.random.normal(keys[1], (2, *X.shape))
    np.testing.assert_allclose(
        jnp.sum(phi * space.weak_divergence(flux)), space.integral((space.gradient(phi) * flux).sum(axis=0)), rtol=1e-10
    )


def test_what_is_continuous_stays_and_what_jumps_is_averaged(space):
    smooth = jnp.asarray(np.cos(X) * Y)
    np.testing.assert_allclose(space.continuous(smooth), smooth, rtol=1e-10, atol=1e-10)
    rough = jax.random.normal(jax.random.key(1), X.shape)
    once = space.continuous(rough)
    b = MESH.element.boundary
    for k in (0, 7, 100):
        assert np.ptp(np.asarray(once)[:, :b][MESH.numbers == k]) == 0
    np.testing.assert_allclose(space.integral(once), space.integral(rough), rtol=1e-9)


def test_the_normals_obey_gauss():
    for name, area in (("around", 25.0), ("cylinder", -np.pi / 4)):
        part = surface(MESH, name)
        np.testing.assert_allclose((part.normals * MESH.points[part.elements, part.points]).sum(), 2 * area, rtol=1e-8)


def test_a_folded_element_is_refused():
    with pytest.raises(ValueError, match="positive Jacobian"):
        metrics(Mesh(MESH.element, MESH.points[:, :, ::-1], MESH.numbers, MESH.parts))
