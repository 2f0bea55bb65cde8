"""Thresholding inside an optimiser: when it looks, and that what went does not come back."""

from typing import Any

import jax.numpy as jnp
import numpy as np
import optax

from wellposed.dynamics import thresholding


def test_small_coefficients_go_for_good_when_it_is_time():
    optimiser = thresholding(optax.sgd(1.0), lambda p: p["c"], 0.5, every=2, until=4)
    params: Any = {"c": jnp.array([0.2, 1.0, 0.9]), "W": jnp.zeros(2)}
    state = optimiser.init(params)
    seen = []
    for g in ([0.0, 0.0, 0.1], [0.0, 0.0, 0.1], [-1.0, 0.0, 0.1], [0.0, 0.0, 0.3], [0.0, 0.9, 0.0], [0.0, 0.0, 0.0]):
        updates, state = optimiser.update({"c": jnp.array(g), "W": jnp.ones(2)}, state, params)
        params = optax.apply_updates(params, updates)
        seen.append(np.asarray(params["c"]))
    want = [[0.2, 1, 0.8], [0, 1, 0.7], [0, 1, 0.6], [0, 1, 0], [0, 0.1, 0], [0, 0.1, 0]]  # no look after step 4
    np.testing.assert_allclose(seen, want, atol=1e-6)
    np.testing.assert_allclose(params["W"], -6)
