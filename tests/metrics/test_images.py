import jax
import jax.numpy as jnp
import numpy as np
import pytest
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from wellposed.metrics import psnr, relative_error, ssim


def _pair(shape, peak, seed=0):
    """A smooth picture and a noisy copy, as numpy float64."""
    rng = np.random.default_rng(seed)
    rows, columns = np.meshgrid(*(np.linspace(0, 3, n) for n in shape), indexing="ij")
    picture = 0.5 + 0.4 * np.sin(2 * rows) * np.cos(columns)
    return peak * (picture + 0.1 * rng.normal(size=shape)), peak * picture


@pytest.mark.parametrize("shape", [(11, 11), (24, 37)])
@pytest.mark.parametrize("peak", [1.0, 255.0])
def test_ssim_equals_scikit_image(shape, peak):
    x, reference = _pair(shape, peak)
    expected = structural_similarity(
        x, reference, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=peak
    )
    with jax.enable_x64(True):
        np.testing.assert_allclose(ssim(jnp.asarray(x), jnp.asarray(reference), peak), expected, atol=1e-12)
    single = ssim(jnp.asarray(x, jnp.float32), jnp.asarray(reference, jnp.float32), peak)
    np.testing.assert_allclose(single, expected, atol=1e-5)


@pytest.mark.parametrize("peak", [1.0, 255.0])
def test_psnr_equals_scikit_image(peak):
    x, reference = _pair((16, 20), peak)
    expected = peak_signal_noise_ratio(reference, x, data_range=peak)
    np.testing.assert_allclose(psnr(x.astype(np.float32), reference.astype(np.float32), peak), expected, atol=1e-4)


def test_equal_pictures_are_the_best_score():
    picture = jax.random.uniform(jax.random.key(0), (16, 16))
    assert psnr(picture, picture) == jnp.inf
    np.testing.assert_allclose(ssim(picture, picture), 1.0, atol=1e-6)
    assert relative_error(picture, picture) == 0


def test_ssim_prefers_structure_to_psnr():
    """A constant shift and noise of the same PSNR: SSIM must tell them apart."""
    _, reference = _pair((32, 32), 1.0)
    noise = np.random.default_rng(1).normal(size=(32, 32))
    noise *= 0.1 / np.sqrt(np.mean(noise**2))
    reference = jnp.asarray(reference)
    shifted, noisy = reference + 0.1, reference + jnp.asarray(noise)
    np.testing.assert_allclose(psnr(shifted, reference), psnr(noisy, reference), atol=1e-3)
    assert ssim(shifted, reference) > ssim(noisy, reference) + 0.2


def test_metrics_batch_compile_and_differentiate():
    x = jax.random.uniform(jax.random.key(0), (3, 12, 14))
    reference = jax.random.uniform(jax.random.key(1), (3, 12, 14))
    for metric in (psnr, ssim, relative_error):
        batched = jax.jit(jax.vmap(metric))(x, reference)
        alone = jnp.stack([metric(a, b) for a, b in zip(x, reference, strict=True)])
        np.testing.assert_allclose(batched, alone, rtol=1e-5)
        assert jnp.all(jnp.isfinite(jax.grad(metric)(x[0], reference[0])))


def test_relative_error_of_complex_data():
    reference = jnp.array([3.0 + 4.0j, 0.0])
    np.testing.assert_allclose(relative_error(reference * 1.1j / 1j, reference), 0.1, rtol=1e-6)


def test_ssim_refuses_a_picture_smaller_than_its_window():
    with pytest.raises(ValueError, match="at least 11 x 11 pixels, got \\(10, 20\\)"):
        ssim(jnp.zeros((10, 20)), jnp.zeros((10, 20)))
