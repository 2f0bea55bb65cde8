import jax
import jax.numpy as jnp
import numpy as np
from scipy.integrate import solve_ivp

from wellposed.simulate import stochastic_lorenz


def test_without_noise_it_is_the_lorenz_system():
    start, ts = [1.0, -0.5, 2.0], np.linspace(0, 0.5, 6)
    slope = lambda t, s: [10 * (s[1] - s[0]), 28 * s[0] - s[1] - s[0] * s[2], s[0] * s[1] - 8 / 3 * s[2]]
    true = solve_ivp(slope, (0, 0.5), start, t_eval=ts, rtol=1e-9, atol=1e-9).y.T
    with jax.enable_x64(True):
        found = stochastic_lorenz(
            jax.random.key(0), jnp.array([start]), jnp.asarray(ts), diffusion=(0.0, 0.0, 0.0), step=2e-5
        )[0]
    np.testing.assert_allclose(found, true, atol=0.02)


def test_without_drift_the_first_coordinate_is_a_geometric_brownian_motion():
    starts = jnp.tile(jnp.array([2.0, 0.0, 0.0]), (20_000, 1))
    ts = jnp.linspace(0, 1, 3)
    x = stochastic_lorenz(jax.random.key(1), starts, ts, drift=(0.0, 0.0, 0.0), diffusion=(0.3, 0.1, 0.1), step=0.05)[
        :, :, 0
    ]
    np.testing.assert_allclose(x.mean(0), 2.0, atol=0.02)
    np.testing.assert_allclose((x**2).mean(0), 4 * np.exp(0.09 * np.asarray(ts)), rtol=0.02)
