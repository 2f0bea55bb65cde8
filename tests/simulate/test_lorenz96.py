import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.simulate import dominant_wave, lorenz96, lorenz96_hopf, lorenz96_trajectories


def growth(F, n=64):
    with jax.enable_x64(True):
        return np.linalg.eigvals(np.asarray(jax.jacfwd(lorenz96)(jnp.zeros(n), F)))


def test_the_closed_form_of_the_hopf_point_is_where_the_spectrum_crosses():
    hopf = lorenz96_hopf(64)
    values = growth(hopf.parameter)
    critical = values[np.argmax(np.real(values))]
    assert abs(critical.real) < 1e-12
    assert abs(critical.imag) == pytest.approx(hopf.frequency, rel=1e-9)
    assert hopf.parameter == pytest.approx(0.8915, abs=5e-5)
    assert np.real(growth(0.84975)).max() == pytest.approx(-0.047, abs=1e-3)


def test_the_field_is_the_text_book_s():
    x, F, n = np.random.default_rng(0).normal(size=9), 1.3, 9
    expected = [x[i - 1] * (x[(i + 1) % n] - x[i - 2]) - x[i] + F for i in range(n)]
    np.testing.assert_allclose(lorenz96(jnp.asarray(x - F), F), expected, rtol=1e-5, atol=1e-5)


def test_runs_stay_on_their_wave_and_saturate_only_beyond_the_hopf_point():
    found = lorenz96_trajectories(
        jax.random.key(1), np.array([0.85, 1.0]), np.array([0.2, 0.2]), np.linspace(0.0, 100.0, 21)
    )
    assert found.discarded == 0
    size = np.sqrt((found.trajectories.states**2).mean(-1))
    assert size[0, -1] < 0.01 * size[0, 0]
    assert size[1, -5:].std() < 0.01 * size[1, -1]
    np.testing.assert_array_equal(dominant_wave(found.trajectories.states[1]), 13)


def test_a_run_that_begins_in_noise_may_end_elsewhere_and_is_counted():
    found = lorenz96_trajectories(
        jax.random.key(0), np.full(6, 0.96), np.full(6, 1e-3), np.array([0.0, 400.0]), noise=300.0
    )
    assert found.discarded > 0
    assert len(found.trajectories.states) == 6 - found.discarded
