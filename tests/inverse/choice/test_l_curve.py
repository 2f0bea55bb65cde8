"""The corner of the L-curve: near the best error, the curvature of a circle, and a code for no corner."""

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.inverse import RESULTS, Tikhonov, l_curve, variation
from wellposed.inverse.choice.l_curve import _curvature
from wellposed.operators import Matrix, svd


@pytest.mark.parametrize("method", ["Tikhonov", "TSVD", "MatrixFreeTikhonov"], indirect=True)
def test_is_near_the_least_error(shaw, method):
    found = l_curve(method.build, method.grid, shaw.A, shaw.y)
    assert found.result == RESULTS.successful
    assert jnp.linalg.norm(found.map(shaw.y) - shaw.x) <= 2.5 * method.best


@pytest.mark.parametrize("method", ["Landweber"], indirect=True)
def test_too_few_steps_of_landweber_have_no_corner(shaw, method):
    """After 1e5 steps the picture is still smooth: the arm on which noise grows is not on the grid."""
    assert l_curve(method.build, method.grid, shaw.A, shaw.y, throw=False).result == RESULTS.no_corner


def test_the_curvature_of_a_circle_is_one_over_its_radius(shaw):
    angle = jnp.linspace(jnp.pi, 1.5 * jnp.pi, 200)
    points = 3 * jnp.stack([jnp.cos(angle), jnp.sin(angle)], 1)
    for ordered in (points, points[::-1]):
        curvature = _curvature(ordered)
        inside = jnp.isfinite(curvature)
        assert inside.sum() > 150
        np.testing.assert_allclose(curvature[inside], 1 / 3, rtol=1e-3)


def test_points_that_cluster_do_not_move_the_corner(shaw):
    corner = jnp.array([[0.0, 1.0], [0.0, 0.0], [1.0, 0.0]])
    along = np.linspace(0, 2, 41)
    crowded = np.sort(np.concatenate([along, 0.35 + 1e-9 * np.arange(30), 1.6 + 1e-12 * np.arange(30)]))
    points = jnp.stack([jnp.interp(crowded, jnp.arange(3.0), corner[:, i]) for i in range(2)], 1)
    assert crowded[int(jnp.argmax(_curvature(points)))] == 1


def test_the_size_of_the_picture_can_be_another(shaw):
    spectrum, grid = svd(shaw.A), np.geomspace(1e-9, 1e2, 34)

    def build(alpha):
        return Tikhonov(spectrum, alpha)

    rough = l_curve(build, grid, shaw.A, shaw.y, size=variation)
    assert rough.result == RESULTS.successful
    assert not np.array_equal(rough.scores, l_curve(build, grid, shaw.A, shaw.y).scores)


def test_a_curve_without_a_corner_has_a_code(shaw):
    """Scaling the data by t: residual (1 - t) |y| and size t |y| turn the other way."""
    identity = Matrix(jnp.eye(shaw.y.size))

    def ask(throw):
        return l_curve(lambda t: lambda y: t * y, np.linspace(0.1, 0.9, 20), identity, shaw.y, throw=throw)

    assert ask(False).result == RESULTS.no_corner
    with pytest.raises(eqx.EquinoxRuntimeError, match="The L-curve has no corner on this grid"):
        ask(True)


def test_data_that_are_not_finite_have_a_code(shaw):
    spectrum = svd(shaw.A)
    found = l_curve(lambda a: Tikhonov(spectrum, a), np.geomspace(1e-6, 1, 9), shaw.A, jnp.nan * shaw.y, throw=False)
    assert found.result == RESULTS.not_finite
