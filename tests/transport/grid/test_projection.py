"""The projection beside a dense solve of its optimality conditions."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.flatten_util import ravel_pytree

from wellposed.transport import Grid
from wellposed.transport.grid.projection import Path, Weights, continuity_residual, copied, projected
from wellposed.transport.grid.stencils import averaged, averaged_adjoint, cosine, divergence, gradient, laplacian

GRID = Grid(((-1.0, 1.0), (0.0, 1.5)), (4, 3), 3)


def arrays(key, n=3):
    return jax.random.normal(jax.random.key(key), (n, 4, 3))


def test_adjoints():
    with jax.enable_x64(True):
        rho, other = arrays(0), arrays(1)
        faces, slopes = averaged(GRID, other), gradient(GRID, other)
        dot = lambda a, b: float(
            sum(jnp.vdot(x, y) for x, y in zip(jax.tree.leaves(a), jax.tree.leaves(b), strict=True))
        )
        assert dot(averaged(GRID, rho), faces) == pytest.approx(dot(rho, averaged_adjoint(GRID, faces)), rel=1e-12)
        assert dot(gradient(GRID, rho), slopes) == pytest.approx(-dot(rho, divergence(GRID, slopes)), rel=1e-12)


def test_the_cosine_transform_is_orthonormal_and_makes_the_laplacian_diagonal():
    from wellposed.transport.grid.stencils import eigenvalues

    with jax.enable_x64(True):
        rho = arrays(0)
        np.testing.assert_allclose(cosine(GRID, cosine(GRID, rho), inverse=True), rho, atol=1e-12)
        found = -cosine(GRID, rho) * eigenvalues(GRID)[0][None]
        np.testing.assert_allclose(cosine(GRID, laplacian(GRID, rho)), found, atol=1e-10)


@pytest.mark.parametrize("fixed", [False, True])
@pytest.mark.parametrize("nu", [0.0, 0.2])
def test_beside_a_dense_solve(nu, fixed):
    with jax.enable_x64(True):
        weights = Weights(jnp.asarray(1.7), jnp.asarray(0.6))
        start, end = jnp.exp(arrays(2, 1)[0]), jnp.exp(arrays(3, 1)[0])
        end = end * start.sum() / end.sum()
        inside = lambda m: (m[0].at[:, jnp.array([0, -1])].set(0), m[1].at[:, :, jnp.array([0, -1])].set(0))
        make = lambda key: Path(arrays(key), inside(gradient(GRID, arrays(key + 1))))
        goal = copied(GRID, start, make(5))
        goal = jax.tree.map(lambda a: a + 0.3 * jnp.sin(jnp.arange(a.size, dtype=float)).reshape(a.shape), goal)
        goal = goal._replace(momentum=inside(goal.momentum))
        path, _ = projected(GRID, jnp.asarray(nu), start, end if fixed else None, goal, weights)
        np.testing.assert_allclose(continuity_residual(GRID, jnp.asarray(nu), start, path), 0, atol=1e-11)
        if fixed:
            np.testing.assert_allclose(path.rho[-1], end, atol=1e-12)

        def distance(path):
            left = jax.tree.map(jnp.subtract, copied(GRID, start, path), goal)
            square = lambda tree: sum(jnp.sum(a**2) for a in jax.tree.leaves(tree))
            return (weights.density * square((left.face, left.node)) + weights.momentum * square(left.momentum)) / 2

        flat, back = ravel_pytree(path)
        slope = jax.grad(lambda flat: distance(back(flat)))(flat)
        masked = lambda flat: back(flat)._replace(momentum=inside(back(flat).momentum))

        def conditions(flat):
            path = masked(flat)
            rows = continuity_residual(GRID, jnp.asarray(nu), jnp.zeros_like(start), path).ravel()
            walls = ravel_pytree(jax.tree.map(jnp.subtract, back(flat), path))[0]
            return jnp.concatenate([rows, walls, path.rho[-1].ravel() if fixed else jnp.zeros(0)])

        rows = jax.jacfwd(conditions)(jnp.zeros_like(flat))
        multiplier = np.linalg.lstsq(np.asarray(rows.T), np.asarray(slope), rcond=None)[0]
        np.testing.assert_allclose(rows.T @ multiplier, slope, atol=1e-9)  # the slope lies in the span of conditions
