"""The force of flows that are given in closed form."""

import jax
import jax.numpy as jnp
import numpy as np

from wellposed.simulate.cylinder import Cylinder, cylinder_mesh, force, space_on

LINES = (-2.0, -1.0, 1.0, 2.0)
RADIUS, NU = 0.5, 0.3


def test_the_force_on_a_circle():
    """F = integral of p n - nu (grad u + grad u^T) n, n out of the flow, hence towards the center.

    With p = a . x the first part is -a |disc|, the weight of what the disc displaces (Archimedes). For a Stokeslet-like
    u = (log r, 0), the traction is integrated by a fine trapezoidal rule.
    """
    mesh = cylinder_mesh(
        LINES, LINES, Cylinder((0.0, 0.0), RADIUS, 1.0), 10, {"around": lambda p: np.abs(p).max(axis=-1) > 0.99}
    )
    x, y = np.moveaxis(mesh.points, -1, 0)
    with jax.enable_x64(True):
        space, push = space_on(mesh), force(mesh, "cylinder")
        still = jnp.zeros((2, *x.shape))
        weight = push(space, still, jnp.asarray(2.0 * x - y), NU)
        np.testing.assert_allclose(weight, np.pi * RADIUS**2 * np.asarray([-2.0, 1.0]), rtol=1e-9)

        u = jnp.asarray(np.stack([np.log(np.hypot(x, y)), x**2 * y]))
        turn = 2 * np.pi * np.arange(400) / 400
        c, s = np.cos(turn), np.sin(turn)
        a, b = RADIUS * c, RADIUS * s
        grad = np.asarray([[a / RADIUS**2, b / RADIUS**2], [2 * a * b, a**2]])
        traction = np.einsum("ijk,jk->ik", grad + grad.swapaxes(0, 1), np.stack([-c, -s]))
        expected = -NU * traction.mean(axis=1) * 2 * np.pi * RADIUS
        found = push(space, u, jnp.zeros(x.shape), NU)
        np.testing.assert_allclose(found, expected, atol=1e-5)
        assert np.abs(expected).max() > 0.1
