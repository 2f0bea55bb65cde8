import numpy as np
import pytest
import scipy.stats

from wellposed.audit.interval import gap

A, B = np.array([1.0, 2.0, 4.0, 3.0]), np.array([0.5, 0.9, 0.8, 1.4])


@pytest.mark.parametrize("paired", [True, False])
def test_the_gap_is_the_t_interval_of_scipy(paired):
    test = scipy.stats.ttest_rel(A, B) if paired else scipy.stats.ttest_ind(A, B, equal_var=False)
    expected = test.confidence_interval(0.9)
    found = gap(A, B, paired, level=0.9)
    np.testing.assert_allclose(found, (A.mean() - B.mean(), expected.low, expected.high), rtol=1e-12)


def test_a_single_picture_takes_the_spread_of_the_other_set():
    expected = scipy.stats.t.interval(0.95, len(A) - 1, 7.0 - A.mean(), A.std(ddof=1) * np.sqrt(1 + 1 / len(A)))
    np.testing.assert_allclose(gap(np.array([7.0]), A, paired=False)[1:], expected, rtol=1e-12)


def test_two_single_pictures_bound_nothing():
    assert gap(A[:1], B[:1], paired=False) == (0.5, -np.inf, np.inf)


def test_sets_without_spread_have_an_exact_gap():
    assert gap(np.ones(3), np.zeros(2), paired=False) == (1.0, 1.0, 1.0)
