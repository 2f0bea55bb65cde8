import numpy as np
import pytest
from scipy import stats

from wellposed.metrics import mean_interval, quantile_interval


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_mean_interval_equals_scipy(level):
    values = np.random.default_rng(0).normal(size=17)
    expected = stats.ttest_1samp(values, 0.0).confidence_interval(level)
    found = mean_interval(values, level)
    np.testing.assert_allclose([found.low, found.high], [expected.low, expected.high], rtol=1e-10)
    np.testing.assert_allclose(found.mean, values.mean())
    assert found.n == 17


def test_mean_interval_covers_as_often_as_it_says():
    draws = np.random.default_rng(0).normal(loc=3.0, size=(1000, 5))
    covered = np.mean([low <= 3.0 <= high for _, low, high, _ in map(mean_interval, draws)])
    assert abs(covered - 0.95) < 0.025  # 3.6 standard deviations of the coverage


@pytest.mark.parametrize("q", [0.25, 0.5, 0.9])
def test_quantile_interval_equals_scipy(q):
    values = np.random.default_rng(1).exponential(size=60)
    expected = stats.quantile_test(values, q=0.0, p=q).confidence_interval(0.95)
    found = quantile_interval(values, q)
    np.testing.assert_allclose([found.low, found.high], [expected.low, expected.high])
    np.testing.assert_allclose(found.quantile, np.quantile(values, q))


def test_quantile_interval_covers_at_least_as_often_as_it_says():
    draws = np.random.default_rng(0).exponential(size=(1000, 30))
    covered = np.mean([low <= np.log(2) <= high for _, low, high, _ in map(quantile_interval, draws)])
    assert 0.95 - 0.02 < covered < 0.99


def test_too_few_values_leave_the_interval_open():
    assert mean_interval(np.array([2.0])) == (2.0, -np.inf, np.inf, 1)
    assert quantile_interval(np.array([1.0, 2.0, 3.0])) == (2.0, -np.inf, np.inf, 3)
    assert np.isfinite(quantile_interval(np.arange(6.0)).low)


def test_an_interval_of_shares_keeps_to_what_a_share_can_be():
    shares = np.array([90.0, 99.0, 100.0])
    assert mean_interval(shares).high > 100
    assert mean_interval(shares, within=(0.0, 100.0)) == (*mean_interval(shares)[:2], 100.0, 3)
    with pytest.raises(ValueError, match=r"values within \(0\.0, 1\.0\), got 90 to 100"):
        mean_interval(shares, within=(0.0, 1.0))


def test_what_is_not_known_has_no_interval():
    assert np.isnan(mean_interval(np.array([1.0, np.nan]), within=(0.0, 9.0))[:3]).all()


def test_an_interval_prints_itself():
    assert f"{mean_interval(np.array([1.0, 2.0, 3.0])):.2f}" == "2.00 [-0.48, 4.48]"
    assert f"{quantile_interval(np.arange(9.0)):.0f}" == "4 [1, 7]"


@pytest.mark.parametrize("function", [mean_interval, quantile_interval])
def test_bad_arguments_are_refused(function):
    with pytest.raises(ValueError, match="at least one value, got none"):
        function(np.zeros(0))
    with pytest.raises(ValueError, match=r"level in \(0, 1\), got 95"):
        function(np.ones(3), level=95.0)
    with pytest.raises(ValueError, match=r"q in \(0, 1\), got 50"):
        quantile_interval(np.ones(3), q=50.0)
