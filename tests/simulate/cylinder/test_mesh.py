import numpy as np
import pytest

from wellposed.simulate.cylinder import Cylinder, bisected, cylinder_mesh, rectangle_mesh

LINES = (-3.0, -1.0, 1.0, 2.0)
AROUND = {"around": lambda p: np.abs(p).max(axis=-1) > 0.99}
BODY = Cylinder(center=(0.0, 0.0), radius=0.5, half=1.0)


def test_neighbours_share_points():
    """A conforming mesh of quadrilaterals without a hole: the formula of Euler counts its points."""
    mesh = rectangle_mesh([0, 1, 2, 4], [0, 2, 3], 4, {"wall": lambda p: p[..., 0] > -1})
    corners, sides = 4 * 3, 3 * 3 + 4 * 2
    assert mesh.numbers.max() + 1 == corners + 3 * sides
    edge = mesh.points[:, : mesh.element.boundary]
    for k in range(mesh.numbers.max() + 1):
        same = edge[mesh.numbers == k]
        np.testing.assert_allclose(same - same[:1], 0.0, atol=1e-12)


def test_the_rings_fit_the_circle_and_the_lines():
    mesh = cylinder_mesh(LINES, LINES, BODY, 5, AROUND)
    elements = 4 * 2 * 2 + 4 * 4 - 4  # rings, and the lines with the square's own line between
    assert mesh.points.shape == (elements, 36, 2)
    assert len(mesh.parts["cylinder"]) == 8
    assert len(mesh.parts["around"]) == 16
    corners, sides = 8 * 3 + 25 - 1 - 8, (8 * 2 + 8 * 3) + 2 * 4 * 5 - 4 - 8
    assert mesh.numbers.max() + 1 == corners + 4 * sides
    element, side = mesh.parts["cylinder"].T
    radius = np.linalg.norm(mesh.points[element[:, None], mesh.element.sides[side]], axis=-1)
    np.testing.assert_allclose(radius, 0.5)


def test_lines_that_miss_the_square_are_refused():
    with pytest.raises(ValueError, match="expects lines at -1 and 1"):
        cylinder_mesh((-3.0, -1.5, 1.0, 2.0), LINES, BODY, 4, AROUND)


def test_a_side_without_a_part_is_refused():
    with pytest.raises(ValueError, match="none of them"):
        rectangle_mesh([0, 1], [0, 1], 4, {"left": lambda p: p[..., 0] == 0})


def test_bisected_lines():
    assert bisected((0.0, 1.0)) == (0.0, 0.5, 1.0)
