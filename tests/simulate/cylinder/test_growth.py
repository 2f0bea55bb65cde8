import numpy as np
import pytest

from wellposed.simulate.cylinder import growth, onset

T = 0.2 * np.arange(150)


@pytest.mark.parametrize(("rate", "frequency"), [(-0.1, 0.8), (0.0, 1.5), (0.03, 0.7)])
def test_an_oscillation_is_found_exactly(rate, frequency):
    found = growth(1e-4 * np.exp(rate * T) * np.cos(frequency * T + 1.0), 0.2)
    np.testing.assert_allclose([found.rate, found.frequency], [rate, frequency], atol=1e-10)
    assert found.residual < 1e-12


def test_what_is_no_single_oscillation_is_seen_in_the_residual():
    found = growth(np.cos(T) + 0.1 * np.cos(2.2 * T), 0.2)
    assert found.residual > 1e-3


def test_what_does_not_oscillate_has_the_rate_that_decays_least():
    found = growth(np.exp(-T) + np.exp(-0.3 * T), 0.2)
    np.testing.assert_allclose([found.rate, found.frequency], [-0.3, 0.0], atol=1e-9)


def test_too_few_samples_are_refused():
    with pytest.raises(ValueError, match="at least five samples"):
        growth(np.ones(4), 0.2)


def test_onset_lies_between_decay_and_growth():
    parameters = np.asarray([40.0, 45.0, 47.0, 52.0])
    np.testing.assert_allclose(onset(parameters, (parameters - 46.2) / 70), 46.2)
    with pytest.raises(ValueError, match="widen the range"):
        onset(parameters, np.ones(4))
