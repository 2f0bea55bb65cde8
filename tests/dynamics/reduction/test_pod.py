"""POD against what is known of best approximation, and Galerkin's model against an exact solution."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.dynamics import POD, Galerkin
from wellposed.simulate import Trajectories


def test_what_is_cut_is_the_tail_of_the_singular_values():
    with jax.enable_x64(True):
        x = np.random.default_rng(0).normal(size=(2, 20, 6))
        pod = POD.fit(Trajectories(np.arange(20.0), x), rank=3)
        flat = jnp.asarray(x.reshape(-1, 6))
        left = float(jnp.sum((flat - jax.vmap(pod)(flat)) ** 2))
        s = np.linalg.svd(x.reshape(-1, 6) - x.reshape(-1, 6).mean(0), compute_uv=False)
        assert left == pytest.approx(float((s[3:] ** 2).sum()), rel=1e-10)
        assert float(pod.energy[-1]) == pytest.approx(float((s[:3] ** 2).sum() / (s**2).sum()))
        np.testing.assert_allclose(pod.modes.T @ pod.modes, np.eye(3), atol=1e-12)
        np.testing.assert_allclose(pod(pod(flat[0])), pod(flat[0]), atol=1e-12)


def test_a_travelling_wave_has_two_modes_of_one_size():
    with jax.enable_x64(True):
        ts, s = np.arange(32) * 2 * np.pi / 32, np.arange(64) * 2 * np.pi / 64
        pod = POD.fit(Trajectories(ts, np.sin(s[None] - ts[:, None])[None]), rank=2)
        np.testing.assert_allclose(pod.singular_values[:3], [np.sqrt(32 * 64) / 2] * 2 + [0], atol=1e-10)


def test_galerkin_on_the_eigenvectors_of_a_field_is_exact():
    with jax.enable_x64(True):
        s = np.arange(1, 16) / 16
        sines = np.sqrt(2 / 16) * np.stack([np.sin(k * np.pi * s) for k in (1, 2)], axis=1)
        laplacian = jnp.asarray(256 * (np.diag(np.ones(14), 1) + np.diag(np.ones(14), -1) - 2 * np.eye(15)))
        heat = lambda t, x, diffusivity: diffusivity * laplacian @ x
        model = Galerkin(POD(jnp.zeros(15), jnp.asarray(sines), jnp.ones(15)), heat)
        found = model.predict(sines @ np.array([1.0, 0.5]), jnp.array(0.1), jnp.array([0.0, 0.2]))
        rate = lambda k: -0.1 * 4 * 256 * np.sin(k * np.pi / 32) ** 2
        want = sines @ np.array([np.exp(0.2 * rate(1)), 0.5 * np.exp(0.2 * rate(2))])
        np.testing.assert_allclose(found[1], want, atol=1e-6)
        assert model.equations() == ()


def test_too_many_modes_are_refused():
    with pytest.raises(ValueError, match="POD expects a rank from 1 to 2, got 3"):
        POD.fit(Trajectories(np.arange(5.0), np.zeros((1, 5, 2))), rank=3)
