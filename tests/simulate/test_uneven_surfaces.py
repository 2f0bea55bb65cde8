"""Uneven surfaces are closed, and turn outwards."""

from collections import Counter

import numpy as np
import pytest

from wellposed.simulate import uneven_surface


@pytest.mark.parametrize(("shape", "handles"), [("sphere", 0), ("ellipsoid", 0), ("bumps", 0), ("torus", 1)])
@pytest.mark.parametrize("vertices", [60, 130])
def test_they_are_closed_with_the_area_of_the_sphere(shape, handles, vertices):
    surface = uneven_surface(shape, vertices, seed=1)
    faces, points = surface.triangles, surface.points
    directed = Counter((int(a), int(b)) for f in faces for a, b in zip(f, np.roll(f, -1), strict=True))
    assert set(directed.values()) == {1}
    assert all((b, a) in directed for a, b in directed)
    assert len(points) - len(directed) // 2 + len(faces) == 2 - 2 * handles
    a, b, c = points[faces].swapaxes(0, 1)
    np.testing.assert_allclose(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2, 4 * np.pi)
    assert np.sum(a * np.cross(b, c)) > 0  # six times the volume inside
    assert abs(len(points) - vertices) < 0.3 * vertices


def test_a_shape_or_a_size_that_does_not_exist():
    with pytest.raises(ValueError, match="at least 12 vertices, got 5"):
        uneven_surface("sphere", 5)
