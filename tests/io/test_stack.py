from pathlib import Path

import numpy as np
import pytest

from wellposed.errors import InputError
from wellposed.io.stack import LUMINANCE, finite, stack_from_array

PATH = Path("a.npy")


@pytest.mark.parametrize(
    ("shape", "n", "expected"),
    [
        ((9, 8), 1, (9, 8)),
        ((2, 9, 8), 2, (9, 8)),
        ((9, 8, 3), 1, (9, 8)),
        ((2, 9, 8, 1), 2, (9, 8)),
        ((2, 9, 8, 4), 2, (9, 8)),
    ],
)
def test_shapes(shape, n, expected):
    stack = stack_from_array(np.ones(shape), PATH, "it")
    assert len(stack.images) == n
    assert stack.images[0].shape == expected
    assert stack.images[0].dtype == np.float32


def test_colour_is_weighed():
    colours = np.zeros((9, 8, 3))
    colours[..., 1] = 1.0
    np.testing.assert_allclose(stack_from_array(colours, PATH, "it").images[0], LUMINANCE[1], rtol=1e-6)


@pytest.mark.parametrize("shape", [(), (5,), (2, 3, 4, 5), (2, 2, 2, 2, 2), (0, 4, 4)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(InputError, match=r"a\.npy: expected pictures of shape .* in it, found shape"):
        stack_from_array(np.ones(shape), PATH, "it")


def test_complex_is_refused():
    with pytest.raises(InputError, match="expected real pictures in it, found complex128: save the magnitude"):
        stack_from_array(np.ones((2, 2), complex), PATH, "it")


def test_booleans_are_0_and_1():
    assert stack_from_array(np.eye(3, dtype=bool), PATH, "it").images[0].sum() == 3.0


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_bad_pixels_are_counted_and_placed(bad):
    array = np.zeros((4, 5))
    array[2, 3] = array[3, 1] = bad
    with pytest.raises(InputError, match=r"found 2 of 20 NaN or infinite, the first at index \(2, 3\)"):
        finite(array, PATH, "it")
