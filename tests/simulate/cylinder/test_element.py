import numpy as np
import pytest

from wellposed.simulate.cylinder.element import gauss_lobatto, reference


@pytest.mark.parametrize("order", [2, 5, 9])
def test_quadrature_and_slopes_are_exact_for_polynomials(order):
    x, w, D = gauss_lobatto(order)
    for degree in range(2 * order):
        np.testing.assert_allclose(w @ x**degree, (1 + (-1) ** degree) / (degree + 1), atol=1e-13)
    for degree in range(order + 1):
        np.testing.assert_allclose(D @ x**degree, degree * x ** max(degree - 1, 0), atol=1e-11)
    assert abs(w @ x ** (2 * order) - 2 / (2 * order + 1)) > 1e-6  # one degree more is not exact


def test_points_of_five():
    """Abramowitz and Stegun, table 25.6."""
    x, w, _ = gauss_lobatto(4)
    np.testing.assert_allclose(x, [-1, -np.sqrt(3 / 7), 0, np.sqrt(3 / 7), 1], atol=1e-14)
    np.testing.assert_allclose(w, [1 / 10, 49 / 90, 32 / 45, 49 / 90, 1 / 10], atol=1e-14)


def test_the_square_has_its_boundary_first_and_its_sides_in_order():
    square = reference(5)
    r, s = square.places.T
    on_edge = np.maximum(abs(r), abs(s)) == 1
    assert on_edge[: square.boundary].all()
    assert not on_edge[square.boundary :].any()
    for side, (axis, value) in zip(square.sides, [(1, -1), (0, 1), (1, 1), (0, -1)], strict=True):
        assert (square.places[side, axis] == value).all()
        assert (np.diff(square.places[side, 1 - axis]) > 0).all()
    f = r**3 * s**2
    np.testing.assert_allclose(square.slopes @ f, [3 * r**2 * s**2, 2 * r**3 * s], atol=1e-12)
    np.testing.assert_allclose(square.weights.sum(), 4)
