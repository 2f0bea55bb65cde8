import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats

from wellposed.simulate import gaussian, multiplicative, poisson

KEY = jax.random.key(3)
N = 20_000
FALSE_ALARM = 1e-4  # two-sided; the keys are fixed, so a test that passes once always passes


def assert_mean(values, expected):
    """Student's t interval of the mean covers the expected value."""
    result = scipy.stats.ttest_1samp(np.ravel(values), expected)
    low, high = result.confidence_interval(1 - FALSE_ALARM)
    assert low <= expected <= high


def assert_deviation(values, expected):
    """The chi-squared interval of the standard deviation of Gaussian values covers the expected value."""
    values = np.ravel(values)
    ratio = (values.size - 1) * np.var(values, ddof=1) / expected**2
    low, high = scipy.stats.chi2.interval(1 - FALSE_ALARM, values.size - 1)
    assert low <= ratio <= high


counting = jax.jit(jax.vmap(poisson, in_axes=(0, None, None, None)))


def noise_of(model, y, **options):
    keys = jax.random.split(KEY, N // y.size)
    return np.asarray(jax.vmap(lambda key: model(key, y, **options) - y)(keys))


@pytest.mark.parametrize("scale", [1.0, 100.0])
def test_gaussian_is_relative_to_the_root_mean_square(scale):
    y = scale * jnp.asarray([[3.0, -4.0], [0.0, 5.0]])
    noise = noise_of(gaussian, y, level=0.05)
    sigma = 0.05 * scale * np.sqrt(50.0 / 4.0)
    assert_mean(noise, 0.0)
    assert_deviation(noise, sigma)
    assert scipy.stats.kstest(noise.ravel() / sigma, "norm").pvalue > FALSE_ALARM


def test_gaussian_on_complex_data_is_circular():
    y = jnp.asarray([1.0 + 1.0j, 2.0 - 2.0j], jnp.complex64)
    noise = noise_of(gaussian, y, level=0.1)
    sigma = 0.1 * np.sqrt(5.0)
    assert_deviation(noise.real, sigma / np.sqrt(2.0))
    assert_deviation(noise.imag, sigma / np.sqrt(2.0))
    assert abs(np.corrcoef(noise.real.ravel(), noise.imag.ravel())[0, 1]) < 4.0 / np.sqrt(N)


def test_poisson_counts_have_the_poisson_distribution():
    photons, depth, attenuation = 40.0, 2.0, 0.5
    keys = jax.random.split(KEY, N // 100)
    noisy = np.asarray(counting(keys, jnp.full(100, depth), photons, attenuation))
    counts = np.round(photons * np.exp(-attenuation * noisy), 3)
    expected = photons * np.exp(-attenuation * depth)
    np.testing.assert_allclose(counts, np.round(counts))
    low, high = scipy.stats.poisson.interval(1 - FALSE_ALARM, expected * counts.size)
    assert low <= counts.sum() <= high
    values = np.arange(8, 22)
    observed = np.asarray([(counts == k).sum() for k in values])
    probabilities = scipy.stats.poisson.pmf(values, expected)
    rest = counts.size - observed.sum()
    test = scipy.stats.chisquare(
        np.append(observed, rest), counts.size * np.append(probabilities, 1.0 - probabilities.sum())
    )
    assert test.pvalue > FALSE_ALARM


def test_poisson_deviation_for_many_photons():
    """The documented exp(a y / 2) / (a sqrt(photons)), whose own error at 1e6 photons is far below."""
    a, photons = 0.4, 1e6
    noisy = counting(jax.random.split(KEY, N // 100), jnp.full(100, 3.0), photons, a)
    assert_deviation(noisy, np.exp(a * 3.0 / 2.0) / (a * np.sqrt(photons)))


def test_poisson_behind_a_wall_counts_a_tenth():
    noisy = counting(jax.random.split(KEY, N // 100), jnp.full(100, 100.0), 1000.0, 1.0)
    np.testing.assert_allclose(noisy, np.log(1e4), rtol=1e-6)


def test_multiplicative_is_proportional_and_leaves_zero():
    y = jnp.asarray([0.0, 1.0, -10.0, 100.0])
    noise = noise_of(multiplicative, y, level=0.02)
    np.testing.assert_array_equal(noise[:, 0], 0.0)
    for column, value in zip(noise.T[1:], (1.0, 10.0, 100.0), strict=True):
        assert_mean(column, 0.0)
        assert_deviation(column, 0.02 * value)


def test_multiplicative_keeps_the_phase_of_complex_data():
    y = jnp.asarray([1.0 + 2.0j], jnp.complex64)
    noisy = multiplicative(KEY, y, level=0.1)
    np.testing.assert_allclose(jnp.angle(noisy), jnp.angle(y), rtol=1e-6)


@pytest.mark.parametrize(
    "model",
    [
        functools.partial(gaussian, level=0.1),
        functools.partial(poisson, photons=1e3),
        functools.partial(multiplicative, level=0.1),
    ],
)
def test_every_model_keeps_the_type_repeats_with_the_key_and_batches(model):
    y = jnp.linspace(0.5, 1.0, 12).reshape(3, 4)
    noisy = jax.jit(model)(KEY, y)
    assert noisy.shape == y.shape
    assert noisy.dtype == y.dtype
    np.testing.assert_array_equal(noisy, jax.jit(model)(KEY, y))
    keys = jax.random.split(KEY, 2)
    batch = jax.vmap(model)(keys, jnp.stack([y, y]))
    np.testing.assert_allclose(batch[1], jax.jit(model)(keys[1], y), rtol=1e-5)
    assert jnp.abs(batch[0] - batch[1]).max() > 1e-3


def test_float64_stays_float64():
    with jax.enable_x64(True):
        y = jnp.ones(3, jnp.float64)
        for model in (gaussian, multiplicative):
            assert model(KEY, y, 0.1).dtype == jnp.float64
        assert poisson(KEY, y, 100.0).dtype == jnp.float64
