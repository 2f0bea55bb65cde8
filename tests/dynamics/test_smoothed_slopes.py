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


EVEN = np.linspace(0.0, 3.0, 301)
X = np.stack([np.sin(EVEN), np.cos(2 * EVEN)], axis=1)[None]
DX = np.stack([np.cos(EVEN), -2 * np.sin(2 * EVEN)], axis=1)[None]


@pytest.mark.parametrize(("noise", "tolerance"), [(0.0, 1e-7), (1e-3, 2e-2), (3e-2, 0.3)])
def test_slopes_are_smoothed_as_far_as_the_noise_asks(noise, tolerance):
    noisy = X + noise * np.random.default_rng(0).normal(size=X.shape)
    assert np.abs(smoothed_slopes(EVEN, noisy) - DX)[:, 8:-8].max() < tolerance


LEAVING = np.linspace(0.0, 6.0, 61)
SINES = np.sin(LEAVING[None, :, None] + np.arange(8.0)[:, None, None])
COSINES = np.cos(LEAVING[None, :, None] + np.arange(8.0)[:, None, None])


@pytest.mark.parametrize("filler", [0.0, 1e6, np.nan])
def test_what_comes_after_leaving_does_not_matter(filler):
    inside = np.ones((8, 61), bool)
    inside[0, 30:] = inside[1, 8:] = inside[2, 3:] = inside[3, 2:] = inside[4] = False
    found = smoothed_slopes(LEAVING, np.where(inside[..., None], SINES, filler), inside)
    error = np.abs(found - COSINES)[..., 0]
    whole = np.abs(smoothed_slopes(LEAVING, SINES) - COSINES).max()
    assert whole < 2e-5
    assert error[[0, 5, 6, 7]][inside[[0, 5, 6, 7]]].max() < 2 * whole
    assert error[1][inside[1]].max() < 1e-3
    assert error[2][inside[2]].max() < 1e-2  # of a parabola
    assert error[3][inside[3]].max() < 0.1  # of a straight line
    assert np.all(found[~inside] == 0)


def test_the_smoothness_is_chosen_on_what_counts():
    rng = np.random.default_rng(0)
    noisy = SINES + 0.02 * rng.normal(size=SINES.shape)
    inside = np.tile(np.arange(61)[None] < 40, (8, 1))
    filled = np.where(inside[..., None], noisy, 1e3 * rng.normal(size=noisy.shape))
    np.testing.assert_array_equal(
        smoothed_slopes(LEAVING, filled, inside)[:, :40], smoothed_slopes(LEAVING, noisy, inside)[:, :40]
    )


def test_what_cannot_be_smoothed_is_refused():
    with pytest.raises(ValueError, match="at least 5 times, got 4"):
        smoothed_slopes(TS[:4], STATES[:, :4])
    with pytest.raises(ValueError, match="increasing times"):
        smoothed_slopes(TS[::-1].copy(), STATES)
    inside = np.ones((2, 90), bool)
    with pytest.raises(ValueError, match="some that come back"):
        smoothed_slopes(TS, STATES, inside & (np.arange(90)[None] != 4))
    with pytest.raises(ValueError, match="one sample only"):
        smoothed_slopes(TS, STATES, inside & (np.arange(90)[None] < 1))
    with pytest.raises(ValueError, match="finite states where they count"):
        smoothed_slopes(TS, np.where(np.arange(3) > 1, np.nan, STATES))
