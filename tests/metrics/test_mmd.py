"""The discrepancy of two samples: against its closed form, and whether its intervals hold."""

import numpy as np
import pytest

from wellposed.metrics import median_bandwidth, mmd


def closed_form(shift, h):
    """Of N(0, 1) and N(shift, 1): the kernel's mean over a difference that is N(m, 2)."""
    mean = lambda m: np.sqrt(h**2 / (h**2 + 2)) * np.exp(-(m**2) / (2 * (h**2 + 2)))
    return 2 * mean(0) - 2 * mean(shift)


def test_equals_the_closed_form_for_normal_densities():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 8000, 1))
    found = mmd(x, y + 1, bandwidth=0.7)
    assert found.low < closed_form(1.0, 0.7) < found.high
    assert found.high - found.low < 0.2 * found.mean


def test_intervals_hold_the_zero_of_equal_densities_as_often_as_they_say():
    rng = np.random.default_rng(1)
    held = [found.low < 0 < found.high for found in (mmd(*rng.normal(size=(2, 200, 2)), blocks=10) for _ in range(200))]
    assert 0.87 < np.mean(held) < 0.99


def test_the_bandwidth_is_the_median_distance():
    assert median_bandwidth(np.array([[0.0, 0.0], [3.0, 4.0], [6.0, 8.0]])) == 5.0


def test_too_few_points_are_a_sentence():
    with pytest.raises(ValueError, match="give more points"):
        mmd(np.zeros((10, 2)), np.zeros((10, 2)))
