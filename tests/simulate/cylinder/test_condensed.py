import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.simulate.cylinder import Cylinder, cylinder_mesh, space_on, surface
from wellposed.simulate.cylinder.condensed import condensed

AROUND = {"around": lambda p: np.abs(p).max(axis=-1) > 0.99}
LINES = (-2.0, -1.0, 1.0, 2.0)


@pytest.mark.parametrize("c", [0.0, 3.0])
def test_manufactured_solutions_converge_exponentially(c):
    """c u - laplace(u) = (c + 2) u for u = sin x cos y, with its values around and its flux at the circle."""
    errors = [_error(order, c) for order in (4, 6, 8)]
    assert errors[1] < errors[0] / 10
    assert errors[2] < errors[1] / 10
    assert errors[2] < 3e-5


def _error(order, c):
    mesh = cylinder_mesh(LINES, LINES, Cylinder((0.0, 0.0), 0.5, 1.0), order, AROUND)
    x, y = np.moveaxis(mesh.points, -1, 0)
    u, slope = np.sin(x) * np.cos(y), np.stack([np.cos(x) * np.cos(y), -np.sin(x) * np.sin(y)], axis=-1)
    rim, hole = surface(mesh, "around"), surface(mesh, "cylinder")
    fixed, values = np.zeros(mesh.numbers.max() + 1, bool), np.zeros(mesh.numbers.max() + 1)
    number = mesh.numbers[rim.elements, rim.points]
    fixed[number], values[number] = True, u[rim.elements, rim.points]
    with jax.enable_x64(True):
        space = space_on(mesh)
        solver, lift = condensed(mesh, c, fixed)
        f = np.array((c + 2) * space.mass * u)
        np.add.at(f, (hole.elements, hole.points), (hole.normals * slope[hole.elements, hole.points]).sum(axis=-1))
        found = jax.jit(solver.__call__)(space, jnp.asarray(f), jnp.asarray(lift @ values[fixed]))
        return float(jnp.abs(found - u).max())


def test_a_singular_system_is_refused():
    mesh = cylinder_mesh(LINES, LINES, Cylinder((0.0, 0.0), 0.5, 1.0), 3, AROUND)
    with pytest.raises(np.linalg.LinAlgError, match=r"potrf|positive definite"):
        condensed(mesh, -1e3, np.zeros(mesh.numbers.max() + 1, bool))
