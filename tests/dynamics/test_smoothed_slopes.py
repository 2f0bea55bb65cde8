import numpy as np
import pytest

from wellposed.dynamics import smoothed_slopes

TS = np.sort(np.random.default_rng(1).uniform(0.0, 12.0, 90))
PHASES = np.arange(6.0).reshape(2, 1, 3)
STATES = np.sin(TS[None, :, None] + PHASES)
SLOPES = np.cos(TS[None, :, None] + PHASES)


def test_without_noise_the_derivative_is_found_at_uneven_times():
    found = smoothed_slopes(TS, STATES)
    assert np.abs(found - SLOPES)[:, 3:-3].max() < 0.02


def test_with_noise_it_is_much_better_than_differences():
    noisy = STATES + 0.02 * np.random.default_rng(0).normal(size=STATES.shape)
    error = np.abs(smoothed_slopes(TS, noisy) - SLOPES)[:, 3:-3].mean()
    differences = np.abs(np.gradient(noisy, TS, axis=1) - SLOPES)[:, 3:-3].mean()
    assert error < 0.05
    assert error < 0.2 * differences


def test_too_few_times():
    with pytest.raises(ValueError, match="at least 5 times, got 4"):
        smoothed_slopes(TS[:4], STATES[:, :4])
