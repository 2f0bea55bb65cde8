"""Faults of a surface: repaired, or refused in a sentence."""

import numpy as np
import pytest

from wellposed.errors import InputError
from wellposed.io.surface_checks import checked

POINTS = np.array([[0.0, 0, 0], [2, 0, 0], [0, 2, 0], [0, 0, 2]])
FACES = np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])


def check(points=POINTS, faces=FACES, fields=None, extent=None):
    return checked(points, faces, fields or {}, "a.ply", extent)


def test_a_good_surface_stays_as_it_is():
    points, faces, _, notes = check()
    np.testing.assert_array_equal(points, POINTS)
    np.testing.assert_array_equal(faces, FACES)
    assert notes == ()


def test_flat_faces_and_lonely_vertices_go_and_fields_follow():
    points = np.concatenate([[[9.0, 9, 9]], POINTS])
    faces = np.concatenate([FACES + 1, [[1, 1, 2], [2, 2, 2]]])
    points, faces, fields, notes = check(points, faces, {"p": np.arange(5.0)})
    np.testing.assert_array_equal(points, POINTS)
    np.testing.assert_array_equal(faces, FACES)
    np.testing.assert_array_equal(fields["p"], np.arange(1.0, 5))
    assert notes == ("2 degenerate faces were removed", "1 isolated vertices were removed")


FAULTS = {
    "NaN": (lambda: check(np.where(POINTS == 2, np.nan, POINTS)), "NaN or infinity at 3 vertices, the first is 1"),
    "field": (lambda: check(fields={"p": np.array([0, 1, np.inf, 3])}), "the field 'p', found NaN or infinity at 1"),
    "length": (lambda: check(fields={"p": np.zeros(3)}), "the field 'p' for 4 vertices, found 3"),
    "index": (lambda: check(faces=FACES + 1), "indices from 0 to 3, found 1 to 4"),
    "branch": (lambda: check(faces=np.concatenate([FACES, FACES[:1]])), "one or two faces, found 3 edges with more"),
    "flat": (lambda: check(faces=np.array([[0, 0, 1]])), "found 1 degenerate ones"),
    "empty": (lambda: check(faces=np.zeros((0, 3), int)), "expected triangles, found none"),
    "shape": (lambda: check(faces=np.zeros((2, 4), int)), "found shapes"),
    "unit": (lambda: check(extent=(0.01, 1.0)), "its unit seems to be mm"),
    "metres": (lambda: check(extent=(100.0, 500.0)), "its unit seems to be m,"),
    "scale": (lambda: check(extent=(1e5, 1e6)), "found 3.46: scale it"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named(fault):
    run, message = FAULTS[fault]
    with pytest.raises(InputError, match=message):
        run()
