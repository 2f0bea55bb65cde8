"""Sequential thresholding beside PySINDy's."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.dynamics import stlsq

pysindy = pytest.importorskip("pysindy", reason="pysindy, the oracle, is not installed")


@pytest.mark.parametrize(("ridge", "threshold"), [(0.0, 0.2), (0.05, 0.2), (5.0, 0.3)])
def test_the_coefficients_are_pysindys(ridge, threshold):
    rng = np.random.default_rng(1)
    theta = rng.normal(size=(60, 8)) * np.geomspace(0.1, 10, 8)
    truth = np.where(rng.uniform(size=(8, 3)) < 0.5, rng.normal(size=(8, 3)), 0)
    dx = theta @ truth + 0.1 * rng.normal(size=(60, 3))
    theirs = pysindy.STLSQ(threshold=threshold, alpha=ridge, max_iter=20).fit(theta, dx)
    with jax.enable_x64(True):
        ours = stlsq(jnp.asarray(theta), jnp.asarray(dx), threshold, ridge)
    np.testing.assert_allclose(ours, np.asarray(theirs.coef_), atol=1e-9)
    assert 0 < int((np.asarray(ours) == 0).sum()) < 24
