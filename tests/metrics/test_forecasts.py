"""Forecasts are judged by the time they are right, by their spectrum and by their invariant measure."""

import numpy as np
import pytest

from wellposed.metrics import invariant_error, spectrum_error, valid_prediction_time

TS = np.linspace(0, 10, 1001)


def test_the_valid_time_is_where_an_error_that_grows_crosses_the_threshold():
    true = np.stack([np.sin(TS), np.cos(TS)], axis=1)
    sigma = np.sqrt(np.mean(np.sum((true - true.mean(0)) ** 2, axis=1)))
    error = 1e-3 * np.exp(TS)
    found = valid_prediction_time(true + error[:, None] * [[1.0, 0.0]], true, TS)
    assert found == pytest.approx(np.log(0.4 * sigma / 1e-3), abs=0.02)


def test_nan_is_wrong_in_a_prediction_and_unknown_in_the_truth():
    true, broken = np.sin(TS)[:, None], np.sin(TS)[:, None]
    broken = np.where(TS[:, None] > 4, np.nan, broken)
    assert valid_prediction_time(broken, true, TS) == pytest.approx(4.0)
    assert valid_prediction_time(true, broken, TS) == pytest.approx(4.0)
    assert valid_prediction_time(true + 0.5 * (TS[:, None] > 5), broken, TS) == pytest.approx(4.0)


def test_a_forecast_that_is_never_right_has_no_valid_time():
    assert valid_prediction_time(np.full((1001, 1), 9.0), np.sin(TS)[:, None], TS) == 0


def test_the_spectrum_does_not_see_phases_but_frequencies():
    wave = lambda f, phase: np.sin(2 * np.pi * f * TS + phase)[:, None]
    assert spectrum_error(wave(3, 1.0), wave(3, 0.0)) < 0.02
    assert spectrum_error(wave(1, 0.0), wave(8, 0.0)) > 0.95
    both = np.concatenate([wave(1, 0.0), wave(8, 0.0)], axis=1)
    assert spectrum_error(both, np.concatenate([wave(1, 0.0), wave(1, 2.0)], axis=1)) == pytest.approx(0.5, abs=0.03)


def test_a_forecast_that_stands_still_has_another_spectrum():
    assert spectrum_error(np.zeros((1001, 1)), np.sin(TS)[:, None]) == 1
    assert spectrum_error(np.full((1001, 1), np.nan), np.sin(TS)[:, None]) == 1


def test_the_distance_of_shifted_normal_distributions_is_the_shift():
    draw = np.random.default_rng(0).normal(size=(20000, 3))
    assert invariant_error(draw[:10000] + 0.5, draw[10000:]) == pytest.approx(0.5, abs=0.03)
    assert invariant_error(draw[::2], draw[1::2]) < 0.03


def test_a_coordinate_that_hardly_moves_hardly_counts():
    draw = np.random.default_rng(0).normal(size=(4000, 2)) * [1.0, 1e-6]
    other = draw + np.array([0.0, 1e-6])
    assert invariant_error(other, draw) < 1e-5


def test_a_forecast_that_broke_down_is_infinitely_far():
    assert invariant_error(np.full((9, 1), np.nan), np.arange(9.0)[:, None]) == np.inf
