import numpy as np
import pytest

from wellposed.io.scale import fit_square, to_unit, value_range


def test_a_fixed_white_wins():
    assert value_range([np.asarray([[3.0, 9.0]])], 255.0) == (0.0, 255.0)


def test_values_in_the_unit_interval_stay():
    assert value_range([np.asarray([[0.2, 0.9]])]) == (0.0, 1.0)


def test_faint_values_in_the_unit_interval_are_stretched():
    low, high = value_range([np.linspace(0.0, 0.02, 10_000).reshape(100, 100)])
    assert 0.0 < low < 1e-4
    assert 0.0199 < high < 0.02


def test_a_hot_pixel_does_not_turn_the_rest_black():
    image = np.linspace(0.0, 100.0, 10_000).reshape(100, 100)
    image[0, 0] = 1e6
    assert value_range([image])[1] < 101.0


def test_a_sparse_picture_keeps_its_range():
    image = np.zeros((100, 100))
    image[3, 4] = 7.0
    assert value_range([image]) == (0.0, 7.0)


def test_to_unit_clips():
    np.testing.assert_allclose(to_unit(np.asarray([-1.0, 0.0, 5.0, 20.0]), 0.0, 10.0), [0.0, 0.0, 0.5, 1.0])


@pytest.mark.parametrize(("shape", "spacing"), [((8, 4), (1.0, 1.0)), ((4, 4), (2.0, 1.0))])
def test_tall_pictures_are_padded_at_the_sides(shape, spacing):
    square = fit_square(np.ones(shape, np.float32), 16, spacing)
    np.testing.assert_allclose(square[:, 4:12], 1.0, rtol=1e-6)
    assert square.sum() == pytest.approx(16 * 8)


def test_the_place_is_kept():
    image = np.zeros((6, 9), np.float32)
    image[0, 0] = 1.0
    square = fit_square(image, 9)
    assert np.unravel_index(square.argmax(), square.shape) == (1, 0)


def test_shrinking_averages():
    """A checkerboard becomes grey: without anti-aliasing it would become black, white or stripes."""
    board = (np.indices((64, 64)).sum(0) % 2).astype(np.float32)
    np.testing.assert_allclose(fit_square(board, 16)[1:-1, 1:-1], 0.5, atol=0.02)


def test_shrinking_keeps_the_mean_and_the_range():
    image = np.random.default_rng(0).uniform(size=(64, 64)).astype(np.float32)
    small = fit_square(image, 16)
    assert small.mean() == pytest.approx(image.mean(), abs=0.01)
    assert 0.0 <= small.min() <= small.max() <= 1.0
