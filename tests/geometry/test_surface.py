"""The arrays of a surface."""

import numpy as np
from toy_surfaces import sphere

from wellposed.geometry import scales


def test_inverse_degrees_are_those_of_the_edges():
    made = scales(sphere(1), (1.0,))
    surface = made.arrays().finest
    np.testing.assert_allclose(1 / surface.inverse_degrees(), np.bincount(made.levels[0].target), rtol=1e-6)
    assert made.arrays().finest.table.width == np.bincount(made.levels[0].target).max()
